"""What Cap Collectif exports: of a step at which people proposed or gave their opinion, all that happened there, a line
each; of the Grand Débat of 2019 and of questionnaires, a line a contribution, a column a question.

What was thrown away there is left out, for good.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.imports.formats.cap_collectif_steps import Step, is_of_step
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
    gettext_lazy("Proposals or opinions of a step, or answers to questions, as for the Grand Débat (CSV or Excel)."),
)
def read(job: Job) -> Lines:
    tables = [job.table(each) for each in job.files]
    for each in tables:
        if not is_of_step(each.columns) and not _is_of_questions(each.columns):
            said = _(
                "%(file)s has not the columns of Cap Collectif: proposal_id, contributions_id, or createdAt and "
                "Q… - question."
            )
            raise FileNotRead(said % {"file": each.name})
    about = job.said.title or tables[0].name
    yield job.consultation(about=about, ref="cap-collectif")
    challenges = Challenges(job, ref=f"cap-collectif {about}")
    untaken = set[str]()
    for table in tables:
        if is_of_step(table.columns):
            step = Step(job, table, challenges, about)
            yield from step.lines()
            untaken |= step.untaken()
        else:
            yield from _answers_of(job, table, challenges, about)
            untaken |= {name for name in table.columns if name not in _TAKEN and not _QUESTION.fullmatch(name)}
    job.found.untaken = sorted(untaken - {job.said.challenge})


def _is_of_questions(columns: list[str]) -> bool:
    numbered = "reference" in columns or "id" in columns
    return numbered and "createdAt" in columns and any(map(_QUESTION.fullmatch, columns))


def _answers_of(job: Job, table: Table, challenges: Challenges, about: str) -> Iterator[Given]:
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


def _contribution(job: Job, row: Row, table: Table, challenges: Challenges, about: str) -> Given:
    cells = row.cells
    column = "reference" if "reference" in cells else "id"
    reference = cells[column].strip()
    if not reference:
        return job.refused(row, table, _("“%(column)s” is empty.") % {"column": column})
    # The numbers of answers are no words: theirs say on which line they stand.
    numbered = reference if column == "reference" else row.number
    body = "\n\n".join(_answers(cells))
    entry: dict[str, Any] = {
        "type": "proposal",
        "ref": ref_of("cap-collectif", about, reference),
        "challenge": challenges.ref_for(row),
        "title": cells.get("title", "").strip() or _("Contribution %(reference)s") % {"reference": numbered},
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
