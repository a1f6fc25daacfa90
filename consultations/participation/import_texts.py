"""What a line of an import says of a text, and of the days of a consultation that is there already."""

from datetime import datetime

from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.participation.enums import Status
from consultations.participation.import_lines import Line
from consultations.participation.models import IMPORTED_MAX, ProposalVersion


def texts_of(line: Line) -> dict[str, str]:
    return {
        "title": line.text("title", 300),
        "solution": line.text("body", IMPORTED_MAX, one_line=False),
        "problem": line.text("rationale", IMPORTED_MAX, one_line=False, optional=True),
        "benefit": line.text("benefit", IMPORTED_MAX, one_line=False, optional=True),
    }


def version_of(line: Line, number: int, at: datetime, texts: dict[str, str]) -> ProposalVersion:
    note = line.text("note", IMPORTED_MAX, one_line=False, optional=True)
    return ProposalVersion(number=number, created_at=at, note=note, **texts)


def days_of(consultation: Consultation) -> tuple[datetime | None, datetime | None]:
    phase = consultation.phases.get(kind=PhaseKind.PROPOSE)
    return phase.opens_at, phase.closes_at


def status_of(line: Line) -> Status:
    return Status.HIDDEN if line.is_hidden() else Status.PUBLISHED
