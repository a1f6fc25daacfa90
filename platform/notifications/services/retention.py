"""How long notices are kept."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from notifications.models import Notice
from notifications.services.withdrawing import remove

READ_KEPT = timedelta(days=365)
# Longer, for who comes back late; what it was about can still be read at its place.
UNREAD_KEPT = timedelta(days=730)


_NOTICES = keeps(
    80,
    _("Your news"),
    _("To find them on the site. Nobody else sees them."),
    format_lazy(
        _("{read} after you opened them; {unread} if you do not open them."),
        read=span(READ_KEPT),
        unread=span(UNREAD_KEPT),
    ),
)


keeps(
    81,
    _("Your agreement to messages of the authority"),
    _("To write to those who agreed, and to show when and in which words they did."),
    _("As long as your account: the day on which you no longer agreed is kept too."),
)


@forgets("notices", _NOTICES, delete=remove, in_read_only=True)
def notices_over(*, at: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(Q(read_at__lt=at - READ_KEPT) | Q(read_at=None, updated_at__lt=at - UNREAD_KEPT))
