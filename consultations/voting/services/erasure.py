"""What somebody's leaving means for votes: their ballot stays and counts, as that of nobody in particular."""

from contextlib import suppress
from datetime import datetime

from accounts.models import User
from common.personal import erases, leaves_when_erasing
from consultations.voting.models import Ballot, Code, Item, PaperBallot, Tally, Vote, Voter
from consultations.voting.selectors.own import ballot_name
from tenants.keys.services import KeyDestroyed, key_of

leaves_when_erasing(Vote, because="what the city asks, of nobody")
leaves_when_erasing(Item, because="what the city puts to the vote, in its own words")
leaves_when_erasing(Code, because="a code of a letter: nobody knows who used it")
leaves_when_erasing(Tally, because="counts and ballots without a name")


@erases(Voter, PaperBallot, Ballot)
def forget_in_votes(user: User, *, with_texts: bool, at: datetime) -> None:
    _forget_what_was_not_confirmed(user)
    Voter.objects.filter(user=user).update(user=None)
    PaperBallot.objects.filter(entered_by=user).update(entered_by=None)
    PaperBallot.objects.filter(confirmed_by=user).update(confirmed_by=None)


def _forget_what_was_not_confirmed(user: User) -> None:
    """What they confirmed counts. Its keyed hash of their mailbox stays with it until the close, and then goes with the
    key: whoever leaves and comes back does not vote twice.
    """
    for vote in Vote.objects.filter(announced_at__isnull=False, closed_at=None):
        with suppress(KeyDestroyed):
            own = Ballot.objects.filter(pk=ballot_name(key_of(vote.key_name), user))
            own.filter(sealed=None).delete()
            own.update(draft=None)
