"""Who may do what to a proposal."""

from accounts.models import User
from consultations.participation.models import Proposal


def may_react(*, user: User, proposal: Proposal) -> bool:
    """Anyone but the author: what one thinks of one's own proposal is known."""
    return proposal.author_id != user.pk
