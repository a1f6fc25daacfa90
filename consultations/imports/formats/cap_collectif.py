"""What Cap Collectif exports, as the Grand Débat of 2019 did: a line a contribution, a column a question.

What was thrown away there is left out, for good.
"""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.imports.moments import Unsure
from consultations.imports.reading import Challenges, Job, Lines, format_of, ref_of
from consultations.imports.rows import FileNotRead, Row, Table
from consultations.participation.import_lines import Given

# "QUXVlc3Rpb246MTYw - Quelles sont…": the number of a question as that platform writes it, then its words.
_QUESTION = re.compile(r"Q[0-9A-Za-z=_]+ - (?P<words>.+)")
_TAKEN = ("id", "reference", "title", "createdAt", "publishedAt", "trashed", "trashedStatus", "authorId", "authorName")


@format_of(
    "cap-collectif",
    gettext_lazy("Cap Collectif"),
    gettext_lazy("Contributions or answers to questions, as for the Grand Débat (CSV or Excel)."),
)
def read(job: Job) -> Lines:
    tables = [job.table(each) for each in job.files]
    for each in tables:
        if not {"reference", "createdAt"} <= set(each.columns) or not any(map(_QUESTION.fullmatch, each.columns)):
            said = _("%(file)s has not the columns of Cap Collectif (reference, createdAt, Q… - question).")
            raise FileNotRead(said % {"file": each.name})
    about = job.said.title or tables[0].name
    yield job.consultation(about=about, ref="cap-collectif")
    challenges = Challenges(job, ref=f"cap-collectif {about}")
    for table in tables:
        for row in table.rows():
            if row.wrong:
                yield job.refused(row, table, row.wrong)
            elif row.cells.get("trashed", "").strip().lower() not in ("", "false", "0"):
                job.found.skipped["trashed"] += 1
            else:
                try:
                    yield from challenges.of(row, table)
                    if challenges.are_too_many:
                        raise challenges.too_many()
                    yield _contribution(job, row, table, challenges, about)
                except Unsure as problem:
                    yield job.refused(row, table, job.unsure(problem))
    untaken = {name for each in tables for name in each.columns if name not in _TAKEN and not _QUESTION.fullmatch(name)}
    job.found.untaken = sorted(untaken - {job.said.challenge})


def _contribution(job: Job, row: Row, table: Table, challenges: Challenges, about: str) -> Given:
    cells = row.cells
    reference = cells["reference"].strip()
    if not reference:
        return job.refused(row, table, _("“%(column)s” is empty.") % {"column": "reference"})
    body = "\n\n".join(_answers(cells))
    entry: dict[str, Any] = {
        "type": "proposal",
        "ref": ref_of("cap-collectif", about, reference),
        "challenge": challenges.ref_for(row),
        "title": cells.get("title", "").strip() or _("Contribution %(reference)s") % {"reference": reference},
        "body": body or cells.get("title", ""),
        "submitted_at": job.moment(cells.get("publishedAt") or cells["createdAt"]),
    }
    if name := cells.get("authorName", "").strip():
        entry["author"] = name
    return job.given(row, table, entry, names={"submitted_at": "createdAt", "body": _("answers")})


def _answers(cells: dict[str, str]) -> list[str]:
    """Each question with its answer; of several that were ticked, one a line."""
    said = []
    for name, cell in cells.items():
        question = _QUESTION.fullmatch(name)
        if question and cell.strip():
            choices = [each.strip() for each in cell.split("|") if each.strip()]
            answer = cell.strip() if len(choices) < 2 else "\n".join(f"– {each}" for each in choices)
            said.append(f"{question['words'].strip()}\n{answer}")
    return said
