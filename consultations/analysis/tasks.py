"""Thin entry points for the worker. Analyses are messages of the outbox, in a queue of their own."""

from typing import Any

from celery import shared_task
from django.utils import timezone
from django_tenants.utils import schema_context

from common.db import connection
from common.outbox import outbox_task
from consultations.analysis.services import running
from consultations.analysis.services.figures import count_figures
from tenants.models import Municipality

__all__ = ["count_again", "count_city", "count_everywhere", "running"]


@outbox_task
def count_again(**kwargs: Any) -> None:
    """In the city that wanted it."""
    count_figures(at=timezone.now())


@shared_task(name="consultations.analysis.tasks.count_everywhere")
def count_everywhere(**kwargs: Any) -> int:
    """Each night: a week that is over, a consultation that closed, and whatever no event told of; how many cities."""
    connection.set_schema_to_public()
    schemas = list(Municipality.objects.ready().order_by("pk").values_list("schema_name", flat=True))
    for schema_name in schemas:
        with schema_context(schema_name):
            count_city.apply_async(expires=6 * 3600)
    return len(schemas)


@shared_task(name="consultations.analysis.tasks.count_city")
def count_city(**kwargs: Any) -> None:
    count_figures(at=timezone.now())
