"""How long sheets to print are kept: their receipts open what is entered."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.kit.models import SheetPart
from consultations.kit.selectors.sheets import FILES_KEPT

_SHEETS = keeps(
    58,
    _("Paper forms to print, with their receipts"),
    _("For the team to print them. Their receipts open nothing before somebody fills a sheet in."),
    format_lazy(_("{kept} after they were asked for."), kept=span(FILES_KEPT)),
)


@forgets("sheets to print", _SHEETS, in_read_only=True)
def files_over(*, at: datetime) -> QuerySet[Any]:
    return SheetPart.objects.filter(run__made_at__lt=at - FILES_KEPT)
