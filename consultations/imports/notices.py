"""Whoever sent files for an import is told that it is made, or why it stopped."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from common.templatetags.ui import figure
from consultations.framing.abilities import FRAME
from consultations.imports.enums import ImportState
from consultations.imports.events import import_ended
from consultations.imports.models import Import
from notifications.registry import notice_type, subject
from notifications.types import About, Notification, Words


def _imports(user: User) -> QuerySet[Import]:
    return Import.objects.only("names", "state", "result")


IMPORT = subject("import", Import, read=_imports)


def _ended(import_id: int, revision: int, **kwargs: Any) -> Notification | None:
    found = Import.objects.get(pk=import_id)
    if found.created_by_id is None:
        return None
    return Notification(
        fact=f"import_ended:{found.pk}.{revision}",
        group=str(found.pk),
        recipients={found.created_by_id: {"import": found.pk}},
    )


@notice_type(
    "IMPORT_ENDED",
    gettext_lazy("Of the team: the end of an import that you began"),
    weight=31,
    event=import_ended,
    notification=_ended,
    subjects=(IMPORT,),
    ability=FRAME,
)
def _ended_words(about: About) -> Words:
    found: Import = about["import"]
    if found.state == ImportState.DONE:
        sentence = _("The import of “%(files)s” is made.") % {"files": found.names}
        if left := found.result.get("error_count", 0):
            said = ngettext("%(count)s line was left out.", "%(count)s lines were left out.", left)
            sentence = f"{sentence} {said % {'count': figure(left)}}"
    else:
        sentence = _("The import of “%(files)s” stopped: nothing was imported.") % {"files": found.names}
    action = _("See what was imported") if found.state == ImportState.DONE else _("See why")
    # Undone, or looked at anew: nothing is to be seen any more of how it ended.
    is_over = found.state != ImportState.DONE and not found.result.get("problem")
    return Words(sentence, action, reverse("desk_import", args=[found.pk]), is_over=is_over)
