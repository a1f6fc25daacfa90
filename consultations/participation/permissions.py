"""Who may do what to a proposal."""

from datetime import timedelta

from accounts.abilities import may
from accounts.models import User
from consultations.participation.abilities import FACILITATE
from consultations.participation.models import Authorship, Proposal

# How long a text can be corrected by whoever has just published it.
EDIT_WINDOW = timedelta(minutes=15)


def works_on(*, user: User, proposal: Proposal) -> bool:
    """Whether the user is its author, a co-author, or the facilitator in the place of an author who left. One query at
    most.
    """
    return proposal.author_id == user.pk or Authorship.objects.at_work().filter(proposal=proposal, user=user).exists()


def may_facilitate(*, user: User) -> bool:
    """Whether the user may merge proposals and take care of those left alone: facilitators and administrators."""
    return may(user, FACILITATE)
