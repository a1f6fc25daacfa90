"""What somebody's leaving means for notices."""

from datetime import datetime

from accounts.models import User
from common.models import OutboxMessage
from common.outbox import messages_of
from common.personal import erases
from notifications.models import MailAgreement, MailPreference, Notice
from notifications.services.digests import digest
from notifications.services.withdrawing import lock_preferences


@erases(Notice, MailPreference, MailAgreement)
def forget_recipient(user: User, *, with_texts: bool, at: datetime) -> None:
    """Their notices and their choice of mail go; those of others no longer say who it was.

    What they wrote takes its notices along when its app removes it (services.withdrawing).
    """
    lock_preferences([user.pk])
    waiting = messages_of(digest).filter(payload__user_id=user.pk).select_for_update(skip_locked=True)
    OutboxMessage.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).delete()
    Notice.objects.filter(user=user).delete()
    MailPreference.objects.filter(user=user).delete()
    MailAgreement.objects.filter(user=user).delete()
    Notice.objects.filter(actor=user).update(actor=None)
