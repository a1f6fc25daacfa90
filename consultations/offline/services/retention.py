"""How long a receipt opens, and what was said of oneself with a sheet is known."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.offline.enums import EntryState
from consultations.offline.models import Entry, Receipt

DRAFT_KEPT = timedelta(days=90)
KEPT = timedelta(days=365)

_SHEETS = keeps(
    57,
    _("What you gave on paper, by telephone or at a meeting: your receipt, and your age if you said it"),
    _("So that you can follow, correct or erase it without an account, and for figures that tell of nobody."),
    format_lazy(
        _("{kept} after the consultation is archived; {draft} for a sheet that was begun and not entered."),
        kept=span(KEPT),
        draft=span(DRAFT_KEPT),
    ),
)


@forgets("offline drafts", _SHEETS)
def drafts_over(*, at: datetime) -> QuerySet[Any]:
    return Entry.objects.filter(state=EntryState.DRAFT, changed_at__lt=at - DRAFT_KEPT)


@forgets("offline sheets", _SHEETS, in_read_only=True)
def sheets_over(*, at: datetime) -> QuerySet[Any]:
    return Entry.objects.filter(consultation__archived_at__lt=at - KEPT)


@forgets("offline receipts", _SHEETS, in_read_only=True)
def receipts_over(*, at: datetime) -> QuerySet[Any]:
    return Receipt.objects.filter(consultation__archived_at__lt=at - KEPT, entry=None)
