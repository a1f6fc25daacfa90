"""Who writes to people in the city's name (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

RUN_CAMPAIGNS = ability(
    "run_campaigns",
    Subject.DIALOGUE,
    _("Write by e-mail to people who agreed to it (campaigns)"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=80,
)
