"""What is wrong with a meeting as it is typed: all of it, each beside its field; services raise the first."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.refusals import Refusal
from common.templatetags.ui import deadline, figure
from common.web_addresses import NoWebAddress, is_web_address
from consultations.framing.services.dates import on_the_minute
from consultations.meetings.enums import Place
from consultations.meetings.models import Meeting
from consultations.meetings.rules import AT_MOST_AHEAD, LONGEST, MOST_SEATS
from consultations.meetings.services.refusals import (
    MeetingOver,
    NoPlace,
    SeatsTaken,
    SeatsWrong,
    SignedUpAlready,
    WrongDates,
)

# Whoever signed up is told where one of these changes.
MOVED = ("begins_at", "ends_at", "place", "address", "url")


def mistakes_in(said: Mapping[str, Any], *, at: datetime, before: Meeting | None = None) -> Iterator[Refusal]:
    """WrongDates, NoPlace, NoWebAddress, SeatsWrong; of one that is changed MeetingOver, SeatsTaken, SignedUpAlready.

    What is not in `said` is wrong by itself, and nothing more is said of it. Texts: rules, each its own.
    """
    begins_at, ends_at = (on_the_minute(said[name]) if said.get(name) else None for name in ("begins_at", "ends_at"))
    if before is None or (begins_at, ends_at) != (before.begins_at, before.ends_at):
        yield from wrong_dates(begins_at, ends_at, at=at)
    if said.get("url") and not is_web_address(said["url"]):
        yield NoWebAddress()
    if all(name in said and not said[name].strip() for name in ("place", "url")):
        yield NoPlace()
    seats = said.get("seats")
    if seats is not None and not 1 <= seats <= MOST_SEATS:
        yield SeatsWrong(too_many_seats())
    elif before is not None:
        yield from _of_those_signed_up(before, signs_up=said.get("signs_up", True), seats=seats)
    if before is not None and before.has_begun(at) and not before.is_draft:
        now = {**said, "begins_at": begins_at, "ends_at": ends_at}
        if any(now[name] != getattr(before, name) for name in MOVED if name in said):
            yield MeetingOver()


def wrong_dates(begins_at: datetime | None, ends_at: datetime | None, *, at: datetime) -> Iterator[WrongDates]:
    """None: not known."""
    if begins_at is None:
        return
    if begins_at <= at:
        said = _("This moment is over: it is %(now)s. A meeting is announced before it takes place.")
        yield WrongDates(said % {"now": deadline(at)})
    elif begins_at - at > AT_MOST_AHEAD:
        yield WrongDates(_("Choose a day within the next two years."))
    if ends_at is None:
        return
    if ends_at <= begins_at:
        yield WrongDates(_("It ends before it begins: choose a later hour."), "ends_at")
    elif ends_at - begins_at > LONGEST:
        yield WrongDates(_("A meeting lasts three days at most: for a longer time, make several."), "ends_at")


def _of_those_signed_up(meeting: Meeting, *, signs_up: bool, seats: int | None) -> Iterator[SeatsWrong]:
    people = meeting.people.exclude(place=Place.ASKED)
    if not signs_up and people.exists():
        yield SignedUpAlready()
    taken = people.filter(place=Place.SEATED).count()
    if seats is not None and seats < taken:
        yield SeatsTaken(taken)


def refuse_first(found: Iterator[Refusal]) -> None:
    """Raises what comes first."""
    for refusal in found:
        raise refusal


def too_many_seats() -> str:
    said = _("From 1 to %(most)s seats. Where everybody finds room, leave this empty.")
    return said % {"most": figure(MOST_SEATS)}


def too_many_came() -> str:
    return _("From 0 to %(most)s people.") % {"most": figure(MOST_SEATS)}
