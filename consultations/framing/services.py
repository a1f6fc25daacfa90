"""Writing consultations and challenges."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.events import announce
from consultations.framing.enums import PhaseKind
from consultations.framing.events import consultation_opened
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.library.models import ChallengeSet
from tenants.models import Municipality
from tenants.services import mark_open

# Until the city says otherwise: five weeks to propose, four to rework, answers within three months.
PROPOSE_DAYS, REWORK_DAYS, PRIORITISE_DAYS, ANSWER_DAYS = 35, 28, 28, 60


def seed_consultation(*, challenge_set: ChallengeSet, authority: str, at: datetime) -> Consultation:
    """Copy a set into the present city as its first consultation. Already there: left as the city has it."""
    with transaction.atomic():
        consultation, created = Consultation.objects.get_or_create(
            slug=challenge_set.code,
            defaults={
                "title": challenge_set.title,
                "question": challenge_set.question.replace("{name}", authority),
                "introduction": challenge_set.summary,
                "is_current": not Consultation.objects.filter(is_current=True).exists(),
                "created_at": at,
            },
        )
        if not created:
            return consultation
        for kind in PhaseKind:
            Phase.objects.create(consultation=consultation, kind=kind)
        for template in challenge_set.challenges.order_by("position", "pk"):
            Challenge.objects.create(
                consultation=consultation,
                slug=template.code,
                position=template.position,
                theme=template.theme,
                label=template.label,
                question=template.question,
                summary=template.summary,
                why=template.why,
                guiding_questions=template.guiding_questions,
                on_table=template.on_table,
                off_table=template.off_table,
                examples=template.examples,
                template_set=challenge_set.code,
                template_code=template.code,
                template_version=challenge_set.version,
            )
    return consultation


@dataclass(frozen=True)
class OpeningCheck:
    """One condition before residents come in: what it is, whether it holds, the page that mends it."""

    label: str
    holds: bool
    url_name: str


def opening_checks(*, consultation: Consultation, municipality: Municipality) -> list[OpeningCheck]:
    """CRPA L.131-1: participants are told how it works and what becomes of it, and have a reasonable time."""
    propose = consultation.phases.filter(kind=PhaseKind.PROPOSE, closes_at__isnull=False).first()
    return [
        OpeningCheck(_("Who decides is named"), bool(consultation.decision_maker), "desk_consultation"),
        OpeningCheck(
            _("What will be done with the answers is said"),
            bool(consultation.commitment),
            "desk_consultation",
        ),
        OpeningCheck(_("A contact is given"), bool(consultation.contact_email), "desk_consultation"),
        OpeningCheck(_("The dates are set"), propose is not None, "desk_consultation"),
        OpeningCheck(_("There is at least one challenge"), consultation.challenges.exists(), "desk_consultation"),
        OpeningCheck(
            _("Our team has verified that you speak for the authority"),
            municipality.verified_at is not None,
            "",
        ),
    ]


class NotReadyToOpen(Exception):
    message = gettext_lazy("Some conditions are not met yet.")


def open_consultation(
    *, consultation: Consultation, municipality: Municipality, actor: User | None, at: datetime
) -> None:
    """Let residents in. Raises NotReadyToOpen while a check fails. Open already: nothing happens."""
    with transaction.atomic():
        consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
        if consultation.opened_at:
            return
        if not all(check.holds for check in opening_checks(consultation=consultation, municipality=municipality)):
            raise NotReadyToOpen
        consultation.opened_at = at
        consultation.save(update_fields=["opened_at"])
        record("consultation_opened", actor=actor, subject=consultation)
        announce(consultation_opened, consultation_id=consultation.pk)
        mark_open(municipality=municipality, at=at)


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


def update_consultation(*, consultation: Consultation, actor: User, dates: dict[str, datetime], **fields: Any) -> None:
    """Change what the city says of its consultation, and its dates."""
    with transaction.atomic():
        for name, value in fields.items():
            setattr(consultation, name, value)
        consultation.save(update_fields=list(fields))
        schedule_phases(consultation=consultation, **dates)
        record("consultation_updated", actor=actor, subject=consultation, fields=sorted(fields))


def on_the_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def free_slug(wanted: str, *, taken_by: type[Consultation] | type[Challenge]) -> str:
    """`wanted` as a slug, numbered if another has it."""
    base = slugify(wanted)[:70].strip("-") or "x"
    slug, number = base, 2
    while taken_by._default_manager.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
