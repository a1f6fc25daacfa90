"""Calendars that people add to their own: iCalendar (RFC 5545)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

_LINE = 75  # bytes


@dataclass(frozen=True)
class Happening:
    """From a moment until another: none, and it is a moment alone. `changed`: when its dates were last changed, for the
    `sequence`th time; `is_busy`: one is there.
    """

    name: str
    title: str
    begins: datetime
    ends: datetime | None
    about: str
    url: str
    changed: datetime
    place: str = ""
    sequence: int = 0
    is_cancelled: bool = False
    is_busy: bool = False


def icalendar(title: str, happenings: Iterable[Happening]) -> bytes:
    """What begins and ends with a day is of whole days, where the city is. Other moments are in UTC: what shows them
    knows its own zone, and no rule of a zone has to be carried along.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Territoires resilients//Calendrier//FR", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{_text(title)}", "REFRESH-INTERVAL;VALUE=DURATION:P1D"]
    for each in happenings:
        lines += _event(each)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _event(each: Happening) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{each.name}"
    yield f"DTSTAMP:{_utc(each.changed)}"
    write = _day if _is_day(each.begins) and (each.ends is None or _is_day(each.ends)) else _moment
    yield write("DTSTART", each.begins)
    if each.ends is not None:
        yield write("DTEND", each.ends)
    yield f"SUMMARY:{_text(each.title)}"
    if each.about:
        yield f"DESCRIPTION:{_text(each.about)}"
    yield f"URL:{each.url}"
    if each.place:
        yield f"LOCATION:{_text(each.place)}"
    if each.sequence:
        yield f"SEQUENCE:{each.sequence}"
    if each.is_cancelled:
        yield "STATUS:CANCELLED"
    if not each.is_busy:
        yield "TRANSP:TRANSPARENT"  # nobody is busy for it
    yield "END:VEVENT"


def _is_day(moment: datetime) -> bool:
    here = timezone.localtime(moment)
    return (here.hour, here.minute) == (0, 0)


def _day(name: str, moment: datetime) -> str:
    """Of whole days; the one of the end is the first that is no longer in it, here as there."""
    return f"{name};VALUE=DATE:{timezone.localtime(moment):%Y%m%d}"


def _moment(name: str, moment: datetime) -> str:
    return f"{name}:{_utc(moment)}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(said: str) -> str:
    """Section 3.3.11; other control signs than line ends have no place there."""
    escaped = said.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(sign for sign in lines if sign >= " " and sign != "\x7f")


def _folded(line: str) -> str:
    """Section 3.1: no line longer than 75 bytes, and none broken within a letter."""
    parts, length = [""], 0
    for sign in line:
        size = len(sign.encode())
        if length + size > _LINE:
            parts.append("")
            length = 1  # the space with which the next one begins
        parts[-1] += sign
        length += size
    return "\r\n ".join(parts)
