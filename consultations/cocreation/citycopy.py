"""What a city takes with it of co-creation (common.citycopy): the desk's copy has what everybody reads."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.cocreation.enums import MergeState
from consultations.cocreation.models import CoAuthorInvitation, HeldVersion, MergeRequest, MergeSource, ReworkDraft
from consultations.participation.models import Proposal


def _collectives() -> QuerySet[MergeRequest]:
    """Those that everybody sees: what is still being asked is between authors."""
    return MergeRequest.objects.filter(state=MergeState.FORMED, proposal__in=Proposal.objects.published()).order_by(
        "pk"
    )


in_city_copies(
    CoAuthorInvitation,
    title=_("Invitations to write together"),
    complete="key proposal_id user_id email invited_by_id created_at answered_at accepted",
    never="mailbox",
)
in_city_copies(
    MergeRequest,
    title=_("Merge requests"),
    shared="id challenge_id proposal_id state title solution problem benefit formed_at formed_in",
    complete="started_by_id message revision earlier started_at ended_at ended_by_id ended_reason",
    rows=_collectives,
)
in_city_copies(
    MergeSource,
    title=_("The proposals of a merge request, with what their authors said"),
    shared="id collective_id proposal_id consent",
    complete="revision answered_by_id answered_at reason",
    rows=lambda: MergeSource.objects.filter(collective__in=_collectives()).order_by("pk"),
)
in_city_copies(
    ReworkDraft,
    title=_("Drafts of new versions"),
    complete="id proposal_id user_id base_version title solution problem benefit note revision updated_at",
)
in_city_copies(
    HeldVersion,
    title=_("New versions that wait to be read before they are published, or were refused"),
    complete="id author_id imported_author status status_before submitted_at publish_by import_ref proposal_id "
    "base_version title solution problem benefit note came_by",
)


in_words(
    {
        "collective_id": _("the merge request: its number"),
        "invited_by_id": _("who invited them"),
        "answered_at": _("when they answered"),
        "accepted": _("whether they accepted"),
        "state": _("the state of the merge request"),
        "message": _("why, to the other authors"),
        "earlier": _("earlier texts of the merge request"),
        "started_at": _("when it began"),
        "started_by_id": _("who began it"),
        "formed_at": _("when the collective proposal was published"),
        "formed_in": _("phase in which it was published"),
        "ended_at": _("when it ended without staying together"),
        "ended_by_id": _("who ended it"),
        "ended_reason": _("why it ended"),
        "consent": _("what the authors of the proposal answered"),
        "answered_by_id": _("who answered for them"),
        "reason": _("why they answered so"),
        "base_version": _("version it was begun from"),
        "cocreation_coauthorinvitation.email": _("e-mail address that was invited"),
    }
)
