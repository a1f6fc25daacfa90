"""Who may vote in which vote."""

from accounts.enums import Capacity
from accounts.models import User
from consultations.voting.enums import Electorate
from consultations.voting.models import Vote, Voter


def may_vote(user: User, vote: Vote, voter: Voter | None) -> bool:
    """`voter`: what is noted of them in this vote, if anything is. A delegate of the service is nobody here."""
    if not user.is_active or not user.has_mailbox:
        return False
    if vote.electorate == Electorate.CODES:
        return voter is not None and voter.with_code
    return vote.electorate == Electorate.ACCOUNTS or user.capacity == Capacity.RESIDENT
