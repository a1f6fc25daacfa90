"""Who may do what with others' consent."""

from django.db.models import Q

from accounts.models import User
from consultations.cocreation.models import MergeRequest
from consultations.participation.models import Authorship, Proposal, worked_on_by
from consultations.participation.permissions import may_facilitate, works_on


def is_left_alone(proposal: Proposal) -> bool:
    """Whether its author has left and nobody else works on it."""
    if proposal.author is not None and proposal.author.is_active:
        return False
    return not Authorship.objects.at_work().filter(proposal=proposal).exists()


def answers_for(*, user: User, proposal: Proposal) -> bool:
    """Whether the user consents to merging a proposal: one of its authors; a facilitator for one left alone."""
    return works_on(user=user, proposal=proposal) or (may_facilitate(user=user) and is_left_alone(proposal))


def leads_merge(*, user: User, merge_request: MergeRequest) -> bool:
    """Whether the user edits the common text, forms the collective proposal, gives it up or undoes it.

    The one who began it, as long as they work on a part of it; a facilitator. One query at most.
    """
    if may_facilitate(user=user):
        return True
    parts = Q(collective_sources__collective=merge_request) | Q(collective=merge_request)
    return merge_request.started_by_id == user.pk and Proposal.objects.filter(parts, worked_on_by(user)).exists()
