"""Who makes a consultation known (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

MOBILISE = ability(
    "mobilise",
    Subject.DIALOGUE,
    _("Make posters, flyers, paper forms and texts that make a consultation known, and see which of them work"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=90,
)
