"""Files of votes: Pabulib's `.pb` (pabulib.org/format), read strictly and written; a table for *k votes*.

A file is read line by line, and only its counts are kept.
"""

import csv
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from io import TextIOWrapper
from typing import BinaryIO, TextIO

from .election import CENTS, Election, Project, Rule, gather

LONGEST_LINE = 100_000
LONGEST_AMOUNT = 20

RULES = {
    Rule.GREEDY: "greedy",
    Rule.EQUAL_SHARES: "equalshares/add1",
    Rule.K: "k",
}
# What others call the rules that we count by.
_KNOWN_RULES = {name: rule for rule, name in RULES.items()} | {"equalshares": Rule.EQUAL_SHARES}
# Bytes that were no UTF-8 (`text_of`).
_ESCAPED = re.compile("[\ud800-\udfff]")
# Control signs, of terminals too, and those that turn the reading direction of what follows.
_NO_TEXT = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_APPROVALS = ("approval", "choose-1")
_SECTIONS = ("META", "PROJECTS", "VOTES")
# Of *k votes*, in the first line of their table: how many are chosen.
SEATS = "seats"
_AMOUNT = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")


def gettext_noop(message: str) -> str:
    """Marks a sentence for the catalogue; whoever shows it translates it."""
    return message


class FaultyFile(Exception):
    """`line` counts from 1. `reason` is a sentence to translate, then to fill with `named`."""

    def __init__(self, line: int, reason: str, **named: str | int) -> None:
        super().__init__(line, reason, named)
        self.line = line
        self.reason = reason
        self.named = {name: value[:60] if isinstance(value, str) else value for name, value in named.items()}

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason % self.named}"

    def sentence(self, translate: Callable[[str], str]) -> str:
        return translate(self.reason) % self.named


Row = tuple[int, list[str]]


def text_of(file: BinaryIO) -> TextIO:
    """To be read: what is not UTF-8 is found on its line."""
    return TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")


def read(stream: TextIO) -> Election:
    """The election of a Pabulib file whose ballots are approvals. Raises `FaultyFile`."""
    rows = _rows(stream, delimiter=";")
    _expect(next(rows, (1, [""])), "META")
    meta, lines = _meta(rows)
    projects, last = _projects(rows)
    election = gather(
        projects,
        _ballots(rows, {project.id for project in projects}, last),
        budget=_amount(meta["budget"], lines["budget"]),
        rule=_KNOWN_RULES.get(meta.get("rule", "").lower()),
        meta=meta,
    )
    for key, number in (("num_projects", len(projects)), ("num_votes", election.voters)):
        if key in meta and meta[key] != str(number):
            raise FaultyFile(lines[key], _NUMBER_DIFFERS, key=key, told=meta[key], number=number)
    return election


_NOT_UTF8 = gettext_noop("This is not text in UTF-8.")
_CONTROL = gettext_noop("There is a sign on this line that is no text.")
_LINE_TOO_LONG = gettext_noop("This line is too long.")
_QUOTE_NOT_CLOSED = gettext_noop("A quotation mark is opened and not closed on this line.")
_SECTION_MISSING = gettext_noop("The section %(section)s is expected here.")
_COLUMN_MISSING = gettext_noop("The column “%(column)s” is missing.")
_COLUMN_TWICE = gettext_noop("The column “%(column)s” is there twice.")
_CELLS = gettext_noop("This line has %(number)s fields; %(expected)s are expected.")
_KEY_MISSING = gettext_noop("META does not say “%(key)s”.")
_KEY_TWICE = gettext_noop("META says “%(key)s” twice.")
_NOT_APPROVAL = gettext_noop(
    "Ballots of the kind “%(kind)s” are not counted here: only those that approve of projects."
)
_NOT_A_NUMBER = gettext_noop("“%(value)s” is not an amount.")
_NOT_POSITIVE = gettext_noop("An amount above zero is expected.")
_CENTS = gettext_noop("The amount “%(value)s” has more than two decimals.")
_TOO_MUCH = gettext_noop("The amount “%(value)s” is too large.")
_NUMBER_DIFFERS = gettext_noop("META says %(told)s for “%(key)s”, and the file has %(number)s.")
_NO_ID = gettext_noop("A project has no number.")
_BAD_ID = gettext_noop("The number of a project has no comma: “%(project)s”.")
_PROJECT_TWICE = gettext_noop("The project “%(project)s” is there twice.")
_PROJECT_UNKNOWN = gettext_noop("The ballot names an unknown project: “%(project)s”.")
_CHOSEN_TWICE = gettext_noop("The ballot names the project “%(project)s” twice.")
_VOTER_TWICE = gettext_noop("The ballot “%(voter)s” is there twice.")
_NOT_A_MARK = gettext_noop("“%(value)s” is neither 1, 0 nor empty.")


