"""Thin entry points for the worker. Analyses are messages of the outbox, in a queue of their own."""

from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.db import connection
from common.outbox import outbox_task
from consultations.analysis.services import running
from consultations.analysis.services.figures import count_figures
from consultations.framing.enums import WRITING
from consultations.framing.models import Phase
from tenants.models import Municipality
from tenants.selectors import schemas_with_any

__all__ = ["count_again", "count_city", "count_everywhere", "may_be_amiss", "running"]

# Weeks of people are told once they are over.
JUST_OVER = timedelta(days=8)
SINCE = timedelta(days=2)


@outbox_task
def count_again(**kwargs: Any) -> None:
    """In the city that wanted it."""
    count_figures(at=timezone.now())


@shared_task(name="consultations.analysis.tasks.count_everywhere")
def count_everywhere(**kwargs: Any) -> int:
    """Each night, in the cities where it may be amiss: a week that is over, a consultation that closed, and whatever no
    event told of; how many cities. All of them are asked for that in a few queries.
    """
    at = timezone.now()
    connection.set_schema_to_public()
    ready = Municipality.objects.ready().exclude(opened_at=None).order_by("pk")
    schemas = list(ready.values_list("schema_name", flat=True))
    for schema_name in (found := schemas_with_any(may_be_amiss(at=at), schemas=schemas)):
        with schema_context(schema_name):
            count_city.apply_async(expires=6 * 3600)
    return len(found)


def may_be_amiss(*, at: datetime) -> list[QuerySet[Any]]:
    """A consultation that people may write in, or closed in these days; and anything that was done since the night
    before the last: whatever takes something back is in the trail, an erasure too.
    """
    ends = Q(closes_at=None) | Q(closes_at__gt=at - JUST_OVER)
    running = Phase.objects.filter(ends, kind__in=WRITING, consultation__archived_at=None)
    return [running.exclude(consultation__opened_at=None), AuditEntry.objects.filter(at__gt=at - SINCE)]


@shared_task(name="consultations.analysis.tasks.count_city")
def count_city(**kwargs: Any) -> None:
    count_figures(at=timezone.now())
