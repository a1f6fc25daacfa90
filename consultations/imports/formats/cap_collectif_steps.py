"""What Cap Collectif exports of one step, to those who administer it or as open data: proposals, opinions or answers to
questions, and between them a line for each vote, argument, comment, report, source and version.

Its releases wrote the same columns in several ways (`proposal_createdAt`, `export_proposal_created_at`).
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from consultations.imports.moments import Unsure
from consultations.imports.reading import Challenges, Job, ref_of
from consultations.imports.rows import LEFT_LINE, LEFT_WHY, Row, Table
from consultations.participation.import_lines import Given

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OURS = re.compile(r"(?:proposal|contribution)_|type$")
# A line with one of these is of something that hangs on a proposal or an opinion, and that is not taken.
_OTHER = re.compile(
    r"proposal_(?:votes_(?!.*count)|news_|reportings_|comments_vote_|comments_reportings_)"
    r"|contribution_(?:votes_(?!count)|reportings_|sources_(?!count)|versions_(?!count))"
)
_PROPOSAL = {
    **{name: f"proposal_{name}" for name in ("id", "title", "trashed", "trashed_at", "published", "draft")},
    "status": "proposal_publication_status",
    "name": "proposal_author_username",
    "for": "proposal_votes_total_count",
    "mixed": "",
    "against": "",
}
_OPINION = {
    **{name: f"contribution_{name}" for name in ("id", "title", "trashed", "trashed_at", "published", "draft")},
    "status": "",
    "name": "contribution_author_username",
    "for": "contribution_votes_count_ok",
    "mixed": "contribution_votes_count_mitige",
    "against": "contribution_votes_count_nok",
}
_TEXTS = ("proposal_summary", "proposal_description", "contribution_body_text")
_MOMENTS = ("published_at", "created_at")
_SAID = ("id", "body", "type", "parent", "related_id", "trashed", "trashed_at", "published", "draft")
_NOT_PUBLIC = re.compile(r"trashed|draft|unpublished|deleted", re.IGNORECASE)
_NO, _YES = ("non", "no", "false", "0"), ("oui", "yes", "true", "1")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A column as its releases agree on it: proposal_created_at."""
    name = _WORD.sub("_", name).lower().removeprefix("export_")
    return re.sub(r"^contributions?_", "contribution_", name)


def _is_question(name: str) -> bool:
    """Questions are columns between the others, by their own words."""
    return not _OURS.match(plain(name)) and name not in map(str, (LEFT_LINE, LEFT_WHY))


def is_of_step(columns: Iterable[str]) -> bool:
    return not {"proposal_id", "contribution_id"}.isdisjoint(map(plain, columns))


