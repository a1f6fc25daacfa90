"""What of this app is of no more use. Versions, and who brought what together, stay."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.cocreation.models import CoAuthorInvitation, ReworkDraft
from consultations.participation.models import DRAFT_KEPT
from consultations.participation.services.retention import DRAFTS

# A link works for thirty days. The address of somebody who never came was given to us by another person.
NOT_ACCEPTED_KEPT = timedelta(days=60)
ACCEPTED_KEPT = timedelta(days=365)


_INVITATIONS = keeps(
    110,
    _("Invitations to write together, with the address that we are given"),
    _("To invite a person in the name of who writes a proposal."),
    format_lazy(
        _("{not_accepted} if they do not accept; {accepted} otherwise."),
        not_accepted=span(NOT_ACCEPTED_KEPT),
        accepted=span(ACCEPTED_KEPT),
    ),
)


@forgets("drafts of versions", DRAFTS)
def rework_drafts_over(*, at: datetime) -> QuerySet[ReworkDraft]:
    return ReworkDraft.objects.filter(updated_at__lt=at - DRAFT_KEPT)


@forgets("invitations", _INVITATIONS)
def invitations_over(*, at: datetime) -> QuerySet[CoAuthorInvitation]:
    """Notices of an invitation go with it; who writes with whom stays in the authorships."""
    since = CoAuthorInvitation.objects.annotate(since=Coalesce("answered_at", "created_at"))
    over = Q(since__lt=at - ACCEPTED_KEPT) | Q(since__lt=at - NOT_ACCEPTED_KEPT) & ~Q(accepted=True)
    return since.filter(over)
