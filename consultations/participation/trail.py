"""What the trail keeps of participation, in words (common.trail)."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.trail import concerns, happens_to, records
from consultations.participation.models import Argument, Proposal, Reply, worked_on_by

records(
    {
        "proposal_submitted": _("Proposal sent"),
        "proposal_mended": _("Proposal corrected"),
        "argument_given": _("Argument given"),
        "argument_edited": _("Argument corrected"),
        "reply_given": _("Reply given"),
        "reply_edited": _("Reply corrected"),
        "content_hidden": _("Content hidden"),
        "content_shown_again": _("Content shown again"),
        "content_published": _("Content published after it was read"),
        "content_waits_again": _("Content waits to be read again"),
        "content_taken_back": _("Content taken back by its author while it waited"),
        "picture_hidden": _("Picture hidden"),
        "picture_shown_again": _("Picture shown again"),
        "answer_hidden": _("Answer to an argument hidden"),
        "answer_shown_again": _("Answer to an argument shown again"),
        "contributions_exported": _("Contributions taken along in a spreadsheet"),
        "view_saved": _("View of the contributions saved"),
        "view_renamed": _("View of the contributions renamed"),
        "view_deleted": _("View of the contributions deleted"),
        "consultation_imported": _("Consultation imported"),
    }
)
records(
    {
        "reaction_withdrawn": _("Reaction taken back"),
        "followed": _("Began to follow"),
        "unfollowed": _("Stopped following"),
    },
    private=True,
)
concerns(Proposal, _("Proposal"), address="proposal_short")
# Each on the page of its proposal, to whoever may still read it there.
concerns(Argument, _("Argument"), link=lambda argument: reverse("proposal_short", args=[argument.proposal_id]))
concerns(Reply, _("Reply"))
happens_to(
    Proposal,
    "proposal_mended",
    rows=lambda user: Proposal.objects.filter(worked_on_by(user)).only("title"),
    address=lambda proposal: proposal.short_address,
    title=lambda proposal: proposal.title,
    others=_("Another author"),
    is_signed=True,
)
