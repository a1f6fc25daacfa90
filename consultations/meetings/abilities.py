"""Who prepares meetings and reads who comes (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

RUN_MEETINGS = ability(
    "run_meetings",
    Subject.DIALOGUE,
    _("Prepare meetings, see who signed up, and report on them"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=90,
)
