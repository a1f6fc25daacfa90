"""A new city's first consultation: the library's set, with the choices of the sign-up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from common.mail_addresses import check_mail_address
from common.text import clean_text
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.framing.services.consultations import PROPOSE_DAYS, schedule_phases
from consultations.framing.services.dates import MIN_PROPOSE
from consultations.library.models import ChallengeSet, ChallengeTemplate

OPENS, CLOSES = time(8), time(20)
# A date farther than this is a slip of the keyboard.
_YEARS_AHEAD = 5


@dataclass(frozen=True)
class SignUpChoices:
    """What the sign-up said of the consultation. Empty: as the library has it, without dates."""

    title: str = ""
    # Code of each wanted challenge, in order, and its question ("": as it is). None wanted: all.
    challenges: dict[str, str] = field(default_factory=dict)
    opens_on: date | None = None
    closes_on: date | None = None
    contact_email: str = ""

    @classmethod
    def read(cls, said: Any, *, at: datetime) -> "SignUpChoices":
        """From the JSON of a provisioning run. What cannot be used is left out: the city will be asked again."""
        if not isinstance(said, Mapping):
            return cls()
        opens_on, closes_on = _dates(_day(said.get("opens_on")), _day(said.get("closes_on")), today=_today(at))
        return cls(
            title=_line(said.get("title"), maximum=120),
            challenges=_challenges(said.get("challenges")),
            opens_on=opens_on,
            closes_on=closes_on,
            contact_email=_email(said.get("contact_email")),
        )


def seed_consultation(
    *, challenge_set: ChallengeSet, authority: str, at: datetime, choices: SignUpChoices | None = None
) -> Consultation:
    """Copy a set into the present city as its first consultation. Already there: left as the city has it."""
    choices = choices or SignUpChoices()
    with transaction.atomic():
        consultation, created = Consultation.objects.get_or_create(
            slug=challenge_set.code,
            defaults={
                "title": choices.title or challenge_set.title,
                "question": challenge_set.question.replace("{name}", authority)[:200],
                "introduction": challenge_set.summary,
                "contact_email": choices.contact_email,
                "is_current": not Consultation.objects.filter(is_current=True).exists(),
                "created_at": at,
            },
        )
        if not created:
            return consultation
        _seed_phases(consultation, choices)
        templates = _wanted(list(challenge_set.challenges.order_by("position", "pk")), choices)
        Challenge.objects.bulk_create(
            Challenge(
                consultation=consultation,
                slug=template.code,
                position=position,
                template_set=challenge_set.code,
                template_code=template.code,
                template_version=challenge_set.version,
                **{**template.content, "question": choices.challenges.get(template.code) or template.question},
            )
            for position, template in enumerate(templates, start=1)
        )
    return consultation


def _seed_phases(consultation: Consultation, choices: SignUpChoices) -> None:
    if choices.opens_on and choices.closes_on:
        schedule_phases(
            consultation=consultation,
            opens_at=_moment(choices.opens_on, OPENS),
            closes_at=_moment(choices.closes_on, CLOSES),
        )
    else:
        Phase.objects.bulk_create(Phase(consultation=consultation, kind=kind) for kind in PhaseKind)


def _wanted(templates: list[ChallengeTemplate], choices: SignUpChoices) -> list[ChallengeTemplate]:
    by_code = {template.code: template for template in templates}
    return [by_code[code] for code in choices.challenges if code in by_code] or templates


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=timezone.get_current_timezone())


def _today(at: datetime) -> date:
    return timezone.localdate(at)


# ── Reading what was said ────────────────────────────────────────────────────


def _line(said: Any, *, maximum: int) -> str:
    return clean_text(said, one_line=True)[:maximum].strip() if isinstance(said, str) else ""


def _email(said: Any) -> str:
    email = _line(said, maximum=254)
    try:
        check_mail_address(email)
    except ValidationError:
        return ""
    return email


def _challenges(said: Any) -> dict[str, str]:
    entries = [entry for entry in said if isinstance(entry, Mapping)] if isinstance(said, list) else []
    wanted: dict[str, str] = {}
    for entry in entries:
        code = entry.get("code")
        if isinstance(code, str):
            wanted.setdefault(code, _line(entry.get("question"), maximum=200))
    return wanted


def _day(said: Any) -> date | None:
    try:
        return date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _dates(opens_on: date | None, closes_on: date | None, *, today: date) -> tuple[date | None, date | None]:
    """Both, the missing one following from the other; or neither, where they make no sense together."""
    if opens_on is None and closes_on is None:
        return None, None
    earliest, latest = today - timedelta(days=365), today + timedelta(days=365 * _YEARS_AHEAD)
    if any(day is not None and not earliest <= day <= latest for day in (opens_on, closes_on)):
        return None, None
    if opens_on is None:
        assert closes_on is not None
        opens_on = max(today, closes_on - timedelta(days=PROPOSE_DAYS))
    if closes_on is None:
        closes_on = opens_on + timedelta(days=PROPOSE_DAYS)
    if closes_on < opens_on + MIN_PROPOSE:
        return None, None
    return opens_on, closes_on
