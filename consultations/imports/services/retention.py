"""How long files wait to be imported."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.imports.enums import ImportState
from consultations.imports.models import Import, ImportFile

WAIT = timedelta(days=30)

_FILES = keeps(
    84,
    _("Files of other platforms that the authority imports"),
    _("To read them before they are imported. No column of e-mail addresses is taken over."),
    format_lazy(
        _("Erased once they are imported, but the lines that were not taken; these, and files not imported, {wait}."),
        wait=span(WAIT),
    ),
)


@forgets("files that wait to be imported", _FILES, in_read_only=True)
def waiting_over(*, at: datetime) -> QuerySet[Any]:
    unmade = Import.objects.filter(state__in=[ImportState.LOOKING, ImportState.LOOKED, ImportState.RUNNING])
    return unmade.filter(created_at__lt=at - WAIT)


@forgets("lines that imports did not take", _FILES, in_read_only=True)
def left_over(*, at: datetime) -> QuerySet[Any]:
    return ImportFile.objects.filter(is_left=True, of__state=ImportState.DONE, of__ended_at__lt=at - WAIT)
