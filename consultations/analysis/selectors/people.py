"""Whose reactions count in analyses."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from consultations.analysis.models import LeftAnalyses


def counted_people(*, at: datetime) -> QuerySet[User]:
    """Not those who left, are suspended, or want no part in analyses; whoever was erased has no reaction any more."""
    left = LeftAnalyses.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(~Exists(left), Q(suspended_until=None) | Q(suspended_until__lte=at), is_active=True)


def has_left(user: User) -> bool:
    return LeftAnalyses.objects.filter(user=user).exists()
