"""What the trail keeps of co-creation, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import concerns, records
from consultations.cocreation.models import MergeRequest

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
