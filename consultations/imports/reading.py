"""What the readers of all formats share: what somebody said of an import, what is found on the way, the lines.

A reader is a module of `formats`, which registers itself (`format_of`): it turns files into the lines that the engine
takes (participation.importing), each with the number that it has in its file.
"""

import hashlib
import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from common.text import in_figures
from consultations.imports.moments import Unsure, written_moment
from consultations.imports.rows import ENCODINGS, FileNotRead, Row, Table, table_of
from consultations.participation.import_lines import REF_MAX, Given

CHALLENGES_MAX = 60
# When something was written of which nothing says when, until somebody does.
UNSAID = "1990-01-01T00:00"
Lines = Iterator[Given | bytes]


@dataclass(frozen=True)
class File:
    name: str
    open: Callable[[], IO[bytes]]


@dataclass
class Said:
    """What somebody chose. Empty: not said. Moments in ISO 8601."""

    title: str = ""
    question: str = ""
    source: str = ""
    opens_at: str = ""
    closes_at: str = ""
    ref: str = ""
    challenge: str = ""  # the column whose values are the challenges; "-": one challenge for all
    columns: dict[str, str] = field(default_factory=dict)  # of a spreadsheet: by field
    encodings: dict[str, str] = field(default_factory=dict)  # by the name of the file
    neutral: str = ""  # what took no side: "improve" or "skip"
    order: str = ""  # 03/04/2024: "day" or "month" first
    serial: str = ""  # numbers in a column of days: "yes"


@dataclass
class Findings:
    """What was met while reading: to be shown before anything is imported. `questions`: what must be said first, each
    with how often it matters."""

    files: list[dict[str, Any]] = field(default_factory=list)
    questions: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    untaken: list[str] = field(default_factory=list)
    challenges: list[str] = field(default_factory=list)
    first: str = ""
    last: str = ""
    days_alone: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)  # the first proposals, as they will stand

    def see(self, moment: str) -> None:
        """Of a line that is taken."""
        day = moment[:10]
        if day[:2] in ("19", "20"):
            self.first = min(self.first or day, day)
            self.last = max(self.last, day)


@dataclass
class Job:
    files: list[File]
    said: Said
    found: Findings = field(default_factory=Findings)
    tables: list[Table] = field(default_factory=list)

    def table(self, file: File) -> Table:
        """Raises FileNotRead, which names the file."""
        try:
            table = table_of(file.name, file.open, encoding=self.said.encodings.get(file.name, ""))
            next(table.rows(), None)  # its columns
        except FileNotRead as refusal:
            raise FileNotRead(f"{file.name}\xa0: {refusal.message}") from refusal
        table.notes.clear()
        self.tables.append(table)
        if not table.is_certain:
            self.found.questions["encoding"] += 1
        return table

    def close(self) -> None:
        """Once all is read."""
        for each in self.tables:
            self.found.files.append(
                {
                    "name": each.name,
                    "encoding": each.encoding,
                    "encoding_name": ENCODINGS.get(each.encoding, ""),
                    "is_certain": each.is_certain,
                    "delimiter": each.delimiter,
                    "columns": each.columns,
                    "notes": each.notes[:20],
                }
            )

    def given(self, row: Row, table: Table, entry: dict[str, Any], **more: Any) -> Given:
        return Given(row.number, entry=entry, file=table.name, cells=row.cells, **more)

    def refused(self, row: Row, table: Table, why: str) -> Given:
        return Given(row.number, file=table.name, refused=why, cells=row.cells)

    def moment(self, text: str) -> str:
        """Raises Unsure."""
        order, serial = self.said.order, self.said.serial == "yes"
        moment = written_moment(text, order=order, serial=serial)
        if moment.endswith("T12:00:00") and len(text.strip()) <= 10:
            self.found.days_alone += 1
        return moment

    def unsure(self, problem: Unsure) -> str:
        self.found.questions[problem.why] += 1
        if problem.why == "order":
            return _("Its day may be read in two ways: say whether the day or the month comes first.")
        return _("Its day is a number: say whether it is one of a spreadsheet.")

    def ask_about_neutral(self) -> None:
        if not self.said.neutral:
            self.found.questions["neutral"] += 1

    def consultation(self, *, about: str, ref: str) -> Given:
        """The first line, of what somebody said; `about` stands for a title in a trial, while none is said."""
        said, now = self.said, timezone.now()
        if not said.title:
            self.found.questions["title"] += 1
        if not (said.opens_at and said.closes_at):
            self.found.questions["dates"] += 1
        entry = {
            "type": "consultation",
            "title": said.title or about,
            "opens_at": said.opens_at or UNSAID,
            "closes_at": said.closes_at or now.isoformat(timespec="seconds"),
            "ref": said.ref or ref_of(ref, said.title or about),
            **({"question": said.question} if said.question else {}),
            **({"source": said.source} if said.source else {}),
        }
        # Named by whoever gave them, so that what is there already must have the same.
        names = {each: each for each in ("opens_at", "closes_at") if said.opens_at and said.closes_at}
        return Given(0, entry=entry, file=self.files[0].name, names=names)


