"""News are of use while they are new."""

from datetime import datetime, timedelta

from django.db.models import Q

from common.retention import delete_in_batches, forgets
from notifications.models import Notice
from notifications.services.withdrawing import remove

READ_KEPT = timedelta(days=365)
# Longer, for who comes back late; what it was about can still be read at its place.
UNREAD_KEPT = timedelta(days=730)


@forgets("notices", in_read_only=True)
def forget_notices(*, at: datetime) -> int:
    over = Q(read_at__lt=at - READ_KEPT) | Q(read_at=None, updated_at__lt=at - UNREAD_KEPT)
    return delete_in_batches(Notice.objects.filter(over), delete=remove)
