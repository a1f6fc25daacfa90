"""What a city takes with it of votes (common.citycopy): what was put to the vote, and the result; no ballot of a vote
that is not over, and no way to one."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.voting.models import Ballot, Code, Item, PaperBallot, Tally, Vote, Voter
from consultations.voting.selectors.desk import votes_of_many

in_city_copies(
    Vote,
    title=_("Votes"),
    shared="id consultation_id number title introduction method budget least most seats electorate neighbourhood "
    "opens_at closes_at announced_at closed_at counted_at",
    complete="created_at begun revision",
    rows=lambda: Vote.objects.exclude(announced_at=None).order_by("pk"),
)
in_city_copies(
    Item,
    title=_("What was put to the vote"),
    shared="id vote_id number title text cost neighbourhood proposal_id project_id withdrawn_at withdrawn_why",
    rows=lambda: Item.objects.exclude(vote__announced_at=None).order_by("pk"),
)
in_city_copies(Ballot, never="id vote_id draft sealed mailbox")
in_city_copies(Code, never="id vote_id digest used")
# Without their numbers, whose order is that in which people came; and of few people none, as nobody of the team reads
# their names.
in_city_copies(
    Voter,
    title=_("Who voted, from thirty people on, and not what"),
    complete="vote_id user_id with_code has_voted",
    never="id",
    complete_rows=lambda: Voter.objects.filter(vote__in=votes_of_many()),
)
in_city_copies(
    PaperBallot,
    title=_("Ballots entered from paper, of nobody"),
    complete="id vote_id receipt entered_by_id confirmed_by_id entered_at confirmed_at",
    never="choices form code enterer",
)
in_city_copies(
    Tally,
    title=_("Results of votes"),
    shared="vote_id file is_published online paper codes_made codes_used result receipts",
    rows=lambda: Tally.objects.filter(is_published=True).order_by("pk"),
)

in_words(
    {
        "vote_id": _("number of the vote"),
        "voting_vote.number": _("which vote of its consultation"),
        "voting_vote.introduction": _("what it is about"),
        "voting_vote.method": _("how people choose, and how it is counted"),
        "voting_vote.budget": _("the amount to spend, in euros"),
        "voting_vote.least": _("how many one chooses at least"),
        "voting_vote.most": _("how many one chooses at most"),
        "voting_vote.seats": _("how many are chosen, where people have voices"),
        "voting_vote.electorate": _("who may vote"),
        "voting_vote.opens_at": _("when it opens"),
        "voting_vote.closes_at": _("when it closes"),
        "voting_vote.announced_at": _("since when everybody sees it"),
        "voting_vote.begun": _("whether somebody has voted"),
        "closed_at": _("when ballots lost their names"),
        "voting_vote.counted_at": _("when it was counted"),
        "voting_item.number": _("its number in the file of ballots"),
        "voting_item.text": _("what it is, in two sentences"),
        "voting_item.cost": _("what it costs, in euros"),
        "withdrawn_at": _("when it was withdrawn from the vote"),
        "withdrawn_why": _("why it was withdrawn from the vote"),
        "with_code": _("whether they gave a code of a letter"),
        "has_voted": _("whether they voted"),
        "receipt": _("the receipt of the ballot"),
        "entered_by_id": _("who entered it"),
        "confirmed_by_id": _("who confirmed it"),
        "entered_at": _("when it was entered"),
        "confirmed_at": _("when it was confirmed"),
        "voting_tally.file": _("all ballots without a name"),
        "is_published": _("whether the ballots are published"),
        "voting_tally.online": _("how many ballots were cast on the site"),
        "voting_tally.paper": _("how many ballots were cast on paper"),
        "voting_tally.codes_made": _("how many codes were made for letters"),
        "voting_tally.codes_used": _("how many codes of letters were used"),
        "voting_tally.result": _("what was chosen, step by step"),
        "voting_tally.receipts": _("the receipts of all ballots, sorted"),
    }
)
