"""What the trail keeps of co-creation, in words (common.trail)."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.trail import concerns, happens_to, records
from consultations.cocreation.models import MergeRequest
from consultations.participation.models import Argument, Proposal, worked_on_by

records(
    {
        "version_sent": _("Version sent, to be read before it is published"),
        "version_published": _("New version of a proposal published"),
        "proposal_left": _("Left a proposal written together"),
        "argument_answered": _("Answer of the authors to an argument"),
        "coauthor_invited": _("Invitation to write together"),
        "coauthor_invitation_taken_back": _("Invitation to write together taken back"),
        "coauthor_joined": _("Invitation to write together accepted"),
        "coauthor_declined": _("Invitation to write together declined"),
        "coauthor_removed": _("Co-author removed"),
        "coauthor_was_removed": _("No longer a co-author of a proposal written together"),
        "stewardship_taken": _("Care of a proposal taken by the team"),
        "stewardship_given_back": _("Care of a proposal given back by the team"),
        "merge_started": _("Asked to bring proposals together"),
        "merge_reworded": _("Text of a collective proposal changed"),
        "merge_answered": _("Answer to a merge request"),
        "merge_given_up": _("Merge request given up"),
        "collective_formed": _("Collective proposal published"),
        "collective_undone": _("Collective proposal undone"),
    }
)
concerns(MergeRequest, _("Merge request"), address="merge")
happens_to(
    Proposal,
    *("version_published", "proposal_left", "coauthor_joined", "coauthor_removed"),
    *("stewardship_taken", "stewardship_given_back", "collective_formed", "collective_undone"),
    rows=lambda user: Proposal.objects.filter(worked_on_by(user)).only("title"),
    address=lambda proposal: proposal.short_address,
    title=lambda proposal: proposal.title,
    others=_("Another author"),
    is_signed=True,
)
happens_to(
    User,
    "coauthor_was_removed",
    rows=lambda user: User.objects.filter(pk=user.pk),
    others=_("Another author"),
    is_signed=True,
)
happens_to(
    MergeRequest,
    *("merge_started", "merge_reworded", "merge_given_up"),
    rows=lambda user: MergeRequest.objects.filter(
        sources__proposal__in=Proposal.objects.filter(worked_on_by(user))
    ).distinct(),
    address=lambda merge_request: reverse("merge", args=[merge_request.pk]),
    title=lambda merge_request: merge_request.title,
    others=_("Another author"),
    is_signed=True,
)
happens_to(
    Argument,
    "argument_answered",
    rows=lambda user: Argument.objects.filter(author=user).select_related("proposal"),
    address=lambda argument: argument.get_absolute_url(),
    title=lambda argument: str(_("Your argument")),  # the title of the proposal is somebody else’s, and may be hidden
    others=_("An author of the proposal"),
    is_signed=True,
)
