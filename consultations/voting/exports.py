"""A person's copy of what concerns them in votes (common.personal): that they voted. What is read by nobody."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies, leaves_out_of_copies
from consultations.voting.models import Ballot, Code, Item, PaperBallot, Tally, Vote, Voter

leaves_out_of_copies(Vote, because="what the city asks, of nobody")
leaves_out_of_copies(Item, because="what the city puts to the vote; the proposal is copied to its author")
leaves_out_of_copies(Ballot, because="a secret ballot: nobody says whose it is, not even to whoever cast it")
leaves_out_of_copies(Code, because="a code of a letter: nobody knows who used it")
leaves_out_of_copies(Tally, because="counts and ballots without a name")


@copies(Voter, PaperBallot)
def votes(user: User) -> Iterator[PersonalFile]:
    voted = Voter.objects.filter(user=user).select_related("vote").order_by("pk")
    entered = PaperBallot.objects.filter(Q(entered_by=user) | Q(confirmed_by=user)).order_by("pk")
    yield PersonalFile(
        "votes",
        _("Votes"),
        _("In which you voted, never what: your ballot is secret. Those on paper that you entered for the team."),
        [{_("vote"): each.vote.title, _("you voted"): each.has_voted} for each in voted]
        + [{_("receipt of a paper ballot"): each.receipt, _("entered on"): each.entered_at} for each in entered],
    )
