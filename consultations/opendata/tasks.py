"""Thin entry points for the worker."""

from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django_tenants.utils import schema_context

from common.allowances import BEHIND_OTHERS
from common.db import connection
from common.models import ContentRevision
from common.outbox import outbox_task
from consultations.framing.models import Consultation
from consultations.opendata.models import Build
from consultations.opendata.services.building import build_open_data
from tenants.models import Municipality
from tenants.selectors import schemas_with_any

# What people add, and counts: how old files may be of that. What was hidden, corrected or erased goes within the hour.
ADDED_KEPT = timedelta(hours=20)


@shared_task(name="consultations.opendata.tasks.build_everywhere")
def build_everywhere(**kwargs: Any) -> int:
    """Each hour, in the cities whose files are not what they should be; how many. They are asked in a few queries."""
    at = timezone.now()
    connection.set_schema_to_public()
    ready = Municipality.objects.ready().exclude(opened_at=None).order_by("pk")
    schemas = list(ready.values_list("schema_name", flat=True))
    for schema_name in (found := schemas_with_any(out_of_date(at=at), schemas=schemas)):
        with schema_context(schema_name):
            # One that no worker took by then is asked for again.
            build_city.apply_async(expires=3300, priority=BEHIND_OTHERS)
    return len(found)


def out_of_date(*, at: datetime) -> list[QuerySet[Any]]:
    """Of a city with a consultation that has opened: something acts at once since the files were made, or they were
    never made; or something was added since, and they are a day old.
    """
    opened = Exists(Consultation.objects.exclude(opened_at=None))
    good = Build.objects.filter(value=OuterRef("value"))
    fresh = good.filter(Q(soon=OuterRef("soon")) | Q(built_at__gt=at - ADDED_KEPT))
    return [ContentRevision.objects.filter(opened, ~Exists(fresh))]


@shared_task(name="consultations.opendata.tasks.build_city")
def build_city(**kwargs: Any) -> None:
    build_open_data(at=timezone.now())


@outbox_task
def build_soon(**kwargs: Any) -> None:
    """Wanted by what has just happened in the city."""
    build_open_data(at=timezone.now())
