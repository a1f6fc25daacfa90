"""What is kept of what a consultation says, split by noun."""

from consultations.analysis.models.figures import (
    EFFORT_MAX,
    Attendance,
    Breakdown,
    Dashboard,
    DayFigures,
    Population,
)

__all__ = ["EFFORT_MAX", "Attendance", "Breakdown", "Dashboard", "DayFigures", "Population"]
