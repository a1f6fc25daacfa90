"""Who took a copy of a city, and why: on record, and a complete one also on the city's page « Vos données »."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.enums import Role
from accounts.mail import send_mail_later
from accounts.models import AuditEntry, User
from common.models import ContentRevision
from common.refusals import Refusal
from common.text import clean_text
from tenants.models import Municipality

REASON_MAX = 300
_TAKEN, _COMPLETE_TAKEN = "city_exported", "complete_copy_taken"
_SHOWN = 20
# A download that broke off is asked for again: it is the same copy.
_SAME_COPY = timedelta(minutes=10)


class ReasonMissing(Refusal):
    code = "copy_reason_missing"
    status = 422
    message = _("Say why, in a sentence: everybody can read it on the page of personal data.")


@dataclass(frozen=True)
class CompleteCopy:
    """One complete copy, as the city's page « Vos données » lists it."""

    at: datetime
    reason: str
    by_service: bool


def checked_reason(reason: str) -> str:
    """The stated reason of a complete copy, to be asked for before it is made. Raises ReasonMissing."""
    reason = clean_text(reason, one_line=True)[:REASON_MAX]
    if not reason:
        raise ReasonMissing
    return reason


def note_copy(
    *, municipality: Municipality, actor: User | None, complete: bool, at: datetime, reason: str = ""
) -> None:
    """Record that a copy was taken; of a complete one, write to the city's administrators.

    `actor` is None for an operator at the shell, which the service's own trail records as well. The same copy taken
    again by the same person within ten minutes, for the same reason, is recorded once. Raises ReasonMissing.
    """
    details = {"reason": checked_reason(reason)} if complete else {}
    action = _COMPLETE_TAKEN if complete else _TAKEN
    if actor is None:
        with schema_context("public"):
            record(action, actor=None, subject=municipality, **details)
    with schema_context(municipality.schema_name), transaction.atomic():
        # The trail changes no page but this one. And whoever presses twice at once takes turns here.
        ContentRevision.objects.update(value=F("value") + 1)
        lately = AuditEntry.objects.filter(action=action, details=details, at__gt=at - _SAME_COPY)
        if actor is not None and lately.filter(actor=actor).exists():
            return
        record(action, actor=actor, subject=municipality, **details)
        if complete:
            _mail_administrators(municipality, actor=actor, reason=details["reason"])


def _mail_administrators(city: Municipality, *, actor: User | None, reason: str) -> None:
    """By mail, to the one who took it too: it may have been their session, and not them. Only those who have come in:
    the message holds words and an address of others.
    """
    context = {
        "city": city,
        "by": actor.email if actor else "",
        "reason": reason,
        "service_email": settings.SERVICE_EMAIL,
        "url": city.url.rstrip("/") + reverse("desk_team", urlconf=settings.ROOT_URLCONF),
    }
    people = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True, last_login__isnull=False)
    for each in people.order_by("pk"):
        send_mail_later(template="tenants/email/complete_copy_taken", to=each.email, context=context)


def last_copy_at() -> datetime | None:
    """When a copy of the present city was last taken, complete or not, as its trail has it."""
    taken = AuditEntry.objects.filter(action__in=(_TAKEN, _COMPLETE_TAKEN))
    return taken.order_by("-at").values_list("at", flat=True).first()


def complete_copies() -> list[CompleteCopy]:
    """The latest complete copies of the present city that its trail holds, newest first."""
    entries = AuditEntry.objects.filter(action=_COMPLETE_TAKEN).order_by("-at", "-pk")[:_SHOWN]
    return [CompleteCopy(entry.at, entry.details["reason"], entry.actor_id is None) for entry in entries]
