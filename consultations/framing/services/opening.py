"""Letting residents in, once every condition is met; and a way back, until somebody has written."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from consultations.framing.abilities import DECIDING
from consultations.framing.enums import ConsultationState, ModeratedBy, PhaseKind
from consultations.framing.legal import Known, placeholders_left
from consultations.framing.models import Consultation, PreviewLink
from consultations.framing.selectors import challenges_of, legal_identity
from consultations.framing.services.consultations import MIN_PROPOSE_DAYS, refuse_archived
from consultations.framing.services.dates import forget_moves
from consultations.framing.services.forward import lock_consultations, take_the_home
from consultations.framing.services.uses import is_in_use
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tenants.services import mark_closed_again, mark_open

_MAY_OPEN = frozenset({LifecycleState.TRIAL, LifecycleState.ACTIVE})


@dataclass(frozen=True)
class OpeningCheck:
    """A condition for opening: its name, whether it holds, the page where it is met (or none), what is missing."""

    label: str
    holds: bool
    url: str
    detail: str = ""
    # The page is the administrators' alone; the others read who can mend it.
    by_administrator: bool = False


def opening_checks(*, consultation: Consultation, municipality: Municipality, at: datetime) -> list[OpeningCheck]:
    """All conditions for opening. CRPA L.131-1: participants know how it works and what follows, are informed, and have
    time.
    """
    framing = reverse("desk_consultation", args=[consultation.slug])
    return [
        OpeningCheck(_("Who decides is named"), bool(consultation.decision_maker), framing),
        OpeningCheck(_("What will be done with the answers is said"), bool(consultation.commitment), framing),
        OpeningCheck(_("A contact is given"), bool(consultation.contact_email), framing),
        _dates_check(consultation, at, framing),
        OpeningCheck(
            _("What one should read is there"),
            consultation.documents_none or consultation.documents.exists(),
            reverse("desk_documents", args=[consultation.slug]),
            _("Add a document, or say that there is none."),
        ),
        _challenges_check(consultation),
        _legal_check(consultation, municipality),
        _moderator_check(consultation, framing),
        OpeningCheck(
            _("Our team has verified that you speak for the authority"),
            municipality.verified_at is not None,
            reverse("desk_verification"),
            by_administrator=True,
        ),
        OpeningCheck(
            _("The platform is in service"),
            municipality.state in _MAY_OPEN,
            "",
            _("It is read-only, suspended or closed. Write to us to put it back in service."),
        ),
    ]


def _dates_check(consultation: Consultation, at: datetime, framing: str) -> OpeningCheck:
    phase = consultation.phases.filter(kind=PhaseKind.PROPOSE, opens_at__isnull=False, closes_at__isnull=False).first()
    label = _("The dates are set")
    if phase is None or phase.opens_at is None or phase.closes_at is None:
        return OpeningCheck(label, False, framing)
    if phase.closes_at <= at:
        return OpeningCheck(label, False, framing, _("The time to propose is over. Choose other dates."))
    long_enough = phase.closes_at - phase.opens_at >= timedelta(days=MIN_PROPOSE_DAYS)
    return OpeningCheck(label, long_enough, framing, _("Leave people at least seven days to propose."))


def _challenges_check(consultation: Consultation) -> OpeningCheck:
    """Only validated ones become public: what the team has written on another would hang in the air."""
    challenges = challenges_of(consultation)
    written_on = [each.label for each in challenges if each.proposal_count and not each.is_validated]
    detail = _("Read a challenge through, adapt it, then validate it.")
    if written_on:
        detail = _("Your team has proposed something there already: %(names)s. Validate it as well.") % {
            "names": ", ".join(written_on)
        }
    holds = not written_on and any(each.is_validated for each in challenges)
    return OpeningCheck(
        _("At least one challenge is validated"), holds, reverse("desk_challenges", args=[consultation.slug]), detail
    )


def _legal_check(consultation: Consultation, municipality: Municipality) -> OpeningCheck:
    missing = placeholders_left(Known(municipality, legal_identity(), consultation))
    # What the city can mend comes first; it is sent where most of it is.
    ours = [placeholder for placeholder in missing if placeholder.url_name]
    names = ", ".join(placeholder.label for placeholder in missing)
    return OpeningCheck(
        _("The charter and the legal pages are complete"),
        not missing,
        reverse("desk_legal") if ours or not missing else "",
        _("Missing: %(names)s.") % {"names": names} if missing else "",
    )


def _moderator_check(consultation: Consultation, framing: str) -> OpeningCheck:
    moderated = (
        consultation.moderated_by != ModeratedBy.MODERATORS
        or User.objects.filter(role__in=DECIDING[consultation.moderated_by], is_active=True).exists()
    )
    return OpeningCheck(
        _("Somebody moderates"),
        moderated,
        framing,
        _("Invite a moderator, or say that your team or ours moderates."),
    )


class NotReadyToOpen(Refusal):
    code = "not_ready_to_open"
    message = gettext_lazy("Some conditions are not met yet.")


def open_consultation(
    *, consultation: Consultation, municipality: Municipality, actor: User | None, at: datetime
) -> None:
    """Let residents in, to the challenges that are validated: on the home, unless that shows another open one.

    Open already: nothing happens. Raises NotReadyToOpen while a check fails, TriedOut.
    """
    with transaction.atomic():
        everything = lock_consultations()
        consultation = next(each for each in everything if each.pk == consultation.pk)
        if consultation.opened_at:
            return
        checks = opening_checks(consultation=consultation, municipality=municipality, at=at)
        if not all(check.holds for check in checks):
            raise NotReadyToOpen
        consultation.opened_at = at
        consultation.save(update_fields=["opened_at"])
        consultation.challenges.filter(validated_at__isnull=False).update(published_at=at)
        if not any(each.is_current and each.state(at) == ConsultationState.OPEN for each in everything):
            take_the_home(consultation, everything)
        record("consultation_opened", actor=actor, subject=consultation)
        mark_open(municipality=municipality, at=at)


class SomebodyWrote(Refusal):
    code = "somebody_wrote"
    message = gettext_lazy("Somebody has written or follows a challenge meanwhile: it stays open.")


def may_close_again(consultation: Consultation) -> bool:
    """Whether nobody has written anything: proposals, drafts; nor follows a challenge."""
    if not consultation.opened_at or consultation.proposal_count or consultation.argument_count:
        return False
    return not is_in_use(*challenges_of(consultation))


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
