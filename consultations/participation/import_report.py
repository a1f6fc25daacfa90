"""What an import tells of itself."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from django.utils.translation import gettext

from consultations.participation.import_lines import Given

# A file of millions of lines that say nothing would fill the memory with what is wrong with each.
KEPT = 10_000


class Trial(IntEnum):
    """Nothing is there afterwards. READ: rows are made and not written, which is ten times quicker; not for lines of
    apps above. WRITTEN: they are written and taken back.
    """

    NONE = 0
    READ = 1
    WRITTEN = 2


class BadLine(Exception):
    """A line that cannot be taken, with its number, the reason, and where there are several its file."""

    def __init__(self, number: int, reason: str, file: str = "") -> None:
        said = gettext("%(file)s, line %(number)s: %(reason)s") if file else gettext("Line %(number)s: %(reason)s")
        if not number:  # what somebody said beside the file
            said = "%(reason)s"
        super().__init__(said % {"file": file, "number": number, "reason": reason})
        self.number, self.reason, self.file = number, reason, file


@dataclass
class Report:
    """What a run did: lines read, rows created and already there by type, lines refused, and what of others is not
    kept as it was written; each with its reason.
    """

    lines: int = 0
    created: Counter[str] = field(default_factory=Counter)
    existing: Counter[str] = field(default_factory=Counter)
    errors: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    consultation: str = ""
    undone: bool = False
    more: Counter[str] = field(default_factory=Counter)  # errors and notes beyond those that are kept

    def undo(self) -> None:
        self.undone, self.consultation = True, ""
        self.created.clear()
        self.notes.clear()

    def refuse(self, given: Given, reason: str) -> None:
        self._keep("errors", _said(given, reason))

    def note(self, given: Given, reasons: Iterable[str]) -> None:
        for each in reasons:
            self._keep("notes", _said(given, each))

    def count_of(self, what: str) -> int:
        """How many "errors" or "notes" there are."""
        return len(getattr(self, what)) + self.more[what]

    def _keep(self, what: str, said: dict[str, Any]) -> None:
        kept: list[dict[str, Any]] = getattr(self, what)
        if len(kept) < KEPT:
            kept.append(said)
        else:
            self.more[what] += 1


def _said(given: Given, reason: str) -> dict[str, Any]:
    where = {"line": given.number, "file": given.file} if given.file else {"line": given.number}
    return {**where, "reason": reason}
