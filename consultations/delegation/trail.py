"""What the trail keeps of delegation, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import records

records(
    {
        "delegation_entered": _("Operator on the way into a city, to moderate by its delegation"),
        "accompaniment_entered": _("Operator on the way into a city, to help it frame"),
    }
)
