"""What of this app is of no more use. What people published is not here: it stays (see "Nothing disappears")."""

from datetime import datetime, timedelta

from django.db.models import Q

from common.retention import delete_in_batches, forgets
from consultations.participation.models import DRAFT_KEPT, Draft
from consultations.participation.services.drafts import forget_unshown_pictures

# Twice the life of a session (60 days): nobody can reach it any more, or publish it a second time.
UNREACHABLE = timedelta(days=120)


@forgets("drafts")
def forget_drafts(*, at: datetime) -> int:
    """What nobody has touched for a year, what a visitor left behind, and the copy of what was published long ago.

    Counted from the last change and not from the end of the consultation: a draft is its writer's, and so is the
    clock; and a consultation without an end would keep it for ever. Its picture goes with it.
    """
    over = Q(author__isnull=False, proposal=None, updated_at__lt=at - DRAFT_KEPT)
    over |= Q(author=None, proposal=None, updated_at__lt=at - UNREACHABLE)
    over |= Q(proposal__submitted_at__lt=at - UNREACHABLE)
    return delete_in_batches(Draft.objects.filter(over))


@forgets("pictures")
def forget_pictures(*, at: datetime) -> int:
    """Those of the drafts above, and of drafts that went with their writer's account."""
    return forget_unshown_pictures()