def _rows(stream: TextIO, *, delimiter: str) -> Iterator[Row]:
    """Each line that is not empty, and its fields without the spaces around them."""
    number = 0
    while True:
        number += 1
        try:
            line = stream.readline(LONGEST_LINE + 1)
        except UnicodeDecodeError as problem:
            raise FaultyFile(number, _NOT_UTF8) from problem
        if not line:
            return
        if not line.isascii() and _ESCAPED.search(line):
            raise FaultyFile(number, _NOT_UTF8)
        if len(line) > LONGEST_LINE:
            raise FaultyFile(number, _LINE_TOO_LONG)
        line = line.rstrip("\r\n").lstrip("\ufeff" if number == 1 else "")
        if _NO_TEXT.search(line):
            raise FaultyFile(number, _CONTROL)
        if line and not line.isspace():
            yield number, _fields(number, line, delimiter)


def _fields(number: int, line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)]
    # A field that is still open would take the end of the line in.
    row = next(csv.reader([line + "\n"], delimiter=delimiter))
    if row[-1].endswith("\n"):
        raise FaultyFile(number, _QUOTE_NOT_CLOSED)
    return [cell.strip() for cell in row]


def _expect(row: Row, section: str) -> None:
    line, cells = row
    if cells[0].upper() != section or any(cells[1:]):
        raise FaultyFile(line, _SECTION_MISSING, section=section)


def _is(section: str, cells: list[str]) -> bool:
    return cells[0].upper() == section and not any(cells[1:])


def _until(section: str, rows: Iterator[Row], line: int) -> Iterator[Row]:
    """The rows before that section, which must come."""
    for line, cells in rows:
        if _is(section, cells):
            return
        if any(_is(other, cells) for other in _SECTIONS):
            break
        yield line, cells
    raise FaultyFile(line, _SECTION_MISSING, section=section)


def _columns(rows: Iterator[Row], line: int, *required: str) -> tuple[int, list[str]]:
    line, cells = next(rows, (line, [""]))
    columns = [cell.lower() for cell in _padless(cells, 0)]
    for column in required:
        if column not in columns:
            raise FaultyFile(line, _COLUMN_MISSING, column=column)
    for column in columns:
        if columns.count(column) > 1:
            raise FaultyFile(line, _COLUMN_TWICE, column=column)
    return line, columns


def _record(row: Row, columns: list[str]) -> dict[str, str]:
    line, cells = row
    cells = _padless(cells, len(columns))
    if len(cells) != len(columns):
        raise FaultyFile(line, _CELLS, number=len(cells), expected=len(columns))
    return dict(zip(columns, cells, strict=True))


