"""Following a challenge or a proposal: one row, taken away by unfollowing. Whatever the phase."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from consultations.framing.models import Challenge
from consultations.participation.models import Follow, Proposal


def follow(*, user: User, at: datetime, challenge: Challenge | None = None, proposal: Proposal | None = None) -> Follow:
    """Follow one thing. Again, or twice at once, changes nothing more."""
    with transaction.atomic():
        # Two at once: the constraint lets one in, and the other finds its row.
        found, made = Follow.objects.get_or_create(
            user=user, challenge=challenge, proposal=proposal, defaults={"created_at": at}
        )
        if made:
            record("followed", actor=user, subject=challenge or proposal)
    return found


def unfollow(*, user: User, challenge: Challenge | None = None, proposal: Proposal | None = None) -> None:
    """No longer hear of it. Again changes nothing."""
    with transaction.atomic():
        gone, _of_what = Follow.objects.filter(user=user, challenge=challenge, proposal=proposal).delete()
        if gone:
            record("unfollowed", actor=user, subject=challenge or proposal)
