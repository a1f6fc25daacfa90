"""A file is looked at as it will be imported, line by line, and nothing is written; then it is imported."""

from collections.abc import Callable
from typing import Any

from consultations.imports.reading import Format, Job
from consultations.participation.import_report import Report, Trial
from consultations.participation.importing import import_consultation


def look(job: Job, how: Format, *, progress: Callable[[int], Any] = lambda count: None) -> Report:
    """Raises BadLine, FileNotRead."""
    trial = Trial.READ if how.plain else Trial.WRITTEN
    report = import_consultation(how.read(job), progress=progress, trial=trial)
    job.close()
    return report


def run(job: Job, how: Format, *, strict: bool = False, progress: Callable[[int], Any] = lambda count: None) -> Report:
    """Raises BadLine, FileNotRead."""
    report = import_consultation(how.read(job), strict=strict, progress=progress)
    job.close()
    return report
