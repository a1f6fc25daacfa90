"""What Consul exports: proposals, and a line for each comment. Addresses of people are dropped as they are read."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.imports.moments import Unsure
from consultations.imports.reading import Challenges, Job, Lines, format_of, ref_of
from consultations.imports.rows import FileNotRead, Row, Table
from consultations.participation.import_lines import Given

_PROPOSALS, _COMMENTS = frozenset({"id", "title"}), frozenset({"id", "commentable_id", "body"})
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
        if not set(each.columns) >= _PROPOSALS:
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
    challenges, known, arguments = Challenges(job, ref=f"consul {about}"), set[str](), dict[str, str]()
    for table in (*proposals, *comments):
        for row in table.rows():
            if row.wrong:
                yield job.refused(row, table, row.wrong)
                continue
            try:
                if table in comments:
                    yield from _comment(job, row, table, known, arguments, about)
                    continue
                yield from challenges.of(row, table)
                if challenges.are_too_many:
                    raise challenges.too_many()
                known.add(row.cells["id"].strip())
                yield _proposal(job, row, table, challenges, about)
            except Unsure as problem:
                yield job.refused(row, table, job.unsure(problem))
    job.found.untaken = sorted({name for each in tables for name in each.columns} - _TAKEN - {job.said.challenge})


def _proposal(job: Job, row: Row, table: Table, challenges: Challenges, about: str) -> Given:
    cells = row.cells
    texts = [cells.get(name, "").strip() for name in ("summary", "description")]
    entry: dict[str, Any] = {
        "type": "proposal",
        "ref": ref_of("consul", about, cells["id"].strip()),
        "challenge": challenges.ref_for(row),
        "title": cells["title"],
        "body": "\n\n".join(each for each in texts if each) or cells["title"],
        "submitted_at": job.moment(cells.get("created_at", "")),
        **_said(job, cells),
    }
    supports = (cells.get("cached_votes_up") or cells.get("supports") or "").strip()
    if supports.isascii() and supports.isdigit():
        entry["tally"] = {"for": int(supports), "mixed": 0, "against": 0}
    return job.given(row, table, entry, names={"submitted_at": "created_at", "body": "description"})


def _comment(job: Job, row: Row, table: Table, known: set[str], arguments: dict[str, str], about: str) -> Any:
    cells = row.cells
    number, proposal = cells["id"].strip(), cells["commentable_id"].strip()
    if proposal not in known:
        yield job.refused(row, table, _("No proposal of these files has the number of its “commentable_id”."))
        return
    ancestors = [each for each in cells.get("ancestry", "").split("/") if each.strip()]
    entry = {
        "ref": ref_of("consul", about, "comment", number),
        "body": cells["body"],
        "submitted_at": job.moment(cells.get("created_at", "")),
        **_said(job, cells),
    }
    names = {"submitted_at": "created_at"}
    if ancestors:
        first = ancestors[0].strip()
        if first in arguments:
            yield job.given(row, table, {"type": "reply", "argument": arguments[first], **entry}, names=names)
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
    arguments[number] = entry["ref"]
    about_it = {"type": "argument", "proposal": ref_of("consul", about, proposal), "stance": "improve"}
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
