"""Who types what people gave elsewhere (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

ENTER_SHEETS = ability(
    "enter_sheets",
    Subject.DIALOGUE,
    _("Type what people gave on paper, by telephone or at a meeting (offline entry)"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    Role.MODERATOR,
    order=90,
)
