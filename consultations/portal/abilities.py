"""What may be done with the lines of the week (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

SHARE_OUT = ability(
    "share_out",
    Subject.DESK,
    _("Assign what the week asks for to anybody who may do it, and put it off for everybody"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=25,
)
