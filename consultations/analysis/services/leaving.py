"""Leaving analyses, and coming back: at the next run reactions are left out, or in again.

The journal has no entry of it: that somebody left, with a run before and one after, would tell how they reacted.
"""

from datetime import datetime

from accounts.models import User
from consultations.analysis.models import LeftAnalyses


def leave_analyses(*, user: User, at: datetime) -> None:
    """Again changes nothing."""
    LeftAnalyses.objects.get_or_create(user=user, defaults={"left_at": at})


def join_analyses(*, user: User) -> None:
    """Again changes nothing."""
    LeftAnalyses.objects.filter(user=user).delete()
