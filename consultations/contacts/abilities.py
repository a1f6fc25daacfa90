"""Who keeps the address book of the territory (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

KEEP_CONTACTS = ability(
    "keep_contacts",
    Subject.DIALOGUE,
    _("Keep the address book of associations, schools and companies, and write to them"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=82,
)
