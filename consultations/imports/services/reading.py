"""A file is looked at as it will be imported, line by line, and nothing is written; then it is imported."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.names import reserved_here
from common.text import shortened
from consultations.imports.reading import Format, Job, Lines
from consultations.participation.import_lines import Given, Line, Refused
from consultations.participation.import_report import Report, Trial
from consultations.participation.importing import import_consultation
from consultations.participation.models import IMPORTED_MAX

SAMPLE = 10


def look(
    job: Job, how: Format, *, refused: Callable[[Given, str], object] = lambda given, reason: None, **told: Any
) -> Report:
    """`told`: progress (import_consultation). Raises BadLine, FileNotRead."""
    sample = _Sample(job, refused)
    trial = Trial.READ if how.plain else Trial.WRITTEN
    report = import_consultation(sample.of(how.read(job)), trial=trial, refused=sample.refuse, **told)
    job.close()
    return report


def run(job: Job, how: Format, *, strict: bool = False, **told: Any) -> Report:
    """Raises BadLine, FileNotRead."""
    report = import_consultation(how.read(job), strict=strict, **told)
    job.close()
    return report


class _Sample:
    """The first proposals that are taken, as they will stand: so that one sees which column went where."""

    def __init__(self, job: Job, refused: Callable[[Given, str], object]) -> None:
        self.found, self.told, self.is_refused = job.found.sample, refused, False
        self.challenges: dict[str, str] = {}

    def refuse(self, given: Given, reason: str) -> None:
        self.is_refused = True
        self.told(given, reason)

    def of(self, lines: Lines) -> Lines:
        is_reserved = reserved_here()
        for each in lines:
            self.is_refused = False
            yield each
            if len(self.found) < SAMPLE and not self.is_refused:
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
                        "day": timezone.localdate(line.moment("submitted_at")).isoformat(),
                        "challenge": self.challenges.get(line.ref("challenge"), ""),
                        "is_hidden": line.is_hidden(),
                    }
                )
        except Refused:  # the first line of a file, with a mark before it
            return
