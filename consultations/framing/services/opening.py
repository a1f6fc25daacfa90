"""Letting residents in, once every condition is met; and a way back, until somebody has written."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.readiness import Condition, conditions_of
from common.refusals import Refusal
from common.worklist import Asked
from consultations.framing.enums import ConsultationState
from consultations.framing.models import Consultation, PreviewLink
from consultations.framing.selectors import calendar_of, challenges_of
from consultations.framing.services.consultations import refuse_archived
from consultations.framing.services.dates import forget_moves
from consultations.framing.services.forward import lock_consultations, take_the_home
from consultations.framing.services.keeping import is_kept_open
from consultations.framing.services.uses import is_in_use
from tenants.models import Municipality
from tenants.services import mark_closed_again, mark_open

# What is known of an opening to come: nothing once it is open.
PLANNED = ("opening_planned_at", "opening_missed_at", "opening_missed_why")


def opening_checks(*, consultation: Consultation, municipality: Municipality, at: datetime) -> list[Condition]:
    """All conditions for opening, of all apps. Of this very object at this very moment they are asked for once: several
    parts of a page do.
    """
    known: tuple[datetime, list[Condition]] | None = consultation.__dict__.get("_opening_checks")
    if known is None or known[0] != at:
        known = (at, conditions_of(Asked(consultation, calendar_of(consultation, at=at), municipality, at)))
        consultation.__dict__["_opening_checks"] = known
    return known[1]


class NotReadyToOpen(Refusal):
    """`missing`: the conditions, in words."""

    code = "not_ready_to_open"
    message = gettext_lazy("Some conditions are not met yet.")

    def __init__(self, missing: list[str]) -> None:
        super().__init__()
        self.missing = missing


def open_consultation(
    *,
    consultation: Consultation,
    municipality: Municipality,
    actor: User | None,
    at: datetime,
    plan: dict[str, Any] | None = None,
) -> None:
    """Let residents in, to the challenges that are validated: on the home, unless that shows another open one.

    `plan`: for the trail, who had set when that it opens by itself. Open already: nothing happens. Raises
    NotReadyToOpen while a check fails, TriedOut.
    """
    with transaction.atomic():
        everything = lock_consultations()
        consultation = next(each for each in everything if each.pk == consultation.pk)
        if consultation.opened_at:
            return
        checks = opening_checks(consultation=consultation, municipality=municipality, at=at)
        missing = [f"{check.label}. {check.detail}".strip() for check in checks if not check.holds]
        if missing:
            raise NotReadyToOpen(missing)
        consultation.opened_at = at
        consultation.opening_planned_at = consultation.opening_missed_at = None
        consultation.opening_missed_why = ""
        consultation.save(update_fields=["opened_at", *PLANNED])
        consultation.challenges.filter(validated_at__isnull=False).update(published_at=at)
        if not any(each.is_current and each.state(at) == ConsultationState.OPEN for each in everything):
            take_the_home(consultation, everything)
        record("consultation_opened", actor=actor, subject=consultation, **(plan or {}))
        mark_open(municipality=municipality, at=at)


class SomebodyWrote(Refusal):
    code = "somebody_wrote"
    message = gettext_lazy("Somebody has written, has voted or follows a challenge meanwhile: it stays open.")


def may_close_again(consultation: Consultation) -> bool:
    """Whether nobody has written anything: proposals, drafts; nor follows a challenge, nor has taken part otherwise."""
    if not consultation.opened_at or consultation.proposal_count or consultation.argument_count:
        return False
    return not is_in_use(*challenges_of(consultation)) and not is_kept_open(consultation)


def close_again(*, consultation: Consultation, municipality: Municipality, actor: User | None, at: datetime) -> None:
    """Be the team's own again, as before opening: the whole city, unless it has let people into another one as well.

    Not open: nothing happens. Raises SomebodyWrote, ConsultationArchived.
    """
    with transaction.atomic():
        everything = lock_consultations()
        consultation = next(each for each in everything if each.pk == consultation.pk)
        if not consultation.opened_at:
            return
        refuse_archived(consultation)
        if not may_close_again(consultation):
            raise SomebodyWrote
        # What was imported was public elsewhere: it lets nobody in here.
        others = [each for each in everything if each != consultation and each.opened_at and not each.import_ref]
        consultation.opened_at = None
        if others and consultation.is_current:
            _leave_the_home(consultation, others, at=at)
        consultation.save(update_fields=["opened_at", "is_current"])
        consultation.challenges.update(published_at=None)
        forget_moves(consultation)
        PreviewLink.objects.filter(consultation=consultation).delete()  # it has led to the public page
        record("consultation_closed_again", actor=actor, subject=consultation)
        if not others:
            mark_closed_again(municipality=municipality)


def _leave_the_home(consultation: Consultation, others: list[Consultation], *, at: datetime) -> None:
    """To the one that opened last, if any is open."""
    consultation.is_current = False
    Consultation.objects.filter(pk=consultation.pk).update(is_current=False)
    still_open = [each for each in others if each.state(at) == ConsultationState.OPEN]
    if still_open:
        last = max(still_open, key=lambda each: (each.opened_at, each.pk))
        Consultation.objects.filter(pk=last.pk).update(is_current=True)
