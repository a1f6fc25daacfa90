"""What is typed of a sheet, as it is kept: checked by the same rules from a page and from what waited in a browser."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.enums import AgeBand, Capacity
from accounts.neighbourhoods import choose_neighbourhood
from common.refusals import Refusal
from common.text import Words
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import calendar_of
from consultations.offline import rules
from consultations.offline.enums import EntryKind
from consultations.offline.services.refusals import (
    ChallengeMissing,
    FieldRefused,
    NoSuchProposal,
    NotOpenThen,
    SheetDayToCome,
    SheetLongAgo,
)
from consultations.participation.actions import ARGUE, PROPOSE
from consultations.participation.enums import OFFLINE, Channel, Stance
from consultations.participation.models import Proposal
from consultations.participation.rules import choice

NUMBER_MAX = 2_147_483_647
# A pile that was forgotten in a drawer is still typed; a day in another century is a slip of the keyboard.
_LONG_AGO = timedelta(days=366)


@dataclass
class Typed:
    """Of one sheet. `printed`: the receipt on it, where that was typed instead of its number. `about`: the number of
    the proposal that an argument is on.
    """

    given_on: date
    kind: str = EntryKind.PROPOSAL
    challenge: Challenge | None = None
    channel: str = Channel.PAPER
    place: str = ""
    sheet: int | None = None
    printed: str = ""
    meeting: int | None = None
    title: str = ""
    solution: str = ""
    problem: str = ""
    benefit: str = ""
    about: int | None = None
    stance: str = ""
    name: str = ""
    age_band: str = ""
    neighbourhood: str = ""
    capacity: str = ""


# Of a person, and of how the sheet came: what does not depend on what stands on it.
_ABOUT_IT = ["kind", "channel", "place", "given_on", "meeting", "name", "age_band", "neighbourhood", "capacity"]


def kept_fields(
    typed: Typed, *, consultation: Consultation, before: str = "", is_draft: bool = False
) -> dict[str, Any]:
    """The columns of an entry. A draft is kept as it is, as far as it fits. `before`: the neighbourhood there.

    Raises, each with its `field`: ChallengeMissing, NoSuchProposal, SheetDayToCome, SheetLongAgo, FieldRefused.
    """
    fields: dict[str, Any] = {name: getattr(typed, name) for name in _ABOUT_IT}
    fields["channel"] = typed.channel if typed.channel in OFFLINE else Channel.PAPER
    fields["place"] = _words("place", rules.PLACE, typed.place, optional=True)
    fields["name"] = _words("name", rules.NAME, typed.name, optional=True)
    if typed.given_on > timezone.localdate():
        raise SheetDayToCome
    if typed.given_on < timezone.localdate() - _LONG_AGO:
        raise SheetLongAgo
    _check_person(fields, before)
    fields |= {"title": "", "problem": "", "benefit": "", "about": None, "stance": ""}
    if typed.kind == EntryKind.ARGUMENT:
        return fields | _argument(typed, consultation, is_draft)
    return fields | _proposal(typed, is_draft)


def check_open(consultation: Consultation, *, kind: str, given_on: date, at: datetime) -> None:
    """It counts on the day on which it was given: a pile is typed after the phase has ended. Raises NotOpenThen."""
    action = ARGUE if kind == EntryKind.ARGUMENT else PROPOSE
    begins = timezone.make_aware(datetime.combine(given_on, time()))
    moments = (at, begins, begins + timedelta(hours=12), begins + timedelta(hours=23, minutes=59))
    if not any(calendar_of(consultation, at=moment).may(action) for moment in moments):
        raise NotOpenThen


def _check_person(fields: dict[str, Any], before: str) -> None:
    checks: dict[str, Callable[[], object]] = {
        "name": lambda: rules.check_name(fields["name"]),
        "neighbourhood": lambda: choose_neighbourhood(fields["neighbourhood"], before=before),
        "age_band": lambda: choice(AgeBand, fields["age_band"]),
        "capacity": lambda: choice(Capacity, fields["capacity"]),
    }
    for field, check in checks.items():
        if fields[field]:
            try:
                check()
            except Refusal as refusal:
                raise FieldRefused(field, refusal) from refusal


def words_of(kind: str, typed: Mapping[str, str], *, is_draft: bool = False) -> dict[str, str]:
    """Of a proposal its four parts, of an argument its text. Raises FieldRefused."""
    if kind == EntryKind.ARGUMENT:
        return {"solution": _words("solution", rules.ARGUMENT, typed.get("solution", ""), is_draft=is_draft)}
    fields = {"solution": _words("solution", rules.SOLUTION, typed.get("solution", ""), is_draft=is_draft)}
    for name in ("problem", "benefit"):
        fields[name] = _words(name, rules.PART, typed.get(name, ""), optional=True)
    title = _words("title", rules.TITLE, typed.get("title", ""), optional=True, is_draft=is_draft)
    return fields | {"title": title or ("" if is_draft else rules.title_of(fields["solution"]))}


def _proposal(typed: Typed, is_draft: bool) -> dict[str, Any]:
    if typed.challenge is None and not is_draft:
        raise ChallengeMissing
    return {"challenge": typed.challenge, **words_of(typed.kind, vars(typed), is_draft=is_draft)}


def _argument(typed: Typed, consultation: Consultation, is_draft: bool) -> dict[str, Any]:
    proposal = None
    if typed.about is not None and 0 < typed.about <= NUMBER_MAX:
        readable = Proposal.objects.published().filter(merged_into=None, challenge__consultation=consultation)
        proposal = readable.select_related("challenge").without_texts().filter(pk=typed.about).first()
    if proposal is None and not is_draft:
        raise NoSuchProposal
    fields = {"about": proposal, "challenge": proposal.challenge if proposal else typed.challenge, "stance": ""}
    if typed.stance or not is_draft:
        try:
            fields["stance"] = choice(Stance, typed.stance).value
        except Refusal as refusal:
            raise FieldRefused("stance", refusal) from refusal
    return fields | words_of(typed.kind, vars(typed), is_draft=is_draft)


def _words(field: str, words: Words, typed: str, *, optional: bool = False, is_draft: bool = False) -> str:
    asked = Words(0, words.maximum, words.one_line) if is_draft else words
    try:
        return asked.cleaned(typed, optional=optional or is_draft)
    except Refusal as refusal:
        raise FieldRefused(field, refusal) from refusal
