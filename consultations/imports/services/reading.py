"""A file is looked at as it will be imported, line by line, and nothing is written; then it is imported."""

from typing import Any

from consultations.imports.reading import Format, Job
from consultations.participation.import_report import Report, Trial
from consultations.participation.importing import import_consultation


def look(job: Job, how: Format, **told: Any) -> Report:
    """`told`: progress, refused (import_consultation). Raises BadLine, FileNotRead."""
    report = import_consultation(how.read(job), trial=Trial.READ if how.plain else Trial.WRITTEN, **told)
    job.close()
    return report


def run(job: Job, how: Format, *, strict: bool = False, **told: Any) -> Report:
    """Raises BadLine, FileNotRead."""
    report = import_consultation(how.read(job), strict=strict, **told)
    job.close()
    return report
