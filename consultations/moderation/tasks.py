"""Thin entry points for the worker."""

from typing import Any

from celery import shared_task
from django_tenants.utils import schema_context

from consultations.moderation.services.listing import cities_to_list_anew, list_for_the_service


@shared_task(name="consultations.moderation.tasks.list_anew")
def list_anew(**kwargs: Any) -> int:
    """Put right what the operators' queue says of each city where something waits; how many were asked."""
    schemas = cities_to_list_anew()
    for schema_name in schemas:
        with schema_context(schema_name):
            # Whatever is still waiting at the next round is asked for again then.
            list_city_anew.apply_async(expires=3000)
    return len(schemas)


@shared_task(name="consultations.moderation.tasks.list_city_anew")
def list_city_anew(**kwargs: Any) -> None:
    list_for_the_service()
