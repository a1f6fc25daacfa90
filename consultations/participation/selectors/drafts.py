"""What somebody had begun to write."""

from collections.abc import Iterable

from django.db.models import Q

from accounts.models import User
from consultations.framing.models import Challenge
from consultations.participation.models import Draft


def unfinished_draft(*, challenge: Challenge, user: User | None, keys: Iterable[str]) -> Draft | None:
    """What this person, or this visitor's session, had begun to write for a challenge."""
    mine = Q(pk__in=list(keys), author__isnull=True)
    if user is not None:
        mine |= Q(author=user)
    return Draft.objects.filter(mine, challenge=challenge, proposal__isnull=True).order_by("-updated_at", "pk").first()
