"""What somebody's leaving means for what people were told."""

from datetime import datetime

from django.db.models import F

from accounts.models import User
from common.models import OutboxMessage
from common.outbox import messages_of
from common.personal import erases
from consultations.animation.enums import NoticeKind
from consultations.animation.models import MailPreference, Notice
from consultations.animation.services.digests import digest


@erases(Notice, MailPreference)
def forget_told_person(user: User, *, with_texts: bool, at: datetime) -> None:
    """Their news and their choice of mail go; what others were told of them no longer says who it was.

    The preference first, then the notices: a digest and a new fact lock them so, too.
    """
    list(MailPreference.objects.select_for_update(of=("self",), no_key=True).filter(user=user))
    waiting = messages_of(digest).filter(payload__user_id=user.pk).select_for_update(skip_locked=True)
    OutboxMessage.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).delete()
    Notice.objects.filter(user=user).delete()
    MailPreference.objects.filter(user=user).delete()
    if with_texts:
        # Of what goes, nothing is said; of what is left of several, one less.
        Notice.objects.filter(actor=user, kind=NoticeKind.NEW_REPLY, count=1).delete()
        Notice.objects.filter(argument__author=user, count__gt=1).update(argument=None, count=F("count") - 1)
    Notice.objects.filter(actor=user).update(actor=None)
