"""Following a challenge or a proposal: one row, taken away by unfollowing."""

from datetime import datetime

from accounts.models import User
from consultations.framing.models import Challenge
from consultations.participation.models import Follow, Proposal


def follow(*, user: User, at: datetime, challenge: Challenge | None = None, proposal: Proposal | None = None) -> Follow:
    """Follow one thing; again changes nothing."""
    found, _made = Follow.objects.get_or_create(
        user=user, challenge=challenge, proposal=proposal, defaults={"created_at": at}
    )
    return found


def unfollow(*, user: User, challenge: Challenge | None = None, proposal: Proposal | None = None) -> None:
    Follow.objects.filter(user=user, challenge=challenge, proposal=proposal).delete()
