"""What is kept of what a consultation says, split by noun."""

from consultations.analysis.models.figures import (
    EFFORT_MAX,
    Attendance,
    Breakdown,
    Dashboard,
    DayFigures,
    Population,
)
from consultations.analysis.models.leaving import LeftAnalyses
from consultations.analysis.models.runs import AnalysisRun

__all__ = [
    "EFFORT_MAX",
    "AnalysisRun",
    "Attendance",
    "Breakdown",
    "Dashboard",
    "DayFigures",
    "LeftAnalyses",
    "Population",
]