class Challenges:
    """One for each value of a column, in the order in which they come; or one alone."""

    def __init__(self, job: Job, *, ref: str) -> None:
        self.job, self.ref, self.refs = job, ref, dict[str, str]()
        self.alone = job.said.question or job.said.title or _("All proposals")
        self.others = _("Others")

    def of(self, row: Row, table: Table) -> Iterator[Given]:
        """Its line, where no row before has the same. `ref_for` says how it is called then."""
        name = self._name(row)
        if name not in self.refs:
            self.refs[name] = ref_of(self.ref, "challenge", name)
            self.job.found.challenges.append(name)
            entry = {"type": "challenge", "ref": self.refs[name], "title": name}
            yield self.job.given(row, table, entry, names={"title": self.job.said.challenge})

    def ref_for(self, row: Row) -> str:
        return self.refs[self._name(row)]

    def _name(self, row: Row) -> str:
        column = self.job.said.challenge
        if column in ("", "-"):
            return self.alone
        return " ".join(row.cells.get(column, "").split())[:200] or self.others

    @property
    def are_too_many(self) -> bool:
        return len(self.refs) > CHALLENGES_MAX

    def too_many(self) -> FileNotRead:
        said = _(
            "“%(column)s” has more than %(most)s different values: these are no challenges. Choose another column."
        )
        return FileNotRead(said % {"column": self.job.said.challenge, "most": in_figures(CHALLENGES_MAX)})


def ref_of(*parts: object) -> str:
    """A name for ever, the same at each run: long ones by their digest."""
    name = " ".join(str(each) for each in parts)
    name = " ".join(name.split())
    if not name.isprintable():
        name = "".join(filter(str.isprintable, name))
    if len(name) <= REF_MAX:
        return name
    return f"{name[:80].rstrip()} {hashlib.sha256(name.encode()).hexdigest()[:32]}"


@dataclass(frozen=True)
class Format:
    """`plain`: its lines are of the types that the engine has itself (Trial.READ)."""

    key: str
    label: Any
    about: Any
    read: Callable[[Job], Lines]
    plain: bool = True
    asks: frozenset[str] = frozenset()


_formats: dict[str, Format] = {}


def format_of(
    key: str, label: Any, about: Any, **more: Any
) -> Callable[[Callable[[Job], Lines]], Callable[[Job], Lines]]:
    def register(read: Callable[[Job], Lines]) -> Callable[[Job], Lines]:
        _formats[key] = Format(key, label, about, read, **more)
        return read

    return register


def formats() -> dict[str, Format]:
    """All that have a module, by their keys."""
    from consultations.imports import formats as package

    for each in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        importlib.import_module(f"{package.__name__}.{each.name}")
    return _formats
