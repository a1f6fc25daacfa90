"""What to look at again before opening. Nothing here holds an opening back: a city may have its reasons."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import full_day, last_day
from consultations.framing.enums import WRITING, PhaseKind
from consultations.framing.models import Calendar, Consultation, Phase
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tenants.school_holidays import holidays_on, is_known, zone_of

_CHRISTMAS_DAYS = 3
_SHORT_DAYS, _LONG_DAYS = 15, 366
# In French: "dans les trois mois", "sous 15 jours", "chaque semaine".
_DELAY = re.compile(
    r"\b(?:\d+|une?|deux|trois|quatre|cinq|six|huit|dix|quinze|trente|chaque)\s+(?:jour|semaine|mois|an)", re.IGNORECASE
)

# "Nous répondrons", "nos réponses".
_ANSWERS = re.compile(r"\br[ée]pon", re.IGNORECASE)


@dataclass(frozen=True)
class OpeningWarning:
    """What is odd, and what one may do about it."""

    title: str
    detail: str


Warner = Callable[[Consultation, Calendar, Municipality], Iterable[OpeningWarning]]
_warners: list[Warner] = []


def warns_of_opening(warner: Warner) -> Warner:
    """Register what another app finds odd, from its own `opening_warnings.py`: one query at most."""
    _warners.append(warner)
    return warner


def opening_warnings(
    *, consultation: Consultation, calendar: Calendar, municipality: Municipality
) -> list[OpeningWarning]:
    """All of them, for an opening at the moment of the calendar."""
    own = own_warnings(consultation=consultation, calendar=calendar, municipality=municipality)
    return [*own, *(each for warner in _warners for each in warner(consultation, calendar, municipality))]


@warns_of_opening
def of_the_same_question(
    consultation: Consultation, calendar: Calendar, municipality: Municipality
) -> Iterator[OpeningWarning]:
    """One begun from an earlier one has its question, until somebody writes another."""
    others = Consultation.objects.exclude(pk=consultation.pk).filter(question=consultation.question)
    same = others.exclude(opened_at=None).order_by("-opened_at", "pk").first()
    if same is not None:
        yield OpeningWarning(
            _("The question is that of another consultation"),
            _("“%(title)s” asks it already. If this one asks something else, change its question.")
            % {"title": same.title},
        )


def own_warnings(*, consultation: Consultation, calendar: Calendar, municipality: Municipality) -> list[OpeningWarning]:
    """Of what is asked and of its dates. No query."""
    proposing = calendar.phase(PhaseKind.PROPOSE)
    begins = proposing.opens_at if proposing else None
    # Pressed after the time to propose has begun, the button is what lets people in.
    first_day = timezone.localdate(max(begins, calendar.at) if begins else calendar.at)
    return [
        *_holidays(first_day, municipality),
        *_christmas(first_day),
        *_length(proposing),
        *_trial(calendar, municipality),
        *_answers(consultation.commitment, calendar),
        *_no_delay(consultation.commitment, calendar),
        *_endless(calendar),
    ]


def _length(proposing: Phase | None) -> Iterator[OpeningWarning]:
    if proposing is None or not proposing.opens_at or not proposing.closes_at:
        return
    days = (proposing.closes_at - proposing.opens_at).days
    if days < _SHORT_DAYS:
        yield OpeningWarning(
            _("People have little time to propose"),
            ngettext(
                "%(days)s day only. Count fifteen at least: the law asks for a reasonable time.",
                "%(days)s days only. Count fifteen at least: the law asks for a reasonable time.",
                days,
            )
            % {"days": days},
        )
    elif days > _LONG_DAYS:
        yield OpeningWarning(
            _("People may propose for more than a year"),
            _("Until %(day)s. Without an end in sight, most people wait, then forget.")
            % {"day": full_day(last_day(proposing.closes_at))},
        )


def _trial(calendar: Calendar, municipality: Municipality) -> Iterator[OpeningWarning]:
    """Once it is over the platform can only be read, until the city has subscribed."""
    ends = max((each.closes_at for each in calendar.phases if each.kind in WRITING and each.closes_at), default=None)
    trial = municipality.trial_ends_on if municipality.state == LifecycleState.TRIAL else None
    if trial and ends and trial < last_day(ends):
        yield OpeningWarning(
            _("Your trial ends during the consultation"),
            _("It ends on %(trial)s, and people take part until %(day)s. Subscribe before: then nothing stops.")
            % {"trial": full_day(trial), "day": full_day(last_day(ends))},
        )


def _no_delay(commitment: str, calendar: Calendar) -> Iterator[OpeningWarning]:
    if commitment and not _DELAY.search(commitment) and not days_in(commitment, after=timezone.localdate(calendar.at)):
        yield OpeningWarning(
            _("Your commitment gives no date"),
            _("People like to know when they will be answered: give a day, or a delay such as “within three months”."),
        )


def _holidays(day: date, municipality: Municipality) -> Iterator[OpeningWarning]:
    zone = zone_of(municipality)
    if not is_known(day, zone=zone):
        yield OpeningWarning(
            _("Is %(day)s a school day?") % {"day": full_day(day)},
            _("We do not have the school calendar of that day where you are. Few people take part in the holidays."),
        )
    elif found := holidays_on(day, zone=zone):
        yield OpeningWarning(
            _("It opens in the school holidays"),
            _("On %(day)s, zone %(zone)s has its %(name)s, until %(last)s. Many people are away.")
            % {"day": full_day(day), "zone": zone, "name": found.name, "last": full_day(found.last)},
        )


def _christmas(day: date) -> Iterator[OpeningWarning]:
    if abs(day - date(day.year, 12, 25)) <= timedelta(days=_CHRISTMAS_DAYS):
        yield OpeningWarning(
            _("It opens around Christmas"),
            _("On %(day)s few people read what their authority asks them.") % {"day": full_day(day)},
        )


def _endless(calendar: Calendar) -> Iterator[OpeningWarning]:
    """Follow-up goes on for as long as there is something to follow."""
    for phase in calendar.phases:
        if phase.opens_at and not phase.closes_at and phase.kind != PhaseKind.FOLLOW:
            yield OpeningWarning(
                _("The phase “%(phase)s” has no end") % {"phase": phase.get_kind_display()},
                _("People like to know how long they have. Save the dates of your consultation again."),
            )


def _answers(commitment: str, calendar: Calendar) -> Iterator[OpeningWarning]:
    answering = calendar.phase(PhaseKind.ANSWER)
    if answering is None or not answering.opens_at or not answering.closes_at:
        return
    for day in days_in(commitment, after=timezone.localdate(calendar.at)):
        if day in _promised_too_soon(commitment, calendar):
            continue  # a condition says it
        if day < timezone.localdate(answering.opens_at):
            yield _answers_elsewhere(_("You promise something before you answer"), day, answering)
        elif day > last_day(answering.closes_at):
            yield _answers_elsewhere(_("You promise something after you have answered"), day, answering)


def impossible_promise(commitment: str, calendar: Calendar) -> tuple[date, date] | None:
    """The day by which the commitment promises answers while people still write, and the last on which they do."""
    days = _promised_too_soon(commitment, calendar)
    ends = _writing_ends(calendar)
    return (min(days), ends) if days and ends else None


def _promised_too_soon(commitment: str, calendar: Calendar) -> list[date]:
    ends = _writing_ends(calendar)
    sentences = (each for each in re.split(r"(?<=[.!?])\s", commitment) if _ANSWERS.search(each))
    days = [day for each in sentences for day in days_in(each, after=timezone.localdate(calendar.at))]
    return [day for day in days if ends and day < ends]


def _writing_ends(calendar: Calendar) -> date | None:
    ends = [last_day(each.closes_at) for each in calendar.phases if each.kind in WRITING and each.closes_at]
    return max(ends, default=None)


def _answers_elsewhere(title: str, day: date, answering: Phase) -> OpeningWarning:
    assert answering.opens_at is not None
    assert answering.closes_at is not None
    detail = _(
        "Your commitment speaks of %(day)s; the phase “%(phase)s” goes from %(first)s to %(last)s. "
        "If it is about your answers, make the two agree."
    )
    said = {"first": full_day(answering.opens_at), "last": full_day(last_day(answering.closes_at))}
    return OpeningWarning(title, detail % {"day": full_day(day), "phase": answering.get_kind_display(), **said})


# ── Days in a French text ────────────────────────────────────────────────────

_MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
_DAY = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:er)?\s+)?(?P<month>{'|'.join(_MONTHS)})(?:\s+(?P<year>20\d\d))?\b"
    r"|\b(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>20\d\d)\b"
    r"|\bfin (?:de l[’']année|d[’']année)(?:\s+(?P<end>20\d\d))?\b",
    re.IGNORECASE,
)


def days_in(text: str, *, after: date) -> list[date]:
    """The days that a French text speaks of, in its order. A month alone is its last day; without a year, the next."""
    return [day for found in _DAY.finditer(text) if (day := _day_of(found, after))]


def _day_of(found: re.Match[str], after: date) -> date | None:
    said = found.groupdict()
    if said["y"]:
        return _day(int(said["y"]), int(said["m"]), int(said["d"]))
    if not said["month"]:
        return date(int(said["end"] or after.year), 12, 31)
    month = _MONTHS.index(said["month"].lower()) + 1
    of = int(said["day"]) if said["day"] else None
    first = _day(int(said["year"] or after.year), month, of)
    return first if said["year"] or first is None or first >= after else _day(after.year + 1, month, of)


def _day(year: int, month: int, day: int | None) -> date | None:
    """The last day of a month where none is said; None for one that does not exist."""
    try:
        if day is None:
            return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return date(year, month, day)
    except ValueError:
        return None
