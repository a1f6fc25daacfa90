"""Having seen one's notices."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from notifications.models import Notice
from notifications.services.counting import count_unread
from notifications.services.withdrawing import lock_preferences


def mark_read(notice: Notice, *, at: datetime) -> None:
    """Again changes nothing. What happens from now on makes a notice of its own."""
    with transaction.atomic():
        lock_preferences([notice.user_id])
        read = Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)
        count_unread({notice.user_id: -read})


def mark_all_read(*, user: User, until: datetime, at: datetime) -> int:
    """All that was there when the page was made: what came since stays unread."""
    with transaction.atomic():
        lock_preferences([user.pk])
        read = user.notices.filter(read_at__isnull=True, updated_at__lte=until).update(read_at=at)
        count_unread({user.pk: -read})
    return read
