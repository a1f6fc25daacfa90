"""What may be done with a city's addresses and what it holds (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

MANAGE_ADDRESS = ability(
    "manage_address",
    Subject.PLATFORM,
    _("Choose the addresses of the platform, and have the authority verified"),
    Role.ADMINISTRATOR,
    order=40,
)
TAKE_COPIES = ability(
    "take_copies", Subject.PLATFORM, _("Take a copy of what the platform holds"), Role.ADMINISTRATOR, order=50
)
