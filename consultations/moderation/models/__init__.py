"""What moderation keeps, split by noun."""

from consultations.moderation.models.cases import Case, Flag, Report
from consultations.moderation.models.decisions import (
    APPEAL_OPEN,
    UNDO_WINDOW,
    Appeal,
    Decision,
    Original,
    SecondLook,
)
from consultations.moderation.models.delegates import Delegate
from consultations.moderation.models.evidence import EVIDENCE_KEPT, Evidence
from consultations.moderation.models.suspensions import KeptSuspension
from consultations.moderation.models.words import CityWord

__all__ = [
    "APPEAL_OPEN",
    "EVIDENCE_KEPT",
    "UNDO_WINDOW",
    "Appeal",
    "Case",
    "Decision",
    "Delegate",
    "Evidence",
    "Flag",
    "KeptSuspension",
    "Original",
    "Report",
    "SecondLook",
]
