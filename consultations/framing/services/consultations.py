"""Writing consultations and their dates."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.db import as_owner
from common.meanwhile import ChangedMeanwhile
from common.models import ContentRevision
from common.outbox import announce_later
from common.refusals import Refusal
from consultations.framing.enums import ModeratedBy, PhaseKind
from consultations.framing.events import delegation_changed
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.framing.services.dates import (
    check_dates,
    later,
    moments_of,
    moved_for_the_trail,
    note_moves,
    on_the_minute,
)
from consultations.framing.services.keeping import refuse_kept


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
    "is_discussed",
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
    rework_ends = later(closes_at, by=DAYS[PhaseKind.REWORK])
    ranked = later(rework_ends, by=DAYS[PhaseKind.PRIORITISE])
    answered = (
        on_the_minute(answers_at) if answers_at and answers_at > ranked else later(ranked, by=DAYS[PhaseKind.ANSWER])
    )
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


def update_consultation(
    *,
    consultation: Consultation,
    actor: User | None,
    dates: dict[str, datetime] | None,
    at: datetime,
    revision: int | None = None,
    shorter: bool = False,
    **fields: Any,
) -> None:
    """Change what the city says of its consultation, and its dates. Of an open one, those who follow are told.

    Who moderated until now may not any more, from the next request on. The same dates again leave its phases as they
    are, and so do none; nothing changed: nothing happens. `revision`: the one that its writer has read.

    Raises ConsultationArchived, ChangedMeanwhile where another saved since; what `check_dates` and `keeping` raise.
    """
    with transaction.atomic():
        consultation = locked(consultation)
        moderated_by = consultation.moderated_by
        changed = sorted(name for name, value in fields.items() if getattr(consultation, name) != value)
        are_dates_new = dates is not None and not _are_its_dates(consultation, dates)
        if revision not in (None, consultation.revision) and (changed or are_dates_new):
            raise ChangedMeanwhile(consultation)
        if dates is not None:
            check_dates(
                consultation=consultation,
                opens_at=dates["opens_at"],
                closes_at=dates["closes_at"],
                at=at,
                shorter=shorter,
            )
        if not changed and not are_dates_new:
            return
        for name in changed:
            setattr(consultation, name, fields[name])
        consultation.revision += 1
        if are_dates_new:
            consultation.announced = {}
        consultation.save(update_fields=[*changed, "revision", "announced"])
        before = moments_of(consultation)
        if dates is not None and are_dates_new:
            schedule_phases(consultation=consultation, **dates)
            refuse_kept(consultation, at=at)
        moved = moved_for_the_trail(before, moments_of(consultation))
        entry = record("consultation_updated", actor=actor, subject=consultation, fields=changed, dates=moved)
        if consultation.opened_at and moved:
            note_moves(consultation=consultation, before=before, actor=actor, change=entry.pk, at=at)
        if (consultation.moderated_by == ModeratedBy.OPERATORS) is not (moderated_by == ModeratedBy.OPERATORS):
            announce_later(delegation_changed, consultation_id=consultation.pk)


def end_delegation(*, actor: User) -> bool:
    """Have the service moderate no longer, in any consultation: administrators and facilitators do from now on.

    In every state of the city: with the service's own role where the city's may change nothing. Not delegated: False.
    """
    with as_owner(), transaction.atomic():
        ended = list(Consultation.objects.filter(moderated_by=ModeratedBy.OPERATORS).select_for_update(no_key=True))
        for consultation in ended:
            Consultation.objects.filter(pk=consultation.pk).update(
                moderated_by=ModeratedBy.FRAMERS, revision=F("revision") + 1
            )
            record("consultation_updated", actor=actor, subject=consultation, fields=["moderated_by"])
            announce_later(delegation_changed, consultation_id=consultation.pk)
        if ended:
            ContentRevision.objects.update(value=F("value") + 1)  # the charter says who moderates
    return bool(ended)


def _are_its_dates(consultation: Consultation, dates: dict[str, datetime]) -> bool:
    """Laid again they would undo an end that was moved since (services.closing)."""
    said = {name: on_the_minute(moment) for name, moment in dates.items()}
    return consultation.phases.filter(kind=PhaseKind.PROPOSE, **said).exists() if "answers_at" not in said else False


def free_slug(wanted: str, *, taken_by: type[Consultation] | type[Challenge]) -> str:
    """`wanted` as a slug, numbered if another has it."""
    base = slugify(wanted)[:70].strip("-") or "x"
    slug, number = base, 2
    while taken_by._default_manager.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
