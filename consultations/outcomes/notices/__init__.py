"""What people are notified of: those who follow projects, and the team, of the answers that it prepares."""

from consultations.outcomes.notices import projects, team

__all__ = ["projects", "team"]
