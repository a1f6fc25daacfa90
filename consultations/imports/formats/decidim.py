"""What Decidim exports: proposals and comments, each a CSV or an .xlsx, of 2019 and of now.

Numbers are those of one installation: everything is known by its address. What was withdrawn stays hidden.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.imports.moments import Unsure
from consultations.imports.reading import Challenges, Job, Lines, format_of, ref_of
from consultations.imports.rows import FileNotRead, Row, Table
from consultations.participation.import_lines import Given

_STANCES = {"1": "for", "-1": "against"}
_COMMENT_COLUMNS = frozenset({"root_commentable_url", "commentable_id", "depth"})
# Its own guard against formulas, which is taken off again.
_GUARD = re.compile(r"'(?=[=+\-@])")
_TAKEN = re.compile(
    r"id|title|body|url|author|user_group|published_at|created_at|supports|votes|proposal_votes|withdrawn|"
    r"alignment|depth|locale|commentable_id|commentable_type|root_commentable_url"
)
_WORDS_OF_WITHDRAWN = ("withdrawn", "true", "1", "yes", "t")


@dataclass
class _Read:
    job: Job
    challenges: Challenges
    proposals: set[str] = field(default_factory=set)
    # Of each comment, by its address and number: the argument it hangs on.
    arguments: dict[tuple[str, str], str] = field(default_factory=dict)
    # Comments that were left out on purpose, and what hangs on them.
    left: set[tuple[str, str]] = field(default_factory=set)


@format_of(
    "decidim",
    gettext_lazy("Decidim"),
    gettext_lazy("The files of proposals and of comments, as its administration exports them (CSV or Excel)."),
)
def read(job: Job) -> Lines:
    tables = [job.table(each) for each in job.files]
    comments = [each for each in tables if set(each.columns) >= _COMMENT_COLUMNS]
    proposals = [each for each in tables if each not in comments]
    for each in proposals:
        if "url" not in each.columns or not _localised(each.columns, "title") or "id" not in each.columns:
            said = _(
                "%(file)s has neither the columns of Decidim’s proposals (id, title, body, url) nor of its comments "
                "(root_commentable_url, commentable_id, depth)."
            )
            raise FileNotRead(said % {"file": each.name})
    if not proposals:
        raise FileNotRead(_("There is no file of proposals: comments alone say nothing."))
    host = next((urlsplit(row.cells.get("url", "")).netloc for row in proposals[0].rows()), "")
    yield job.consultation(about=host or proposals[0].name, ref=f"decidim {host}")
    read = _Read(job, Challenges(job, ref=f"decidim {host} {job.said.title}"))
    for table in proposals:
        yield from _each(read, table, _proposal)
    for table in comments:
        yield from _each(read, table, _comment)
    taken = {job.said.challenge}
    job.found.untaken = sorted(
        {name for each in tables for name in each.columns if not _TAKEN.fullmatch(name.split("/")[0])} - taken
    )


def _each(read: _Read, table: Table, make: Callable[[_Read, Row, Table], Iterator[Given]]) -> Iterator[Given]:
    for row in table.rows():
        if row.wrong:
            yield read.job.refused(row, table, row.wrong)
            continue
        try:
            yield from make(read, row, table)
        except Unsure as problem:
            yield read.job.refused(row, table, read.job.unsure(problem))


def _proposal(read: _Read, row: Row, table: Table) -> Iterator[Given]:
    job, cells = read.job, row.cells
    url = _address(cells.get("url", ""))
    if not url:
        yield job.refused(row, table, _("“url” has no address: it is by it that a proposal is known."))
        return
    titles, bodies = _localised(table.columns, "title"), _localised(table.columns, "body")
    title, body = _first(cells, titles), _first(cells, bodies)
    yield from read.challenges.of(row, table)
    if read.challenges.are_too_many:
        raise read.challenges.too_many()
    entry: dict[str, Any] = {
        "type": "proposal",
        "ref": ref_of(url),
        "challenge": read.challenges.ref_for(row),
        "title": title,
        "body": body or title,
        "submitted_at": job.moment(cells.get("published_at") or cells.get("created_at", "")),
        **_authorship(cells),
    }
    supports = next((cells[name] for name in ("supports", "votes", "proposal_votes") if cells.get(name)), "")
    if supports.isascii() and supports.isdigit():
        entry["tally"] = {"for": int(supports), "mixed": 0, "against": 0}
    if _is_withdrawn(cells):
        entry["hidden"] = True
        job.found.skipped["withdrawn"] += 1
    read.proposals.add(url)
    names = {
        "title": _source(cells, titles),
        "body": _source(cells, [*bodies, *titles]),
        "submitted_at": "published_at",
        "author": "author/name",
    }
    yield job.given(row, table, entry, names=names)


def _comment(read: _Read, row: Row, table: Table) -> Iterator[Given]:
    job, cells = read.job, row.cells
    url, number = _address(cells.get("root_commentable_url", "")), cells.get("id", "").strip()
    if url not in read.proposals:
        said = _("No proposal of these files has the address of its “root_commentable_url”.")
        yield job.refused(row, table, said)
        return
    depth = cells.get("depth", "").strip()
    entry: dict[str, Any] = {
        "ref": ref_of(url, "comment", number),
        "body": _first(cells, _localised(table.columns, "body")),
        "submitted_at": job.moment(cells.get("created_at", "")),
        **_authorship(cells),
    }
    names = {"submitted_at": "created_at", "author": "author/name"}
    if depth == "0":
        stance = _STANCES.get(cells.get("alignment", "").strip())
        if stance is None:
            job.ask_about_neutral()
            if job.said.neutral == "skip":
                job.found.skipped["neutral"] += 1
                read.left.add((url, number))
                return
        read.arguments[url, number] = entry["ref"]
        about = {"type": "argument", "proposal": ref_of(url), "stance": stance or "improve"}
        yield job.given(row, table, {**about, **entry}, names=names)
        return
    parent = (url, cells.get("commentable_id", "").strip())
    if parent in read.left:
        read.left.add((url, number))
        job.found.skipped["neutral"] += 1
    elif parent not in read.arguments or not depth.isdigit():
        yield job.refused(row, table, _("It answers a comment that no line before it has."))
    else:
        # Ours have one level: what answers an answer stands beside it.
        read.arguments[url, number] = read.arguments[parent]
        yield job.given(row, table, {"type": "reply", "argument": read.arguments[parent], **entry}, names=names)


def _localised(columns: list[str], name: str) -> list[str]:
    """ "title", or "title/fr" before other languages."""
    found = [each for each in columns if each == name or each.startswith(f"{name}/")]
    return sorted(found, key=lambda each: (each != name, each != f"{name}/fr", each))


def _source(cells: dict[str, str], names: list[str]) -> str:
    """The column that says something; else the first."""
    return next((name for name in names if cells.get(name, "").strip()), names[0])


def _first(cells: dict[str, str], names: list[str]) -> str:
    found = cells.get(_source(cells, names), "") if names else ""
    return _GUARD.sub("", found, count=1) if found.startswith("'") else found


def _authorship(cells: dict[str, str]) -> dict[str, str]:
    """A public name; of several people, all; of a group, its own."""
    name = _first(cells, ["user_group/name", *_localised(list(cells), "user_group/name"), "author/name"])
    return {"author": name.strip()} if name.strip() else {}


def _address(url: str) -> str:
    """Without what does not lead elsewhere: a host in capitals, parameters, a comment's place on the page."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return f"https://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def _is_withdrawn(cells: dict[str, str]) -> bool:
    return (
        cells.get("state", "").strip() == "withdrawn"
        or cells.get("withdrawn", "").strip().lower() in _WORDS_OF_WITHDRAWN
    )
