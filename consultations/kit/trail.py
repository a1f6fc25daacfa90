"""What the trail keeps of the kit, in words (common.trail)."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.trail import records, tells
from consultations.kit.selectors.sheets import printed_number

records(
    {
        "kit_spot_added": _("Place added for a poster, a flyer, a form or a letter"),
        "kit_spot_removed": _("Place of a support taken away"),
        "kit_sheets_asked": _("Numbered paper forms asked for"),
        "kit_sheets_downloaded": _("Numbered paper forms downloaded, with their receipts"),
    }
)


@tells("kit_sheets_asked", "kit_sheets_downloaded")
def _which(details: dict[str, Any]) -> str:
    return gettext("%(first)s to %(last)s") % {name: printed_number(details[name]) for name in ("first", "last")}
