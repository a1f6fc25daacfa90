from consultations.voting.models.ballots import Ballot, Code, PaperBallot, Voter
from consultations.voting.models.tallies import Tally
from consultations.voting.models.votes import Item, Vote

__all__ = ["Ballot", "Code", "Item", "PaperBallot", "Tally", "Vote", "Voter"]
