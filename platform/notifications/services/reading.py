"""Marking notices as read."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from notifications.models import Notice
from notifications.services.counting import count_unread
from notifications.services.withdrawing import lock_preferences


def mark_read(notice: Notice, *, at: datetime) -> None:
    """Mark it read; again changes nothing. What happens afterwards makes a new notice."""
    with transaction.atomic():
        lock_preferences([notice.user_id])
        read = Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)
        count_unread({notice.user_id: -read})


def mark_all_read(*, user: User, until: datetime, at: datetime) -> int:
    """Mark read all that was there when the page was made."""
    with transaction.atomic():
        lock_preferences([user.pk])
        read = user.notices.filter(read_at__isnull=True, updated_at__lte=until).update(read_at=at)
        count_unread({user.pk: -read})
    return read
