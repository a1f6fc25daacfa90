"""Having seen what one was told."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from consultations.animation.models import MailPreference, Notice


def mark_read(notice: Notice, *, at: datetime) -> None:
    """Again changes nothing. What happens from now on makes a notice of its own."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)


def mark_all_read(*, user: User, until: datetime, at: datetime) -> int:
    """All that was there when the page was made: what came since stays unread."""
    with transaction.atomic():
        # As a digest and a new fact do: the preference first, then the notices, or each would wait for the other.
        MailPreference.objects.select_for_update(of=("self",), no_key=True).filter(user=user).first()
        return user.notices.filter(read_at__isnull=True, updated_at__lte=until).update(read_at=at)
