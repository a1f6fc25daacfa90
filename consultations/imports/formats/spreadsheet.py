"""Plain spreadsheets: a line is a proposal, and somebody says which column is what."""

import hashlib
import unicodedata
from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.text import shortened
from consultations.imports.matching import suggested
from consultations.imports.moments import Unsure
from consultations.imports.reading import UNSAID, Challenges, Job, Lines, format_of, ref_of
from consultations.imports.rows import FileNotRead, Row, Table
from consultations.participation.import_lines import Given

_YES, _NO = ("oui", "true", "vrai", "1", "x", "yes"), ("", "non", "false", "faux", "0", "no")


@format_of(
    "spreadsheet",
    gettext_lazy("A spreadsheet"),
    gettext_lazy("A line a proposal (CSV or Excel, .xlsx): you say on the next page which column is what."),
)
def read(job: Job) -> Lines:
    if len(job.files) != 1:
        raise FileNotRead(_("A spreadsheet is one file: choose one alone."))
    table = job.table(job.files[0])
    if not job.said.columns:
        job.said.columns = suggested(table.columns)
        job.found.questions["columns"] += 1
    columns = job.said.columns
    missing = {each for each in columns.values() if each not in table.columns}
    if missing or not columns.get("body"):
        raise FileNotRead(_("Say which column has the text of the proposals: it is the only one that must be there."))
    job.said.challenge = columns.get("challenge", "-")
    job.found.untaken = [each for each in table.columns if each not in columns.values()]
    about = job.said.title or table.name
    yield job.consultation(about=about, ref="spreadsheet")
    challenges, seen = Challenges(job, ref=f"spreadsheet {about}"), Counter[str]()
    for row in table.rows():
        if row.wrong:
            yield job.refused(row, table, row.wrong)
            continue
        try:
            yield from challenges.of(row, table)
            if challenges.are_too_many:
                raise challenges.too_many()
            yield _proposal(job, row, table, challenges, about, seen)
        except Unsure as problem:
            yield job.refused(row, table, job.unsure(problem))


def _proposal(job: Job, row: Row, table: Table, challenges: Challenges, about: str, seen: Counter[str]) -> Given:
    columns = job.said.columns
    said = {name: row.cells.get(column, "") for name, column in columns.items()}
    body = said["body"]
    # Of one without a day, that on which it all began.
    day = job.moment(said["submitted_at"]) if "submitted_at" in columns else job.said.opens_at or UNSAID
    entry: dict[str, Any] = {
        "type": "proposal",
        # By its own reference, which may be a person's address; else by its words: moved, it is still the same.
        "ref": ref_of("spreadsheet", about, _digest(said.get("ref", "").strip()) or _by_words(body, seen)),
        "challenge": challenges.ref_for(row),
        "title": said.get("title", "").strip() or shortened(" ".join(body.split()), 80),
        "body": body,
        "submitted_at": day,
    }
    for name in ("rationale", "benefit", "place", "author"):
        if said.get(name, "").strip():
            entry[name] = said[name]
    if "for" in columns and said["for"].strip():
        if not (said["for"].isascii() and said["for"].strip().isdigit()):
            return job.refused(row, table, _("“%(column)s” is no whole number.") % {"column": columns["for"]})
        entry["tally"] = {"for": int(said["for"]), "mixed": 0, "against": 0}
    if "hidden" in columns:
        answer = said["hidden"].strip().lower()
        if answer not in _YES + _NO:
            return job.refused(row, table, _("“%(column)s” is neither yes nor no.") % {"column": columns["hidden"]})
        entry["hidden"] = answer in _YES
    return job.given(row, table, entry, names=columns)


def _digest(ref: str) -> str:
    return "ref " + hashlib.sha256(ref.encode("utf-8", "replace")).hexdigest() if ref else ""


def _by_words(body: str, seen: Counter[str]) -> str:
    """Of its text alone, whatever else is said of its columns: what was hidden here is not there a second time because
    somebody names one column more. Of several with the same text, the first is the first."""
    words = " ".join(unicodedata.normalize("NFKC", body).casefold().split())
    digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
    seen[digest] += 1
    return f"words {digest}" + (f" {seen[digest]}" if seen[digest] > 1 else "")
