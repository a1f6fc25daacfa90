"""How long the log of what was sent is kept."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from webhooks.models import LOG_KEPT, Delivery

_LOG = keeps(
    135,
    _("What other sites are told of publications"),
    _("To send again what did not arrive. It holds numbers and addresses of pages, no name and no text."),
    format_lazy(_("{kept} after the publication."), kept=span(LOG_KEPT)),
)


@forgets("webhook messages", _LOG, in_read_only=True)
def messages_over(*, at: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(created_at__lt=at - LOG_KEPT)