def _padless(cells: list[str], width: int) -> list[str]:
    """Without the empty fields that a spreadsheet adds at the end of lines."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells


def _meta(rows: Iterator[Row]) -> tuple[dict[str, str], dict[str, int]]:
    """What META says, and on which line."""
    line, columns = _columns(rows, 1, "key", "value")
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    for row in _until("PROJECTS", rows, line):
        line, said = row[0], _record(row, columns)
        key = said["key"].lower()
        if key in meta:
            raise FaultyFile(line, _KEY_TWICE, key=key)
        meta[key], lines[key] = said["value"], line
    for key in ("budget", "vote_type"):
        if key not in meta:
            raise FaultyFile(line, _KEY_MISSING, key=key)
    if meta["vote_type"].lower() not in _APPROVALS:
        raise FaultyFile(lines["vote_type"], _NOT_APPROVAL, kind=meta["vote_type"])
    return meta, lines


def _projects(rows: Iterator[Row]) -> tuple[list[Project], int]:
    """The projects, and the line of VOTES or before."""
    line, columns = _columns(rows, 1, "project_id", "cost")
    found: dict[str, Project] = {}
    for row in _until("VOTES", rows, line):
        line = row[0]
        said = _record(row, columns)
        key = said["project_id"]
        _check_id(key, found, line)
        found[key] = Project(
            id=key,
            cost=_amount(said["cost"], line),
            name=said.get("name", ""),
            district=said.get("district", ""),
            category=said.get("category", ""),
            selected=said["selected"] == "1" if "selected" in said else None,
        )
    return list(found.values()), line


def _check_id(key: str, found: Mapping[str, Project], line: int) -> None:
    if not key:
        raise FaultyFile(line, _NO_ID)
    if "," in key:
        raise FaultyFile(line, _BAD_ID, project=key)
    if key in found:
        raise FaultyFile(line, _PROJECT_TWICE, project=key)


def _ballots(rows: Iterator[Row], projects: Collection[str], line: int) -> Iterator[list[str]]:
    line, columns = _columns(rows, line, "voter_id", "vote")
    voters: set[str] = set()
    for row in rows:
        line = row[0]
        said = _record(row, columns)
        if said["voter_id"] in voters:
            raise FaultyFile(line, _VOTER_TWICE, voter=said["voter_id"])
        voters.add(said["voter_id"])
        yield _choice(said["vote"], projects, line)


def _choice(vote: str, projects: Collection[str], line: int) -> list[str]:
    """Nothing is a choice too: of somebody who wants none of them, and has their share all the same."""
    choice = [project.strip() for project in vote.split(",")] if vote else []
    for project in choice:
        if project not in projects:
            raise FaultyFile(line, _PROJECT_UNKNOWN, project=project)
    if len(set(choice)) < len(choice):
        twice = next(project for project in choice if choice.count(project) > 1)
        raise FaultyFile(line, _CHOSEN_TWICE, project=twice)
    return choice


def _amount(text: str, line: int) -> int:
    """In cents. A comma is a decimal point too, as French towns write it."""
    found = _AMOUNT.fullmatch(text)
    if not found:
        raise FaultyFile(line, _NOT_POSITIVE if text.startswith("-") else _NOT_A_NUMBER, value=text)
    if len(text) > LONGEST_AMOUNT:
        raise FaultyFile(line, _TOO_MUCH, value=text)
    decimals = (found[2] or "").rstrip("0")
    if len(decimals) > 2:
        raise FaultyFile(line, _CENTS, value=text)
    cents = int(found[1]) * CENTS + int(decimals.ljust(2, "0"))
    if not cents:
        raise FaultyFile(line, _NOT_POSITIVE)
    return cents


def amount(cents: int) -> str:
    """As files write it: 40000, or 40000.50."""
    return f"{cents // 100}" + (f".{cents % 100:02}" if cents % 100 else "")


def write(election: Election, stream: TextIO, *, taken: Collection[str] | None = None) -> None:
    """The election in Pabulib's format; `taken` are marked as selected, where it is counted already.

    Ballots are in the order of what they say and numbered in it: neither tells who made which, nor when.
    """
    rows = csv.writer(stream, delimiter=";", lineterminator="\n")
    rows.writerows([["META"], ["key", "value"]])
    rows.writerows((key, _one_line(value)) for key, value in _told(election).items())
    columns = ["project_id", "cost", "votes", "name"]
    columns += [
        name for name in ("category", "district") if any(getattr(it, name) for it in election.projects.values())
    ]
    columns += ["selected"] if taken is not None else []
    rows.writerows([["PROJECTS"], columns])
    for project in election.projects.values():
        cells = {
            "project_id": project.id,
            "cost": amount(project.cost),
            "votes": str(election.votes[project.id]),
            "name": _one_line(project.name),
            "category": _one_line(project.category),
            "district": _one_line(project.district),
            "selected": "1" if taken and project.id in taken else "0",
        }
        rows.writerow([cells[column] for column in columns])
    rows.writerows([["VOTES"], ["voter_id", "vote"]])
    number = 0
    for choice, people in election.ballots.items():
        vote = ",".join(choice)
        rows.writerows((number + place, vote) for place in range(1, people + 1))
        number += people


def _told(election: Election) -> dict[str, str]:
    """META, what Pabulib requires first."""
    meta = dict.fromkeys(("description", "country", "unit", "instance"), "") | dict(election.meta)
    counted = {
        "num_projects": str(len(election.projects)),
        "num_votes": str(election.voters),
        "budget": amount(election.budget),
        "vote_type": "approval",
        "rule": RULES[election.rule] if election.rule else meta.get("rule", ""),
    }
    return {key: value for key, value in meta.items() if key not in counted} | counted


def write_csv(election: Election, stream: TextIO) -> None:
    """*k votes* as a table for a spreadsheet: how many are chosen, then a line a ballot, in the order of what they say,
    with a column a project.
    """
    rows = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    if election.seats is not None:
        rows.writerow([SEATS, election.seats])
    rows.writerow([_one_line(f"{project.id} {project.name}") for project in election.projects.values()])
    for choice, people in election.ballots.items():
        row = [int(project in choice) for project in election.projects]
        rows.writerows(row for _person in range(people))


def read_csv(stream: TextIO, *, seats: int | None = None) -> Election:
    """What `write_csv` wrote; of no project at all, nobody's vote. Raises `FaultyFile`."""
    rows = _rows(stream, delimiter=";")
    line, heads = next(rows, (1, []))
    said = _padless(heads, 2)
    if len(said) == 2 and said[0].lower() == SEATS and re.fullmatch("[0-9]{1,6}", said[1]):
        seats = int(said[1]) if seats is None else seats
        line, heads = next(rows, (line, []))
    found: dict[str, Project] = {}
    for head in heads:
        key, _space, name = head.partition(" ")
        _check_id(key, found, line)
        found[key] = Project(id=key, name=name)
    ids = list(found)
    return gather(found.values(), (_marked(row, ids) for row in rows), rule=Rule.K, seats=seats)


def _marked(row: Row, ids: list[str]) -> list[str]:
    marks = _record(row, ids)
    for mark in marks.values():
        if mark not in ("", "0", "1"):
            raise FaultyFile(row[0], _NOT_A_MARK, value=mark)
    return [project for project, mark in marks.items() if mark == "1"]


def _one_line(text: str) -> str:
    """Nothing that would be refused when it is read again."""
    return " ".join(_NO_TEXT.sub(" ", text).split())
