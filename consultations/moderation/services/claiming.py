"""Who is on what: a case that somebody has open is theirs until they leave it, decide, or are away too long."""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from consultations.moderation.models import Case
from consultations.moderation.permissions import moderates_somewhere
from consultations.moderation.rules import CLAIM_FOR


def claim(*, case: Case, moderator: User, at: datetime) -> bool:
    """Take it, unless somebody else is on it; theirs already, for longer. One statement: of two at once, one has it."""
    free = Q(claimed_by=None) | Q(claimed_by=moderator) | Q(claimed_at__lt=at - CLAIM_FOR)
    return bool(Case.objects.waiting().filter(free, pk=case.pk).update(claimed_by=moderator, claimed_at=at))


def release(*, case: Case, moderator: User) -> None:
    """Somebody else's is left to them."""
    Case.objects.filter(pk=case.pk, claimed_by=moderator).update(claimed_by=None, claimed_at=None)


def release_all(user: User) -> None:
    """Of somebody who decides nowhere any more."""
    if not moderates_somewhere(user=user):
        Case.objects.filter(claimed_by=user).update(claimed_by=None, claimed_at=None)
