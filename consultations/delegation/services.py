"""What cities that delegate have on the operators' queue, and the tickets with which operators enter them."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from common.db import connection
from common.refusals import Refusal
from consultations.delegation.models import Ticket, WaitingCase
from consultations.delegation.selectors import accompanied_cities, operator_name, waiting_cases
from tenants.models import Municipality

TICKET_FOR = timedelta(seconds=60)
_TICKETS_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Waiting:
    """A case as the operators' queue shows it."""

    case: int
    kind: str
    opened_at: datetime
    due_at: datetime
    is_appeal: bool


@contextmanager
def one_at_a_time(schema_name: str) -> Iterator[None]:
    """Whoever lists what waits in a city is alone with it: what they read of the city is what is listed last."""
    with transaction.atomic():
        with schema_context("public"), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [schema_name])
        yield


def list_waiting(*, schema_name: str, waiting: Iterable[Waiting], among: int | None = None) -> None:
    """Have the queue say exactly this of a city; or of one of its cases (`among`), whatever the others are.

    Within `one_at_a_time`. Once so, nothing happens.
    """
    wanted = {each.case: each for each in waiting}
    with schema_context("public"), transaction.atomic():
        city = Municipality.objects.only("pk").get(schema_name=schema_name)
        rows = WaitingCase.objects.filter(municipality=city)
        if among is not None:
            rows = rows.filter(case=among)
        listed = {row.case: row for row in rows}
        rows.exclude(case__in=wanted).delete()
        for number, each in wanted.items():
            row = listed.get(number)
            said = asdict(each)
            if row is None or any(getattr(row, name) != value for name, value in said.items()):
                WaitingCase.objects.update_or_create(municipality=city, case=number, defaults=said)


# ── Entering a city ──────────────────────────────────────────────────────────


class NothingWaits(Refusal):
    code = "nothing_waits"
    status = 404
    message = _("This no longer waits for us.")


class NotAccompanied(Refusal):
    code = "not_accompanied"
    status = 404
    message = _("This authority no longer has us accompany it.")


class TicketRefused(Refusal):
    """Unknown, used, too old, of another city, or of somebody who no longer works for the service."""

    code = "ticket_refused"
    status = 410
    message = _("This way in is over")


@dataclass(frozen=True)
class Entry:
    """What a ticket was good for. `operator`: a number, the same in all cities; `generation`: of their sessions.

    `case`: None leads to the challenges. `name`: with which they sign there; nothing else does.
    """

    case: int | None
    operator: int
    generation: int
    name: str


def issue_ticket(*, waiting_case: int, operator: User, at: datetime) -> tuple[Municipality, str]:
    """The city of a case of the queue, and a token that lets the operator in there for a minute, once.

    Raises NothingWaits.
    """
    with transaction.atomic():
        found = waiting_cases().filter(pk=waiting_case).first()
        if found is None:
            raise NothingWaits
        token = _issue(found.municipality, case=found.case, operator=operator, at=at)
        record("delegation_entered", actor=operator, subject=found.municipality, case=found.case)
    return found.municipality, token


def issue_ticket_to_frame(*, city: int, operator: User, at: datetime) -> tuple[Municipality, str]:
    """The same for a city that the service accompanies: it leads to its challenges. Raises NotAccompanied."""
    with transaction.atomic():
        found = accompanied_cities().filter(pk=city).first()
        if found is None:
            raise NotAccompanied
        token = _issue(found, case=None, operator=operator, at=at)
        record("accompaniment_entered", actor=operator, subject=found)
    return found, token


def _issue(city: Municipality, *, case: int | None, operator: User, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    Ticket.objects.filter(expires_at__lt=at - _TICKETS_KEPT).delete()
    Ticket.objects.create(
        token_hash=_hashed(token),
        municipality=city,
        case=case,
        operator=operator.pk,
        generation=operator.session_generation,
        expires_at=at + TICKET_FOR,
    )
    return token


def spend_ticket(*, token: str, schema_name: str, at: datetime) -> Entry:
    """Use a ticket up, in its own city. Raises TicketRefused; of two at once, one is refused."""
    with schema_context("public"):
        good = Ticket.objects.filter(
            token_hash=_hashed(token), municipality__schema_name=schema_name, used_at=None, expires_at__gt=at
        )
        found = good.first()
        if found is None or not good.filter(pk=found.pk).update(used_at=at):
            raise TicketRefused
        return Entry(found.case, found.operator, found.generation, operator_name(found.operator))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
