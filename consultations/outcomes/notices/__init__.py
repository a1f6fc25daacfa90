"""What people are notified of: those whom an answer concerns, those who follow projects, and the team."""

from consultations.outcomes.notices import answers, projects, team

__all__ = ["answers", "projects", "team"]
