"""What the trail keeps of the kit, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import records

records(
    {
        "kit_spot_added": _("Place added for a poster, a flyer, a form or a letter"),
        "kit_spot_removed": _("Place of a support taken away"),
        "kit_sheets_asked": _("Numbered paper forms asked for"),
    }
)
