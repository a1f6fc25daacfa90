"""What the team may do with what residents write (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

FACILITATE = ability(
    "facilitate",
    Subject.DIALOGUE,
    _("Bring proposals together, and take care of those that their author has left"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=30,
)
