"""Writing consultations and their dates."""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.db import as_owner
from common.models import ContentRevision
from common.outbox import announce_later
from common.refusals import Refusal
from consultations.framing.enums import ModeratedBy, PhaseKind
from consultations.framing.events import dates_changed, delegation_changed
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.framing.services.legal import ChangedMeanwhile


class ConsultationArchived(Refusal):
    code = "consultation_archived"
    message = gettext_lazy("This consultation is archived: everything can be read, nothing can be changed any more.")


def refuse_archived(consultation: Consultation) -> None:
    """Raises ConsultationArchived."""
    if consultation.is_archived:
        raise ConsultationArchived


def locked(consultation: Consultation) -> Consultation:
    """As it is now, for a change of it. Raises ConsultationArchived."""
    found = Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    refuse_archived(found)
    return found


# Until the city says otherwise: five weeks to propose, four to rework, answers within three months.
PROPOSE_DAYS, REWORK_DAYS, PRIORITISE_DAYS, ANSWER_DAYS = 35, 28, 28, 60
MIN_PROPOSE_DAYS = 7
# What the city says of one, beside its dates.
SAID = (
    "question",
    "title",
    "introduction",
    "decision_maker",
    "who_may_answer",
    "commitment",
    "contact_email",
    "moderated_by",
    "moderation",
    "moderation_delay",
)
DAYS = {
    PhaseKind.PROPOSE: timedelta(days=PROPOSE_DAYS),
    PhaseKind.REWORK: timedelta(days=REWORK_DAYS),
    PhaseKind.PRIORITISE: timedelta(days=PRIORITISE_DAYS),
    PhaseKind.ANSWER: timedelta(days=ANSWER_DAYS),
}


def schedule_phases(
    *, consultation: Consultation, opens_at: datetime, closes_at: datetime, answers_at: datetime | None = None
) -> None:
    """Lay the six phases one after the other around the time to propose. Moments are cut to the minute."""
    opens_at, closes_at = on_the_minute(opens_at), on_the_minute(closes_at)
    rework_ends = closes_at + timedelta(days=REWORK_DAYS)
    ranked = rework_ends + timedelta(days=PRIORITISE_DAYS)
    answered = on_the_minute(answers_at) if answers_at and answers_at > ranked else ranked + timedelta(days=ANSWER_DAYS)
    moments: dict[str, tuple[datetime | None, datetime | None]] = {
        PhaseKind.PREPARE: (
            on_the_minute(min(consultation.created_at, opens_at - timedelta(minutes=1))),
            opens_at,
        ),
        PhaseKind.PROPOSE: (opens_at, closes_at),
        PhaseKind.REWORK: (closes_at, rework_ends),
        PhaseKind.PRIORITISE: (rework_ends, ranked),
        PhaseKind.ANSWER: (ranked, answered),
        PhaseKind.FOLLOW: (answered, None),
    }
    for kind, (begins, ends) in moments.items():
        Phase.objects.update_or_create(
            consultation=consultation, kind=kind, defaults={"opens_at": begins, "closes_at": ends}
        )


def mark_of(consultation: Consultation) -> str:
    """Of what its form shows: another mark, and somebody has changed it."""
    proposing = consultation.phases.filter(kind=PhaseKind.PROPOSE).values_list("opens_at", "closes_at").first()
    shown = [*(getattr(consultation, name) for name in SAID), *(str(each) for each in proposing or ())]
    return blake2b(repr(shown).encode(), digest_size=8).hexdigest()


def update_consultation(
    *, consultation: Consultation, actor: User | None, dates: dict[str, datetime], seen: str = "", **fields: Any
) -> None:
    """Change what the city says of its consultation, and its dates. Of an open one, those who follow are told.

    Who moderated until now may not any more, from the next request on. The same dates again leave its phases as they
    are. Raises ConsultationArchived; ChangedMeanwhile where it is no longer what `seen` is the mark of.
    """
    with transaction.atomic():
        consultation = locked(consultation)
        if seen and seen != mark_of(consultation) and _differs(consultation, fields, dates):
            raise ChangedMeanwhile(consultation)
        before, moderated_by = _moments(consultation), consultation.moderated_by
        for name, value in fields.items():
            setattr(consultation, name, value)
        consultation.save(update_fields=list(fields))
        if not _are_its_dates(consultation, dates):
            schedule_phases(consultation=consultation, **dates)
        entry = record("consultation_updated", actor=actor, subject=consultation, fields=sorted(fields))
        if consultation.opened_at and _moments(consultation) != before:
            payload = {"consultation_id": consultation.pk, "change": entry.pk, "actor_id": actor.pk if actor else None}
            announce_later(dates_changed, **payload)
        if (consultation.moderated_by == ModeratedBy.OPERATORS) is not (moderated_by == ModeratedBy.OPERATORS):
            announce_later(delegation_changed, consultation_id=consultation.pk)


def end_delegation(*, actor: User) -> bool:
    """Have the service moderate no longer, in any consultation: administrators and facilitators do from now on.

    In every state of the city: with the service's own role where the city's may change nothing. Not delegated: False.
    """
    with as_owner(), transaction.atomic():
        ended = list(Consultation.objects.filter(moderated_by=ModeratedBy.OPERATORS).select_for_update(no_key=True))
        for consultation in ended:
            Consultation.objects.filter(pk=consultation.pk).update(moderated_by=ModeratedBy.FRAMERS)
            record("consultation_updated", actor=actor, subject=consultation, fields=["moderated_by"])
            announce_later(delegation_changed, consultation_id=consultation.pk)
        if ended:
            ContentRevision.objects.update(value=F("value") + 1)  # the charter says who moderates
    return bool(ended)


def _differs(consultation: Consultation, fields: dict[str, Any], dates: dict[str, datetime]) -> bool:
    said = any(getattr(consultation, name) != value for name, value in fields.items())
    return said or not _are_its_dates(consultation, dates)


def _are_its_dates(consultation: Consultation, dates: dict[str, datetime]) -> bool:
    """Laid again they would undo an end that was moved since (services.closing)."""
    said = {name: on_the_minute(moment) for name, moment in dates.items()}
    return consultation.phases.filter(kind=PhaseKind.PROPOSE, **said).exists() if "answers_at" not in said else False


def _moments(consultation: Consultation) -> list[tuple[str, datetime | None, datetime | None]]:
    phases = Phase.objects.filter(consultation=consultation).order_by("pk")
    return list(phases.values_list("kind", "opens_at", "closes_at"))


def on_the_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def free_slug(wanted: str, *, taken_by: type[Consultation] | type[Challenge]) -> str:
    """`wanted` as a slug, numbered if another has it."""
    base = slugify(wanted)[:70].strip("-") or "x"
    slug, number = base, 2
    while taken_by._default_manager.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
