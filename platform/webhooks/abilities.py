"""Who has other sites told of what is published (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

MANAGE_WEBHOOKS = ability(
    "manage_webhooks",
    Subject.PLATFORM,
    _("Have other sites told of what is published (webhooks)"),
    Role.ADMINISTRATOR,
    order=60,
)
