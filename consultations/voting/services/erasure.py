"""What somebody's leaving means for votes: their ballot stays and counts, as that of nobody in particular."""

from datetime import datetime

from accounts.models import User
from common.personal import erases, leaves_when_erasing
from consultations.voting.models import Ballot, Code, Item, PaperBallot, Tally, Vote, Voter

leaves_when_erasing(Vote, because="what the city asks, of nobody")
leaves_when_erasing(Item, because="what the city puts to the vote, in its own words")
leaves_when_erasing(Ballot, because="a secret ballot that was cast counts; nothing ties it to whoever left")
leaves_when_erasing(Code, because="a code of a letter: nobody knows who used it")
leaves_when_erasing(Tally, because="counts and ballots without a name")


@erases(Voter, PaperBallot)
def forget_in_votes(user: User, *, with_texts: bool, at: datetime) -> None:
    Voter.objects.filter(user=user).update(user=None)
    PaperBallot.objects.filter(entered_by=user).update(entered_by=None)
    PaperBallot.objects.filter(confirmed_by=user).update(confirmed_by=None)
