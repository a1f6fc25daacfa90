"""Who may vote in which vote."""

from accounts.enums import Capacity
from accounts.models import User
from accounts.neighbourhoods import key_of_place
from consultations.voting.enums import Electorate
from consultations.voting.models import Vote, Voter


def may_vote(user: User, vote: Vote, voter: Voter | None) -> bool:
    """`voter`: what is noted of them in this vote, if anything is. A delegate of the service is nobody here."""
    if not user.is_active or not user.has_mailbox:
        return False
    if vote.electorate == Electorate.CODES:
        return voter is not None and voter.with_code
    if vote.neighbourhood:
        return key_of_place(user.neighbourhood) == key_of_place(vote.neighbourhood)
    return vote.electorate == Electorate.ACCOUNTS or user.capacity == Capacity.RESIDENT


def voted_for(user: User, vote: Vote) -> str:
    """The other neighbourhood in whose vote of this consultation they have voted, or nothing: where one lives is said
    by oneself, and one lives in one. By codes, letters say it.
    """
    if not vote.neighbourhood or vote.electorate == Electorate.CODES:
        return ""
    theirs = Voter.objects.filter(user=user, has_voted=True, vote__consultation=vote.consultation_id)
    names = theirs.exclude(vote__neighbourhood="").exclude(vote__electorate=Electorate.CODES)
    own = key_of_place(vote.neighbourhood)
    return next((name for name in names.values_list("vote__neighbourhood", flat=True) if key_of_place(name) != own), "")
