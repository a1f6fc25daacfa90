"""What may be done with what a city buys (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

SUBSCRIBE = ability(
    "subscribe",
    Subject.PLATFORM,
    _("Ask for quotes, order, and read the invoices"),
    Role.ADMINISTRATOR,
    order=60,
)
