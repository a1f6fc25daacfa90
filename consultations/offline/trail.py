"""What the trail keeps of offline entry, in words (common.trail): who typed which sheet. For whom is in its row."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.trail import concerns, records
from consultations.offline.models import Entry

records(
    {
        "offline_entered": _("Sheet typed for somebody"),
        "offline_to_read": _("Sheet typed, to be read by a colleague"),
        "offline_read": _("Sheet read by a colleague"),
        "offline_corrected": _("Sheet corrected"),
        "offline_discarded": _("Sheet taken out before it was public"),
        "offline_rule_set": _("Second reading of sheets set"),
    }
)
records(
    {
        "offline_corrected_by_receipt": _("Contribution corrected by its receipt"),
        "offline_erased_by_receipt": _("Contribution erased by its receipt"),
        "offline_bound": _("Contribution attached to an account by its receipt"),
    },
    unsigned=_("Whoever has the receipt"),
)


def _name(entry: Entry) -> str:
    """By the number that stands on the paper, where one does, as it stands there: its own is on none."""
    number = entry.receipt.sheet if entry.receipt else entry.sheet
    return gettext("Sheet %(number)s") % {"number": f"{number:04}"} if number else ""


concerns(Entry, _("Sheet"), title=_name, beside=("receipt",), is_numbered=False)
