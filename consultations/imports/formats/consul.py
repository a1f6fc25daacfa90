"""What Consul exports: proposals, and a line for each comment, in files of their own or beside their proposal.
Addresses of people are dropped as they are read.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.imports.moments import Unsure
from consultations.imports.reading import Challenges, Job, Lines, format_of, ref_of
from consultations.imports.rows import LEFT_LINE, LEFT_WHY, FileNotRead, Row, Table
from consultations.participation.import_lines import Given

_PROPOSALS, _COMMENTS = frozenset({"id", "title"}), frozenset({"id", "commentable_id", "body"})
# What administrators download today names its columns in the language of the site: they are known by their places.
_OWN, _SAID = ("id", "title", "author", "summary", "description"), ("id", "author", "body", "ancestry", "created_at")
_NAMES = ("author_name", "username", "author")
_TAKEN = frozenset(
    {"id", "title", "summary", "description", "created_at", "url", "cached_votes_up", "supports", "hidden_at"}
    | {"retired_at", "commentable_id", "commentable_type", "body", "ancestry", *_NAMES}
)


@format_of(
    "consul",
    gettext_lazy("Consul"),
    gettext_lazy("The files of proposals (or debates) and of comments. E-mail addresses are never taken over."),
)
def read(job: Job) -> Lines:
    tables = [job.table(each) for each in job.files]
    comments = [each for each in tables if set(each.columns) >= _COMMENTS]
    proposals = [each for each in tables if each not in comments]
    for each in proposals:
        if not set(each.columns) >= _PROPOSALS and not _places(each.columns):
            said = _(
                "%(file)s has neither the columns of Consul’s proposals (id, title) nor of its comments "
                "(id, commentable_id, body)."
            )
            raise FileNotRead(said % {"file": each.name})
    # Consul's numbers are those of one installation, and no column says of which.
    if len(proposals) != 1:
        raise FileNotRead(
            _("Import one file of proposals at a time, with its comments: their numbers could be the same.")
        )
    about = job.said.title or proposals[0].name
    yield job.consultation(about=about, ref="consul")
    reader = _Reader(job, about)
    for table in (*proposals, *comments):
        own = _places(table.columns)
        for row in table.rows():
            if row.wrong:
                yield job.refused(row, table, row.wrong)
                continue
            try:
                if table in comments:
                    yield from reader.comment(row, table, row.cells)
                elif own:
                    yield from reader.beside(row, table, own)
                else:
                    yield from reader.proposal(row, table, row.cells)
            except Unsure as problem:
                yield job.refused(row, table, job.unsure(problem))
    taken = _TAKEN | {job.said.challenge}
    taken |= {theirs for theirs, ours in _places(proposals[0].columns).items() if not ours.endswith("author")}
    job.found.untaken = sorted({name for each in tables for name in each.columns} - taken)


def _places(columns: list[str]) -> dict[str, str]:
    """By their names: ours, those of a comment after a point. The last five are all called “Comment …”, in whatever
    language; before them are a number, a title, an author, what it says, and when. Empty for other files.
    """
    columns = [each for each in columns if each not in map(str, (LEFT_LINE, LEFT_WHY))]
    own, said = columns[:-5], columns[-5:]
    word = said[0].rpartition(" ")[0]
    is_so = len(own) >= 4 and own[0].strip().lower() == "id" and word
    if not is_so or not all(each.startswith(f"{word} ") for each in said):
        return {}
    names = {**dict(zip(own[:-1], _OWN, strict=False)), own[-1]: "created_at"}
    return names | {theirs: f".{ours}" for theirs, ours in zip(said, _SAID, strict=True)}


class _Reader:
    def __init__(self, job: Job, about: str) -> None:
        self.job, self.about = job, about
        self.challenges = Challenges(job, ref=f"consul {about}")
        self.known, self.arguments = set[str](), dict[str, str]()
        # Of what answers a comment: the first one above it.
        self.first: dict[str, str] = {}
        self.theirs: dict[str, str] = {}  # names of columns, where they are not ours

    def beside(self, row: Row, table: Table, places: dict[str, str]) -> Iterator[Given]:
        """A proposal, said again for each of its comments, and the comment."""
        self.theirs = {ours: theirs for theirs, ours in places.items()}
        cells = {places[name]: cell for name, cell in row.cells.items() if name in places}
        number = cells.get("id", "").strip()
        if number not in self.known:
            yield from self.proposal(row, table, cells)
        said = {name: cells.get(f".{name}", "") for name in _SAID}
        if comment := said["id"].strip():
            above = said["ancestry"].strip()
            self.first[comment] = self.first.get(above, above) if above else comment
            said["ancestry"] = self.first[comment] if above else ""
            yield from self.comment(row, table, {**said, "commentable_id": number})

    def proposal(self, row: Row, table: Table, cells: dict[str, str]) -> Iterator[Given]:
        yield from self.challenges.of(row, table)
        if self.challenges.are_too_many:
            raise self.challenges.too_many()
        self.known.add(cells["id"].strip())
        yield self._proposal(row, table, cells)

    def _proposal(self, row: Row, table: Table, cells: dict[str, str]) -> Given:
        texts = [cells.get(name, "").strip() for name in ("summary", "description")]
        entry: dict[str, Any] = {
            "type": "proposal",
            "ref": ref_of("consul", self.about, cells["id"].strip()),
            "challenge": self.challenges.ref_for(row),
            "title": cells["title"],
            "body": "\n\n".join(each for each in texts if each) or cells["title"],
            "submitted_at": self.job.moment(cells.get("created_at", "")),
            **_said(self.job, cells),
        }
        supports = (cells.get("cached_votes_up") or cells.get("supports") or "").strip()
        if supports.isascii() and supports.isdigit():
            entry["tally"] = {"for": int(supports), "mixed": 0, "against": 0}
        names = {"submitted_at": "created_at", "body": "description", "title": "title"}
        return self.job.given(
            row, table, entry, names={name: self.theirs.get(each, each) for name, each in names.items()}
        )

    def comment(self, row: Row, table: Table, cells: dict[str, str]) -> Iterator[Given]:
        job, number, proposal = self.job, cells["id"].strip(), cells["commentable_id"].strip()
        if proposal not in self.known:
            yield job.refused(row, table, _("No proposal of these files has the number of its “commentable_id”."))
            return
        ancestors = [each for each in cells.get("ancestry", "").split("/") if each.strip()]
        entry = {
            "ref": ref_of("consul", self.about, "comment", number),
            "body": cells["body"],
            "submitted_at": job.moment(cells.get("created_at", "")),
            **_said(job, cells),
        }
        names = {"submitted_at": "created_at"}
        if ancestors:
            first = ancestors[0].strip()
            if first in self.arguments:
                yield job.given(row, table, {"type": "reply", "argument": self.arguments[first], **entry}, names=names)
            elif job.said.neutral == "skip":
                job.found.skipped["neutral"] += 1
            else:
                yield job.refused(row, table, _("It answers a comment that no line before it has."))
            return
        # There nobody says on which side a comment is.
        job.ask_about_neutral()
        if job.said.neutral == "skip":
            job.found.skipped["neutral"] += 1
            return
        self.arguments[number] = entry["ref"]
        about_it = {"type": "argument", "proposal": ref_of("consul", self.about, proposal), "stance": "improve"}
        yield job.given(row, table, {**about_it, **entry}, names=names)


def _said(job: Job, cells: dict[str, str]) -> dict[str, Any]:
    """A public name, never an address; what was hidden or retired stays hidden."""
    said: dict[str, Any] = {}
    name = next((cells[each].strip() for each in _NAMES if cells.get(each, "").strip()), "")
    if name and "@" not in name:
        said["author"] = name
    if any(cells.get(each, "").strip() not in ("", "NULL") for each in ("hidden_at", "retired_at")):
        said["hidden"] = True
        job.found.skipped["withdrawn"] += 1
    return said
