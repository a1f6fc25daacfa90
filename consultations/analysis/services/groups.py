"""What brings people together, of a consultation and of each of its challenges: what is kept of it names nobody."""

from typing import Any

from consultations.analysis.services.work import Kind, Progress
from consultations.framing.models import Consultation


def gather(consultation: Consultation) -> Any:
    return {}


def compute(inputs: Any, progress: Progress) -> dict[str, Any]:
    return {}


KIND = Kind(version=1, gather=gather, compute=compute)
