"""What of this app is of no more use. Versions, and who brought what together, stay."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce

from common.retention import delete_in_batches, forgets
from consultations.cocreation.models import CoAuthorInvitation, ReworkDraft
from consultations.participation.models import DRAFT_KEPT

# A link works for thirty days. The address of somebody who never came was given to us by another person.
NOT_ACCEPTED_KEPT = timedelta(days=60)
ACCEPTED_KEPT = timedelta(days=365)


@forgets("drafts of versions")
def forget_rework_drafts(*, at: datetime) -> int:
    return delete_in_batches(ReworkDraft.objects.filter(updated_at__lt=at - DRAFT_KEPT))


@forgets("invitations")
def forget_invitations(*, at: datetime) -> int:
    """Who writes with whom stays in the authorships; what was told of the invitation goes with it."""
    since = CoAuthorInvitation.objects.annotate(since=Coalesce("answered_at", "created_at"))
    over = Q(since__lt=at - ACCEPTED_KEPT) | Q(since__lt=at - NOT_ACCEPTED_KEPT) & ~Q(accepted=True)
    return delete_in_batches(since.filter(over))