class Step:
    def __init__(self, job: Job, table: Table, challenges: Challenges, about: str) -> None:
        self.job, self.table, self.challenges, self.about = job, table, challenges, about
        self.plain = {name: plain(name) for name in table.columns}
        self.named = {ours: theirs for theirs, ours in self.plain.items()}
        self.of_opinions = "contribution_id" in self.named
        self.columns = _OPINION if self.of_opinions else _PROPOSAL
        self.said = "contribution_arguments_" if self.of_opinions else "proposal_comments_"
        self.known, self.left_out = set[str](), set[str]()
        self.last = ""
        # Of each comment the argument that it stands below: there they answer each other, too.
        self.below: dict[str, str] = {}

    def lines(self) -> Iterator[Given]:
        for row in self.table.rows():
            if row.wrong:
                yield self.job.refused(row, self.table, row.wrong)
                continue
            try:
                yield from self._line(row)
            except Unsure as problem:
                yield self.job.refused(row, self.table, self.job.unsure(problem))

    def untaken(self) -> set[str]:
        taken = {*self.columns.values(), *_TEXTS, "type", "contribution_type"}
        taken |= {f"{self.said}{name}" for name in (*_SAID, *_MOMENTS, "author_username")}
        taken |= {f"{kind}_{name}" for kind in ("proposal", "contribution") for name in _MOMENTS}
        return {theirs for theirs, ours in self.plain.items() if not _is_question(theirs) and ours not in taken}

    def _line(self, row: Row) -> Iterator[Given]:
        cells = {plain(name): cell.strip() for name, cell in row.cells.items()}
        if any(cell and _OTHER.match(name) for name, cell in cells.items()):
            return
        number = cells.get(self.columns["id"], "")
        if cells.get(f"{self.said}id"):
            yield from self._argument(row, cells)
        elif not number:
            yield self.job.refused(row, self.table, _("“%(column)s” is empty.") % {"column": self._theirs("id")})
        elif number not in self.known and number not in self.left_out:
            yield from self._proposal(row, cells, number)

    def _theirs(self, name: str) -> str:
        return self.named.get(self.columns[name], name)

    def _proposal(self, row: Row, cells: dict[str, str], number: str) -> Iterator[Given]:
        self.last = number
        own = {name: cells.get(column, "") for name, column in self.columns.items()}
        if self._is_thrown_away(own) or _NOT_PUBLIC.search(own["status"]):
            self.left_out.add(number)
            self.job.found.skipped["trashed"] += 1
            return
        moment = self._moment(cells, "contribution_" if self.of_opinions else "proposal_")
        yield from self.challenges.of(row, self.table)
        if self.challenges.are_too_many:
            raise self.challenges.too_many()
        self.known.add(number)
        texts = [text for name in _TEXTS if (text := cells.get(name, ""))]
        entry: dict[str, Any] = {
            "type": "proposal",
            "ref": ref_of("cap-collectif", self.about, number),
            "challenge": self.challenges.ref_for(row),
            "title": own["title"] or _("Contribution %(reference)s") % {"reference": row.number},
            "body": "\n\n".join([*texts, *self._answers(row)]) or own["title"],
            "submitted_at": moment,
            **_signed(own["name"]),
        }
        counts = {name: int(own[name]) for name in ("for", "mixed", "against") if own[name].isdecimal()}
        if any(counts.values()):
            entry["tally"] = {"for": 0, "mixed": 0, "against": 0, **counts}
        yield self.job.given(row, self.table, entry, names={"title": self._theirs("title")})

    def _answers(self, row: Row) -> list[str]:
        asked = {name: cell.strip() for name, cell in row.cells.items() if _is_question(name)}
        return [f"{name.strip()}\n{cell}" for name, cell in asked.items() if cell and name != self.job.said.challenge]

    def _argument(self, row: Row, cells: dict[str, str]) -> Iterator[Given]:
        own = {name: cells.get(f"{self.said}{name}", "") for name in _SAID}
        about = own["related_id"] or cells.get(self.columns["id"], "") or self.last
        if self._is_thrown_away(own) or about in self.left_out:
            self.job.found.skipped["trashed"] += 1
            return
        if about not in self.known:
            yield self.job.refused(row, self.table, _("No line before it has what it is about."))
            return
        entry: dict[str, Any] = {
            "ref": ref_of("cap-collectif", self.about, "argument", own["id"]),
            "body": own["body"],
            "submitted_at": self._moment(cells, self.said),
            **_signed(cells.get(f"{self.said}author_username", "")),
        }
        names = {"body": self.named.get(f"{self.said}body", "body")}
        if first := self.below.get(own["parent"]):
            self.below[own["id"]] = first
            yield self.job.given(row, self.table, {"type": "reply", "argument": first, **entry}, names=names)
            return
        stance = _stance(own["type"])
        if stance is None:
            self.job.ask_about_neutral()
            if self.job.said.neutral == "skip":
                self.job.found.skipped["neutral"] += 1
                return
        self.below[own["id"]] = entry["ref"]
        proposal = ref_of("cap-collectif", self.about, about)
        argued = {"type": "argument", "proposal": proposal, "stance": stance or "improve"}
        yield self.job.given(row, self.table, {**argued, **entry}, names=names)

    def _moment(self, cells: dict[str, str], prefix: str) -> str:
        return self.job.moment(next((cell for each in _MOMENTS if (cell := cells.get(f"{prefix}{each}", ""))), ""))

    def _is_thrown_away(self, own: dict[str, str]) -> bool:
        thrown = bool(own["trashed_at"]) or own["trashed"].lower() in _YES
        return thrown or own["draft"].lower() in _YES or own["published"].lower() in _NO


def _stance(written: str) -> str | None:
    """FOR, "argument.show.type.against", "Contre": None of what takes no side."""
    word = written.lower().rpartition(".")[2]
    return {"for": "for", "pour": "for", "against": "against", "contre": "against"}.get(word)


def _signed(name: str) -> dict[str, str]:
    """A public name, never an address."""
    return {"author": name} if name and "@" not in name else {}
