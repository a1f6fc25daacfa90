"""What a line of an import says: what docs/import.md documents and nothing else, or Refused.

Whatever else stands there is never guessed at: a misspelt `hidden` would publish what was hidden.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

from accounts.look_alikes import mixes_scripts
from accounts.names import leads_to_somebody, stands_for_nobody
from common.dates import FIRST_YEAR, LAST_YEAR, moment_here, read_moment
from common.text import clean_text, in_figures, shortened, shows_something
from common.web_addresses import is_web_address
from consultations.participation.enums import Stance
from consultations.participation.import_html import NotText, text_of_html

REF_MAX, AUTHOR_MAX, URL_MAX, COUNT_MAX, LIST_MAX = 150, 80, 1000, 2**31 - 1, 500

# Of each type: what must stand there, what may. Apps above add theirs (participation.importing).
FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "consultation": ({"title", "opens_at", "closes_at"}, {"question", "introduction", "source", "ref"}),
    "challenge": ({"ref", "title"}, {"summary"}),
    "proposal": (
        {"ref", "challenge", "title", "body", "submitted_at"},
        {"rationale", "benefit", "author", "place", "tally", "hidden", "versions", "note", "reworked_at"},
    ),
    # An earlier text of a proposal, in its line.
    "version": ({"title", "body", "submitted_at"}, {"rationale", "benefit", "note"}),
    "argument": (
        {"ref", "proposal", "stance", "body", "submitted_at"},
        {"author", "votes", "hidden", "kind", "part", "version", "source_title", "source_url"}
        | {"verdict", "verdict_reason", "taken_in"},
    ),
    "reply": ({"ref", "argument", "body", "submitted_at"}, {"author", "hidden"}),
    "source": ({"ref", "proposal", "title", "url", "submitted_at"}, {"author"}),
}
# Those that stand within a line of another type.
PARTS_OF = {"version": "proposal"}
_STANCES = {"for": Stance.FOR, "against": Stance.AGAINST, "improve": Stance.IMPROVE}
# In a tally, and what we call them.
_TALLIED = {"for": "like", "mixed": "mixed", "against": "dislike"}

# What is left of bytes that were read in another encoding than theirs; PostgreSQL keeps neither the first nor the last.
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ud800-\udfff]")
# UTF-8 that was read as Windows-1252 and written again, as spreadsheets do: "Ã©tÃ©". Where other letters have their
# accents it is spoken of, and stays.
_READ_TWICE = re.compile("[ÃÂ][\xa0-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[™œž˜š¦“”¢º¹\x9d]|â‚¬")
_ADDRESS = re.compile(r"[\w+-]@[\w-]+\.\w")
_ACCENT = re.compile("[àâçèéêëîïôùûüœÀÂÇÈÉÊËÎÏÔÙÛÜŒ]")


class Refused(Exception):
    """Why a line cannot be taken: a sentence."""


@dataclass(frozen=True)
class Given:
    """A line as it comes: JSON in bytes, or what the reader of another format has made of one. `names`: what its fields
    are called in the file; `refused`: why it is none; `cells`: all that stands there, by the names of its columns.
    """

    number: int
    raw: bytes = b""
    entry: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    notes: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not (self.entry or self.refused or self.raw.strip())


class Line:
    """One line, its fields read one by one. `notes` says in sentences what of it is not kept as it was written."""

    @classmethod
    def read(cls, given: Given) -> "Line":
        if given.refused:
            raise Refused(given.refused)
        entry = given.entry or _entry(given.raw)
        kind = entry.get("type")
        if not isinstance(kind, str) or kind not in FIELDS or kind in PARTS_OF:
            raise Refused(gettext("Its type is unknown: %(type)s.") % {"type": _quoted(kind)})
        return cls(kind, entry, number=given.number, notes=list(given.notes), names=given.names)

    def __init__(
        self,
        kind: str,
        entry: dict[str, Any],
        *,
        number: int,
        notes: list[str],
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.kind, self.entry, self.number, self.notes, self.names = kind, entry, number, notes, names
        required, optional = FIELDS[kind]
        if unknown := self.entry.keys() - required - optional - {"type"}:
            raise Refused(gettext("It has an unknown field: %(field)s.") % {"field": _quoted(min(unknown))})
        if missing := required - self.entry.keys():
            raise Refused(gettext("It lacks a field: %(field)s.") % {"field": _quoted(min(missing))})

    def text(self, name: str, maximum: int, *, one_line: bool = True, optional: bool = False) -> str:
        """Cleaned as what is typed here is; what is `optional` may be left out, or empty."""
        if optional and name not in self.entry:
            return ""
        value = self.entry[name]
        if not isinstance(value, str):
            raise self._wrong(name, gettext("is not a text."))
        value = clean_text(self._readable(name, value), one_line=one_line)
        if not shows_something(value):
            if optional:
                return ""
            raise self._wrong(name, gettext("is empty."))
        if len(value) > maximum:
            said = gettext("has %(length)s characters, %(most)s at most.")
            raise self._wrong(name, said % {"length": in_figures(len(value)), "most": in_figures(maximum)})
        return value

    def ref(self, name: str = "ref") -> str:
        value = self.entry[name]
        if not isinstance(value, str) or not value.isprintable() or value != value.strip():
            value = ""
        if not 0 < len(value) <= REF_MAX:
            said = gettext("is not a reference: a text of 1 to %(most)s characters without spaces around it.")
            raise self._wrong(name, said % {"most": REF_MAX})
        return value

    def stance(self) -> Stance:
        value = self.entry["stance"]
        if not isinstance(value, str) or value not in _STANCES:
            raise self._wrong("stance", gettext("is none of: %(choices)s.") % {"choices": ", ".join(_STANCES)})
        return _STANCES[value]

    def is_hidden(self) -> bool:
        value = self.entry.get("hidden", False)
        if not isinstance(value, bool):
            raise self._wrong("hidden", gettext("is neither true nor false."))
        return value

    def count(self, name: str) -> int:
        value = self.entry.get(name, 0)
        if not _is_count(value):
            raise self._wrong(name, gettext("is not a count."))
        return int(value)

    def tally(self) -> dict[str, int] | None:
        if "tally" not in self.entry:
            return None
        value = self.entry["tally"]
        if not isinstance(value, dict) or value.keys() != _TALLIED.keys() or not all(map(_is_count, value.values())):
            raise self._wrong("tally", gettext("is not three counts: for, mixed, against."))
        return {_TALLIED[name]: count for name, count in value.items()}

    def moment(self, name: str) -> datetime:
        value = self.entry[name]
        if value == "":
            raise self._wrong(name, gettext("is empty."))
        moment = read_moment(value) if isinstance(value, str) else None
        if moment is None and self.names:
            raise self._wrong(name, gettext("is not a day, such as 2024-03-01, with or without its hour."))
        if moment is None:
            raise self._wrong(name, gettext("is not a day with its hour, such as 2024-03-01T10:00:00+01:00."))
        try:
            return moment_here(moment).astimezone(UTC)  # PostgreSQL knows no offset of sixteen hours
        except ValidationError:
            years = {"first": FIRST_YEAR, "last": LAST_YEAR}
            said = gettext("is no single moment here, or is outside the years %(first)s to %(last)s.") % years
            raise self._wrong(name, said) from None

    def url(self, name: str = "url", *, maximum: int = URL_MAX, optional: bool = False) -> str:
        if optional and name not in self.entry:
            return ""
        value = self.entry[name]
        if not isinstance(value, str) or len(value) > maximum or not is_web_address(value):
            said = gettext("is not the address of a public page, or has signs that look like others.")
            raise self._wrong(name, said)
        return value

    def code(self, name: str, choices: type[models.TextChoices], *, optional: bool = False) -> str:
        """One of the codes, in small letters."""
        if optional and name not in self.entry:
            return ""
        value = self.entry[name]
        if not isinstance(value, str) or value != value.lower() or value.upper() not in choices.values:
            known = ", ".join(code.lower() for code in choices.values)
            raise self._wrong(name, gettext("is none of: %(choices)s.") % {"choices": known})
        return value.upper()

    def day(self, name: str) -> date | None:
        """None where it is left out."""
        if name not in self.entry:
            return None
        value = self.entry[name]
        try:
            found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
        except ValueError:
            found = None
        if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise self._wrong(name, gettext("is not a day such as 2024-03-01."))
        return found

    def lines(self, name: str, kind: str) -> list["Line"]:
        """What stands in it as a list: each read as a line of that kind."""
        value = self.entry.get(name, [])
        if not isinstance(value, list) or len(value) > LIST_MAX or not all(isinstance(each, dict) for each in value):
            raise self._wrong(name, gettext("is not a list of objects, %(most)s at most.") % {"most": LIST_MAX})
        return [Line(kind, each, number=self.number, notes=self.notes) for each in value]

    def refs(self, name: str) -> list[str]:
        value = self.entry.get(name, [])
        if not isinstance(value, list) or len(value) > LIST_MAX or not all(isinstance(each, str) for each in value):
            raise self._wrong(name, gettext("is not a list of references, %(most)s at most.") % {"most": LIST_MAX})
        return value

    def past_moment(self, name: str) -> datetime:
        """Of what was written before it is imported."""
        moment = self.moment(name)
        if moment > timezone.now():
            raise self._wrong(name, gettext("is still to come."))
        return moment

    def author(self, *, is_reserved: Callable[[str], bool]) -> str:
        """A name; nothing of one that is an address or a number, so that nobody is sought out by strangers for what
        they said, nor of one that residents may not bear here either: in letters of two alphabets, which look like
        others, or one of those who speak for the authority. Exports number those whom they do not name.
        """
        name = self.text("author", AUTHOR_MAX, optional=True)
        if leads_to_somebody(name):
            self.notes.append(self._about("author", gettext("looks like an address or a number: it is not shown.")))
        elif is_reserved(name) and not stands_for_nobody(name):
            said = gettext("could be taken for that of the authority or of an elected person: it is not shown.")
            self.notes.append(self._about("author", said))
        elif mixes_scripts(name):
            self.notes.append(self._about("author", gettext("could be taken for somebody else’s: it is not shown.")))
        else:
            return name
        return ""

    def _readable(self, name: str, value: str) -> str:
        try:
            text = text_of_html(value)
        except NotText as problem:
            raise self._wrong(name, str(problem)) from None
        if text is not None:
            self.notes.append(self._about(name, gettext("was HTML: its text is kept.")))
            value = text
        if _UNREADABLE.search(value) or _is_read_twice(value):
            raise self._wrong(name, gettext("has signs that nobody can read: was it written in another encoding?"))
        if "@" in value and name != "author" and _ADDRESS.search(value):
            self.notes.append(self._about(name, gettext("has an e-mail address in it, which everybody will read.")))
        return value

    def _about(self, name: str, said: str) -> str:
        return gettext("“%(field)s” %(said)s") % {"field": self.names.get(name, name), "said": said}

    def _wrong(self, name: str, said: str) -> Refused:
        return Refused(self._about(name, said))


def _is_read_twice(value: str) -> bool:
    # Most texts have none of the signs with which all of these begin, which is seen sooner.
    if "â" not in value and "Ã" not in value and "Â" not in value:
        return False
    return bool(_READ_TWICE.search(value)) and not _ACCENT.search(_READ_TWICE.sub("", value))


def _entry(raw: bytes) -> dict[str, Any]:
    try:
        words = raw.decode()
    except UnicodeDecodeError as problem:
        raise Refused(gettext("It is not in UTF-8: save the file in this encoding.")) from problem
    try:
        entry = json.loads(words, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise Refused(gettext("It is not JSON.")) from problem
    if not isinstance(entry, dict):
        raise Refused(gettext("It is not a JSON object."))
    return entry


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entry = dict(pairs)
    if len(entry) < len(pairs):
        [(twice, _times)] = Counter(name for name, _value in pairs).most_common(1)
        raise Refused(gettext("It has a field twice: %(field)s.") % {"field": _quoted(twice)})
    return entry


def _no_number(word: str) -> None:
    raise ValueError(word)  # NaN, Infinity: Python reads them, JSON has none


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= COUNT_MAX  # true and false are numbers too


def _quoted(value: object) -> str:
    """What a line says, for a report: short, and nothing that a terminal would obey."""
    shown = _UNREADABLE.sub("�", value) if isinstance(value, str) else type(value).__name__
    return gettext("“%(words)s”") % {"words": shortened(clean_text(shown, one_line=True), 60)}
