"""What the trail keeps of votes, in words (common.trail). That somebody votes, or changes their ballot, is in no trail:
its moment would tie a person to a ballot."""

from django.utils.translation import gettext_lazy as _

from common.trail import concerns, records
from consultations.voting.models import Vote

records(
    {
        "vote_created": _("Vote prepared"),
        "vote_changed": _("Vote changed before it opened"),
        "vote_discarded": _("Vote deleted before it opened"),
        "vote_announced": _("Vote announced"),
        "vote_put_back": _("Vote prepared again, its phase being over or elsewhere"),
        "vote_items_added": _("Projects put to a vote"),
        "vote_item_changed": _("Project put to a vote changed"),
        "vote_item_removed": _("Project removed from a vote before it opened"),
        "vote_item_withdrawn": _("Project withdrawn from a vote"),
        "vote_codes_made": _("Codes of a vote made for letters"),
        "paper_ballot_entered": _("Ballot entered from paper"),
        "paper_ballot_confirmed": _("Ballot from paper confirmed"),
        "paper_ballot_refused": _("Ballot from paper taken out"),
        "paper_ballot_voted_elsewhere": _("Ballot from paper left out, its address having voted already"),
        "vote_counted": _("Vote counted"),
        "vote_answers_prepared": _("Answers prepared from the result of a vote"),
    }
)
concerns(Vote, _("Vote"), title=lambda vote: vote.title)
