"""A city's states: one table of possible transitions, and one service that makes them.

A transition is one transaction: the row is locked, the guard asked, the rights of the city's database role set to what
the new state allows (tenants.schema), the trail written, the city's administrators written to. Asked twice, or by two
at once, it happens once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.enums import Role
from accounts.mail import send_mail_later
from accounts.models import User
from common.events import announce
from common.outbox import announce_later
from common.refusals import Refusal
from common.text import clean_text
from tenants import deletion
from tenants.citus import beside_grants
from tenants.enums import LifecycleState, Transition
from tenants.events import municipality_closing_changed, municipality_state_changed
from tenants.models import DeletionCertificate, Municipality
from tenants.schema import grant_rights

REASON_MAX = 500
# From the day on which an operator extends it.
TRIAL_AT_MOST = timedelta(days=366)
CHANGED = "municipality_state_changed"
WARNED = "trial_warning_sent"


# ── Refusals ─────────────────────────────────────────────────────────────────


class Refused(Refusal):
    """A refused change of state."""


class NotFromThisState(Refused):
    code = "not_from_this_state"
    message = _("This is not possible from the present state. Reload the page: somebody may have changed it meanwhile.")


class NotReady(Refused):
    code = "city_not_ready"
    message = _("This platform is still being made: its state changes once it is ready.")


class MovedAway(Refused):
    code = "city_moved"
    message = _("This platform lives in another installation of the service now: change its state there.")


class NotAllowed(Refused):
    code = "move_not_allowed"
    status = 403
    message = _("This change is not for you to make: the service makes it by itself, when its time has come.")


class ReasonMissing(Refused):
    code = "move_reason_missing"
    status = 422
    message = _("Say why, in a sentence: the city will read it, and so will your colleagues.")


class TrialNotOver(Refused):
    code = "trial_not_over"
    message = _("The trial is not over yet.")


class TrialEndRefused(Refused):
    code = "trial_end_refused"
    status = 422
    message = _("Choose a day after the present end of the trial, within a year from now.")


class GraceNotOver(Refused):
    code = "grace_not_over"
    message = _("The time left to the city to pay is not over yet.")


class TooLateToReopen(Refused):
    code = "too_late_to_reopen"
    message = _("The time to reopen is over: the platform is about to be deleted.")


class TooSoonToDelete(Refused):
    code = "too_soon_to_delete"
    message = _("A closed platform is kept for a while before it may be deleted. That time is not over.")


class ConfirmationMissing(Refused):
    code = "confirmation_missing"
    status = 422
    message = _("Type the city’s short name exactly as it is in its address. Nothing has been deleted.")


# ── The table ────────────────────────────────────────────────────────────────


class Who(Enum):
    OPERATOR = "operator"
    MACHINE = "machine"  # the nightly job, or billing: no actor


@dataclass(frozen=True)
class TransitionRequest:
    """A transition that is asked for: the city as its locked row has it, and what the guards look at."""

    city: Municipality
    actor: User | None
    reason: str
    at: datetime
    unpaid_since: date | None = None
    typed_slug: str = ""
    trial_ends_on: date | None = None

    @property
    def who(self) -> Who:
        return Who.MACHINE if self.actor is None else Who.OPERATOR

    @property
    def today(self) -> date:
        return self.city.day_of(self.at)


def trial_is_over(request: TransitionRequest) -> None:
    if request.city.trial_ends_on is None or request.today <= request.city.trial_ends_on:
        raise TrialNotOver


def trial_may_go_on(request: TransitionRequest) -> None:
    """Or go on again, where nothing but its end has made the city read-only."""
    city, wanted = request.city, request.trial_ends_on
    if city.state == LifecycleState.READ_ONLY and city.last_move != Transition.END_TRIAL:
        raise NotFromThisState
    present = max(city.trial_ends_on or request.today, request.today)
    if wanted is None or not present < wanted <= request.today + TRIAL_AT_MOST:
        raise TrialEndRefused


def grace_is_over(request: TransitionRequest) -> None:
    """Public bodies pay late: the service waits before it stops anything."""
    grace = timedelta(days=settings.UNPAID_GRACE_DAYS)
    if request.unpaid_since is None or request.today <= request.unpaid_since + grace:
        raise GraceNotOver


def may_reopen(request: TransitionRequest) -> None:
    if request.today >= request.city.leaves_on:
        raise TooLateToReopen


def may_be_deleted(request: TransitionRequest) -> None:
    """Raises TooSoonToDelete, or ConfirmationMissing where an operator has not typed the address; the nightly job need
    not.
    """
    if request.today < request.city.leaves_on:
        raise TooSoonToDelete
    if request.actor is not None and request.typed_slug.strip().lower() != request.city.slug:
        raise ConfirmationMissing


def set_rights(request: TransitionRequest, after: LifecycleState) -> None:
    grant_rights(request.city.schema_name, state=after)


def extend_trial(request: TransitionRequest, after: LifecycleState) -> None:
    request.city.trial_ends_on = request.trial_ends_on
    request.city.save(update_fields=["trial_ends_on"])
    set_rights(request, after)


def delete_city(request: TransitionRequest, after: LifecycleState) -> None:
    """Write the certificate and remove the addresses; schema and files follow in a task."""
    DeletionCertificate.objects.create(
        schema_name=request.city.schema_name,
        name=request.city.name,
        authority_code=request.city.authority_code,
        closed_at=request.city.state_since,
        deleted_at=request.at,
        operator_id=request.actor.pk if request.actor else None,
        rows=deletion.count_rows(request.city.schema_name),
    )
    deletion.leave_the_register(request.city, at=request.at)


@dataclass(frozen=True)
class TransitionRule:
    transition: Transition
    before: frozenset[LifecycleState]
    after: LifecycleState | None  # None: the state that the city was suspended in
    who: frozenset[Who]
    guard: Callable[[TransitionRequest], None] = lambda request: None
    effect: Callable[[TransitionRequest, LifecycleState], None] = set_rights  # of the rows below that name none


_TRIAL, _ACTIVE, _READ_ONLY = LifecycleState.TRIAL, LifecycleState.ACTIVE, LifecycleState.READ_ONLY
_SUSPENDED, _CLOSED, _DELETED = LifecycleState.SUSPENDED, LifecycleState.CLOSED, LifecycleState.DELETED
_OPERATOR, _MACHINE, _EITHER = frozenset({Who.OPERATOR}), frozenset({Who.MACHINE}), frozenset(Who)
_TRIED, _LIVING = frozenset({_TRIAL, _READ_ONLY}), frozenset({_TRIAL, _ACTIVE, _READ_ONLY})

# fmt: off
TABLE: dict[Transition, TransitionRule] = {row.transition: row for row in [
    #          what                 from                     to          who may     guard           effect
    TransitionRule(Transition.ACTIVATE,       frozenset({_TRIAL}),     _ACTIVE,    _EITHER),
    TransitionRule(Transition.EXTEND_TRIAL,   _TRIED,                  _TRIAL,     _OPERATOR,  trial_may_go_on,
                   extend_trial),
    TransitionRule(Transition.END_TRIAL,      frozenset({_TRIAL}),     _READ_ONLY, _MACHINE,   trial_is_over),
    TransitionRule(Transition.STOP_UNPAID,    frozenset({_ACTIVE}),    _READ_ONLY, _MACHINE,   grace_is_over),
    TransitionRule(Transition.END_SUBSCRIPTION, frozenset({_ACTIVE}),  _READ_ONLY, _MACHINE),
    TransitionRule(Transition.SETTLE,         frozenset({_READ_ONLY}), _ACTIVE,    _EITHER),
    TransitionRule(Transition.SUSPEND,        _LIVING,                 _SUSPENDED, _OPERATOR),
    TransitionRule(Transition.RESUME,         frozenset({_SUSPENDED}), None,       _OPERATOR),
    TransitionRule(Transition.CLOSE,          _LIVING | {_SUSPENDED},  _CLOSED,    _OPERATOR),
    TransitionRule(Transition.REOPEN,         frozenset({_CLOSED}),    _ACTIVE,    _OPERATOR,  may_reopen),
    TransitionRule(Transition.REOPEN_TO_READ, frozenset({_CLOSED}),    _READ_ONLY, _OPERATOR,  may_reopen),
    TransitionRule(Transition.DELETE,         frozenset({_CLOSED}),    _DELETED,   _EITHER,    may_be_deleted,
                   delete_city),
]}
# fmt: on


# ── The service ──────────────────────────────────────────────────────────────


def change_state(
    *,
    municipality: Municipality,
    transition: Transition,
    actor: User | None,
    reason: str,
    at: datetime,
    unpaid_since: date | None = None,
    typed_slug: str = "",
    trial_ends_on: date | None = None,
) -> bool:
    """Make `transition`; False when it was made already. `actor` is an operator, or None for the service itself.

    `unpaid_since` is the day an invoice was due (STOP_UNPAID); `typed_slug` confirms a DELETE by an operator;
    `trial_ends_on` is what a trial is extended to. Raises a Refused that says why not.
    """
    row = TABLE[transition]
    with schema_context("public"), transaction.atomic():
        city = Municipality.objects.select_for_update().get(pk=municipality.pk)
        request = TransitionRequest(
            city, actor, clean_text(reason)[:REASON_MAX], at, unpaid_since, typed_slug, trial_ends_on
        )
        if _has_happened(row, request):
            return False
        _check(row, request)
        before, after = LifecycleState(city.state), row.after or state_before_suspension(city)
        people = _administrators(city)
        row.effect(request, after)
        if after != before:
            city.state, city.state_since, city.state_before, city.last_move = after, at, before, transition
            city.save(update_fields=["state", "state_since", "state_before", "last_move"])
        record(CHANGED, actor=actor, subject=city, move=transition, before=before, after=after, reason=request.reason)
        if transition != Transition.STOP_UNPAID:  # billing says it, and which invoice
            said = request.reason if actor else ""
            _write_to(people, city, "tenants/email/state_changed", transition=transition, reason=said)
        announce(municipality_state_changed, municipality_id=city.pk, before=before.value, after=after.value)
        if {before, after} & {_CLOSED, _DELETED}:
            announce_later(municipality_closing_changed, municipality_id=city.pk)
    return True


def possible_transitions(*, municipality: Municipality, actor: User, at: datetime) -> list[Transition]:
    """The transitions that `actor` could make now, typed confirmations aside."""
    tomorrow = max(municipality.trial_ends_on or date.min, municipality.day_of(at)) + timedelta(days=1)
    request = TransitionRequest(municipality, actor, "…", at, typed_slug=municipality.slug, trial_ends_on=tomorrow)
    possible = []
    for row in TABLE.values():
        try:
            _check(row, request)
        except Refused:
            continue
        possible.append(row.transition)
    return possible


def state_before_suspension(city: Municipality) -> LifecycleState:
    """The state to resume; READ_ONLY where none is noted."""
    return LifecycleState(city.state_before) if city.last_move == Transition.SUSPEND else _READ_ONLY


def _check(row: TransitionRule, request: TransitionRequest) -> None:
    if request.city.state not in row.before:
        raise NotFromThisState
    if request.city.ready_at is None:
        raise NotReady
    if request.city.moved_at is not None:
        raise MovedAway
    if request.who not in row.who:
        raise NotAllowed
    if not request.reason:
        raise ReasonMissing
    row.guard(request)


def _has_happened(row: TransitionRule, request: TransitionRequest) -> bool:
    city = request.city
    if row.transition == Transition.EXTEND_TRIAL:
        return city.state == row.after and city.trial_ends_on == request.trial_ends_on
    if row.after is not None:
        return city.state == row.after
    return city.last_move == row.transition


# ── The trial ────────────────────────────────────────────────────────────────


def warn_of_trial_end(*, municipality: Municipality, at: datetime) -> bool:
    """Write to the administrators, once for each end date, that the trial is about to be over; whether that was now.

    The note and the mail are one transaction under the row's lock, so a second or killed job sends it exactly once.
    """
    with schema_context("public"), transaction.atomic():
        city = Municipality.objects.select_for_update().get(pk=municipality.pk)
        ends_on = city.trial_ends_on
        today = city.day_of(at)
        if city.state != _TRIAL or ends_on is None or not 0 <= (ends_on - today).days <= settings.TRIAL_WARNING_DAYS:
            return False
        if city.trial_warned_for == ends_on:
            return False
        city.trial_warned_for = ends_on
        city.save(update_fields=["trial_warned_for"])
        record(WARNED, actor=None, subject=city, trial_ends_on=ends_on.isoformat())
        _write_to(_administrators(city), city, "tenants/email/trial_ends")
    return True


# ── Mail ─────────────────────────────────────────────────────────────────────


def _administrators(city: Municipality) -> list[str]:
    with beside_grants(), schema_context(city.schema_name):
        people = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
        return list(people.order_by("pk").values_list("email", flat=True))


def _write_to(people: list[str], city: Municipality, template: str, **context: object) -> None:
    """Mail them from the city's own outbox; from the service's once the city is deleted."""
    where = "public" if city.state == _DELETED else city.schema_name
    with beside_grants(), schema_context(where):
        for address in people:
            send_mail_later(
                template=template,
                to=address,
                context={"city": city, "service_email": settings.SERVICE_EMAIL, **context},
            )
