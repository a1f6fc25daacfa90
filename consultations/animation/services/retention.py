"""How long it is known to whom a campaign was sent."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.animation.models import Campaign, Recipient
from consultations.animation.selectors import totals

KEPT = timedelta(days=365)

_SENT = keeps(
    82,
    _("Messages of the authority that you agreed to"),
    _("To count what arrived, and to write nobody the same twice. The team sees who is written to."),
    format_lazy(_("{kept} after the last message of the campaign; then only how many there were."), kept=span(KEPT)),
)


def _counted_first(rows: QuerySet[Recipient]) -> None:
    """Their campaigns keep how many there were: as long as all of them are there, for they go in lots."""
    for campaign in Campaign.objects.filter(pk__in=rows.order_by().values("campaign")):
        found = totals(campaign)
        if found.people >= campaign.results.get("people", 0):
            Campaign.objects.filter(pk=campaign.pk).update(results=found.kept())
    rows.delete()


@forgets("campaign messages", _SENT, delete=_counted_first, in_read_only=True)
def messages_over(*, at: datetime) -> QuerySet[Any]:
    return Recipient.objects.filter(campaign__finished_at__lt=at - KEPT)
