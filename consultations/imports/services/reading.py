"""A file is looked at as it will be imported, line by line, and nothing is written; then it is imported."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.names import reserved_here
from common.text import shortened
from consultations.imports.reading import UNSAID, Format, Job, Lines
from consultations.participation.import_lines import Given, Line, Refused
from consultations.participation.import_report import Report, Trial
from consultations.participation.importing import import_consultation
from consultations.participation.models import IMPORTED_MAX

SAMPLE = 10


Told = Callable[[Given, str], object]


def _untold(given: Given, reason: str) -> None: ...


def look(job: Job, how: Format, *, refused: Told = _untold, **told: Any) -> Report:
    """`told`: progress (import_consultation). Raises BadLine, FileNotRead."""
    taken = _Taken(job, refused, sample=SAMPLE)
    trial = Trial.READ if how.plain else Trial.WRITTEN
    report = import_consultation(taken.of(how.read(job)), trial=trial, refused=taken.refuse, **told)
    job.close()
    return report


def run(job: Job, how: Format, *, refused: Told = _untold, **told: Any) -> Report:
    """`told`: progress, strict. Raises BadLine, FileNotRead."""
    taken = _Taken(job, refused)
    report = import_consultation(taken.of(how.read(job)), refused=taken.refuse, **told)
    job.close()
    return report


class _Taken:
    """What is found in lines that are taken: their days; the first proposals as they will stand, as many as `sample`
    says, so that one sees which column went where."""

    def __init__(self, job: Job, refused: Told, *, sample: int = 0) -> None:
        self.job, self.found, self.told, self.is_refused = job, job.found.sample, refused, False
        self.challenges: dict[str, str] = {}
        self.sample = sample

    def refuse(self, given: Given, reason: str) -> None:
        self.is_refused = True
        self.told(given, reason)

    def of(self, lines: Lines) -> Lines:
        is_reserved = reserved_here(of_the_team=True)
        for each in lines:
            self.is_refused = False
            yield each
            if self.is_refused:
                continue
            if isinstance(each, Given) and (written := each.entry.get("submitted_at", UNSAID)) != UNSAID:
                self.job.found.see(written)
            if len(self.found) < self.sample:
                self._keep(each if isinstance(each, Given) else Given(0, raw=each), is_reserved)

    def _keep(self, given: Given, is_reserved: Callable[[str], bool]) -> None:
        if given.is_blank or given.refused:
            return
        try:
            line = Line.read(given)
            if line.kind == "challenge":
                self.challenges[line.ref()] = line.text("title", 200)
            elif line.kind == "proposal":
                self.found.append(
                    {
                        "title": line.text("title", 300),
                        "text": shortened(line.text("body", IMPORTED_MAX), 200),
                        "author": line.author(is_reserved=is_reserved),
                        "day": self._day(line),
                        "challenge": self.challenges.get(line.ref("challenge"), ""),
                        "is_hidden": line.is_hidden(),
                    }
                )
        except Refused:  # the first line of a file, with a mark before it
            return

    def _day(self, line: Line) -> str:
        """Empty where neither the file nor anybody has said it."""
        if line.entry["submitted_at"] == UNSAID:
            return ""
        return timezone.localdate(line.moment("submitted_at")).isoformat()
