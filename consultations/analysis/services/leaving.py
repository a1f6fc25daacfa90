"""Leaving analyses, and coming back: at the next run reactions are left out, or in again."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from consultations.analysis.models import LeftAnalyses


def leave_analyses(*, user: User, at: datetime) -> None:
    """Again changes nothing."""
    with transaction.atomic():
        _left, now = LeftAnalyses.objects.get_or_create(user=user, defaults={"left_at": at})
        if now:
            record("analyses_left", actor=user)


def join_analyses(*, user: User) -> None:
    """Again changes nothing."""
    with transaction.atomic():
        gone, _by_table = LeftAnalyses.objects.filter(user=user).delete()
        if gone:
            record("analyses_joined", actor=user)
