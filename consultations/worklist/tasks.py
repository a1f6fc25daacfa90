"""What the scheduler asks for, every hour: those cities are entered in which it is Monday morning."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from celery import shared_task
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.worklist.services.monday import is_time, write_on_monday
from consultations.worklist.services.phases import LATE, SOON, tell_of_phases
from tenants.models import Municipality
from tenants.selectors import schemas_with


@shared_task(name="consultations.worklist.tasks.write_everywhere")
def write_everywhere(**kwargs: Any) -> int:
    """How many cities were asked: those with an open consultation and without a list of this Monday."""
    schemas = cities_to_write_to(at=timezone.now())
    for schema_name in schemas:
        with schema_context(schema_name):
            # Whatever is still waiting at the next round is asked for again then.
            write_in_city.apply_async(expires=3000)
    return len(schemas)


def cities_to_write_to(*, at: datetime) -> list[str]:
    """A few queries for the whole fleet: none but on Mondays."""
    with schema_context("public"):
        return _cities_to_write_to(at)


def _cities_to_write_to(at: datetime) -> list[str]:
    found: list[str] = []
    zones = Municipality.objects.ready().order_by().values_list("time_zone", flat=True).distinct()
    for zone in [each for each in zones if is_time(at.astimezone(ZoneInfo(each)))]:
        cities = Municipality.objects.ready().filter(time_zone=zone).order_by("pk")
        schemas = list(cities.values_list("schema_name", flat=True))
        there = f"monday = DATE '{at.astimezone(ZoneInfo(zone)):%Y-%m-%d}'"
        has_one = set(schemas_with("worklist_mondaylist", there, schemas=schemas))
        left = [each for each in schemas if each not in has_one]
        found += schemas_with("framing_consultation", "opened_at IS NOT NULL AND archived_at IS NULL", schemas=left)
    return found


@shared_task(name="consultations.worklist.tasks.write_in_city")
def write_in_city(**kwargs: Any) -> None:
    write_on_monday(at=timezone.now())


@shared_task(name="consultations.worklist.tasks.tell_everywhere")
def tell_everywhere(**kwargs: Any) -> int:
    """Of phases that begin or end soon; how many cities were asked."""
    schemas = cities_to_tell(at=timezone.now())
    for schema_name in schemas:
        with schema_context(schema_name):
            tell_in_city.apply_async(expires=3000)
    return len(schemas)


def cities_to_tell(*, at: datetime) -> list[str]:
    """Those in which a phase has just begun or ends soon: a query for two hundred."""
    begun = f"opens_at > '{at - LATE:%Y-%m-%d %H:%M:%S%z}' AND opens_at <= '{at:%Y-%m-%d %H:%M:%S%z}'"
    ends = f"closes_at > '{at:%Y-%m-%d %H:%M:%S%z}' AND closes_at <= '{at + SOON:%Y-%m-%d %H:%M:%S%z}'"
    with schema_context("public"):
        schemas = list(Municipality.objects.ready().order_by("pk").values_list("schema_name", flat=True))
        return schemas_with("framing_phase", f"{begun} OR {ends}", schemas=schemas)


@shared_task(name="consultations.worklist.tasks.tell_in_city")
def tell_in_city(**kwargs: Any) -> None:
    tell_of_phases(at=timezone.now())
