"""Scheduled tasks over all cities."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import ProgrammingError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django_tenants.utils import schema_context

from accounts.services import expired, forget_expired
from common import retention
from common.allowances import BEHIND_OTHERS
from common.db import connection
from common.limits import forget_past_counts
from common.models import OutboxMessage
from common.outbox import AWAITED, enqueue, publish
from tenants import deletion, spares, waiting
from tenants.domains import watch
from tenants.enums import LifecycleState, Transition
from tenants.lifecycle import change_state, warn_of_trial_end
from tenants.models import Municipality
from tenants.selectors import municipality_of_schema, schemas_with, schemas_with_any

logger = logging.getLogger(__name__)

_MESSAGES_A_SWEEP = 500


@shared_task(name="tenants.tasks.sweep_outboxes")
def sweep_outboxes(**kwargs: Any) -> int:
    """Offer again every message that is due and that Redis or a kill kept from the workers."""
    published = 0
    for schema_name in waiting.schemas_with_due_messages(at=timezone.now()):
        with schema_context(schema_name):
            for pk, task, is_awaited in _due_here():
                if not publish(str(pk), task, is_awaited=bool(is_awaited)):
                    return published
                published += 1
    return published


def _due_here() -> list[tuple[Any, str, Any]]:
    """The oldest ones, those first that somebody waits for."""
    due = OutboxMessage.objects.filter(due_at__lte=timezone.now())
    awaited = f"payload__{AWAITED}"
    try:
        with transaction.atomic():
            ordered = due.order_by(F(awaited).asc(nulls_last=True), "due_at", "pk")
            return list(ordered.values_list("pk", "task", awaited)[:_MESSAGES_A_SWEEP])
    except ProgrammingError:
        logger.exception("its outbox could not be read: %s", connection.schema_name)
        return []


@shared_task(name="tenants.tasks.repair_waiting")
def repair_waiting(**kwargs: Any) -> int:
    """Look into the outboxes of a few cities, each once a day, whatever is known of them."""
    return waiting.repair(at=timezone.now())


@shared_task(name="tenants.tasks.check_domains")
def check_domains(**kwargs: Any) -> int:
    """Have the domains that are wanted or in use looked at, each by a task of its city; how many."""
    connection.set_schema_to_public()
    due = {check.pk: check.municipality.schema_name for check in watch.due_checks(at=timezone.now())}
    for pk, schema_name in due.items():
        with schema_context(schema_name):
            # Whatever is still waiting at the next round is asked for again then.
            check_domain.apply_async(args=[pk], expires=540)
    return len(due)


@shared_task(name="tenants.tasks.check_domain")
def check_domain(check_id: int, **kwargs: Any) -> None:
    watch.look_again(check_id=check_id, at=timezone.now())


@shared_task(name="tenants.tasks.forget_the_expired")
def forget_the_expired(**kwargs: Any) -> None:
    """Sessions, links and never-used accounts past their time, in public and in every city.

    Accounts stay in a city that only reads: its role could not remove them.
    """
    at = timezone.now()
    forget_past_counts()
    forget_expired(at=at)

    def forget(city: Municipality) -> None:
        with schema_context(city.schema_name):
            forget_expired(at=at, people=city.takes_writing)

    cities = Municipality.objects.ready()
    schemas = list(cities.values_list("schema_name", flat=True))
    # Asked for all of them in a few queries; only those are entered where something is over.
    over: set[str] = set()
    for table, condition in expired(at=at):
        over |= set(schemas_with(table, condition, schemas=schemas))
    _for_each(cities.filter(schema_name__in=over), forget)


# A city that people may write in again: they find what they had begun, and time to go on.
_BACK_SINCE = timedelta(days=30)


@shared_task(name="tenants.tasks.forget_what_is_over")
def forget_what_is_over(**kwargs: Any) -> int:
    """Each night: apply the retention rules in the cities where something is over, each by a task of its own; how many
    were asked. All of them are asked for that in a few queries.
    """
    at = timezone.now()
    connection.set_schema_to_public()
    retention.forget_what_is_over(at=at, writes=True, public=True)
    cities = {city.schema_name: _forgets_drafts(city, at) for city in Municipality.objects.ready().order_by("pk")}
    schemas: list[str] = []
    for writes in (True, False):
        some = [schema_name for schema_name, theirs in cities.items() if theirs == writes]
        schemas += schemas_with_any(retention.all_over(at=at, writes=writes), schemas=some)
    for schema_name in schemas:
        with schema_context(schema_name):
            # One that no worker took by then is asked for again the next night.
            forget_in_city.apply_async(expires=6 * 3600, priority=BEHIND_OTHERS)
    return len(schemas)


@shared_task(name="tenants.tasks.forget_in_city")
def forget_in_city(**kwargs: Any) -> None:
    """Apply the retention rules in the city that the task was sent from; it may run twice.

    In a city that only reads drafts stay: their writers could not go on with them, and its role may not delete them.
    """
    at = timezone.now()
    schema_name = connection.schema_name
    city = municipality_of_schema(schema_name)
    if city is None:
        return
    gone = retention.forget_what_is_over(at=at, writes=_forgets_drafts(city, at))
    if any(gone.values()):
        logger.info("no more use in %s: %s", schema_name, {name: count for name, count in gone.items() if count})


def _forgets_drafts(city: Municipality, at: datetime) -> bool:
    return city.takes_writing and city.state_since < at - _BACK_SINCE


@shared_task(name="tenants.tasks.apply_due_transitions")
def apply_due_transitions(**kwargs: Any) -> None:
    """Each night: warn of trials that end, end those that are over, delete cities closed long enough ago.

    Reads only the few cities whose time has come, and may run twice.
    """
    at = timezone.now()
    today = timezone.localdate(at)
    trials = Municipality.objects.ready().filter(state=LifecycleState.TRIAL)
    soon = today + timedelta(days=settings.TRIAL_WARNING_DAYS)
    _for_each(
        trials.filter(trial_ends_on__range=(today, soon)), lambda city: warn_of_trial_end(municipality=city, at=at)
    )
    # In the evening of Tahiti it is tomorrow here: that night is a day early, and its trial lasts until the next.
    ended = trials.filter(trial_ends_on__lt=today)
    over = [city.pk for city in ended if city.trial_ends_on and city.trial_ends_on < city.day_of(at)]
    _for_each(trials.filter(pk__in=over), _moved(Transition.END_TRIAL, gettext("The trial is over."), at))
    closed = Municipality.objects.ready().filter(
        state=LifecycleState.CLOSED, state_since__lt=at - timedelta(days=settings.CLOSED_DAYS - 1)
    )
    leaving = [city.pk for city in closed if city.day_of(at) >= city.leaves_on]
    reason = gettext("The time between closing and deletion is over.")
    _for_each(closed.filter(pk__in=leaving), _moved(Transition.DELETE, reason, at))
    for city in deletion.half_deleted():
        enqueue(deletion.erase, municipality_id=city.pk)


@shared_task(name="tenants.tasks.sweep_schemas")
def sweep_schemas(**kwargs: Any) -> int:
    """Each night: drop the schemas that are nobody's; how many."""
    return spares.sweep()


def _moved(transition: Transition, reason: str, at: datetime) -> Callable[[Municipality], object]:
    return lambda city: change_state(municipality=city, transition=transition, actor=None, reason=reason, at=at)


def _for_each(cities: QuerySet[Municipality], do: Callable[[Municipality], object]) -> None:
    """Call `do` for each city; an error is logged and the others continue."""
    for city in list(cities.order_by("pk")):
        try:
            do(city)
        except Exception:
            logger.exception("left for the next time: %s", city.schema_name)
