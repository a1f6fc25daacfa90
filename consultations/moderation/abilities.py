"""Who may moderate: it depends on what the consultation says (accounts.abilities, moderation.permissions)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role
from consultations.framing.abilities import DECIDING
from consultations.framing.enums import ModeratedBy

_IN_TEAM = DECIDING[ModeratedBy.MODERATORS] | DECIDING[ModeratedBy.FRAMERS]
_WHEN = _("if the consultation has this role moderate")

MODERATE = ability(
    "moderate",
    Subject.DIALOGUE,
    _("Decide on what is reported, and suspend accounts"),
    order=10,
    sometimes=_IN_TEAM,
    when=_WHEN,
    guests=DECIDING[ModeratedBy.OPERATORS],
)
# A city's words are its own, whoever moderates.
CHOOSE_WORDS = ability(
    "choose_words",
    Subject.DIALOGUE,
    _("Choose the words that the filter points at"),
    order=20,
    sometimes=_IN_TEAM,
    when=_WHEN,
)
# What the law asks of the city at once, whoever of them is there.
CARRY_OUT_ORDERS = ability(
    "carry_out_orders",
    Subject.DIALOGUE,
    _("Carry out an order of an authority, and read the record of decisions"),
    Role.ADMINISTRATOR,
    order=25,
    sometimes=_IN_TEAM - {Role.ADMINISTRATOR},
    when=_WHEN,
)
SEE_SERVICE_VISITS = ability(
    "see_service_visits",
    Subject.DIALOGUE,
    _("See when the service came to moderate, and what it looked at"),
    Role.ADMINISTRATOR,
    order=40,
)
