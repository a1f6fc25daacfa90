"""What may be done to understand what people said (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

COMPOSE = ability(
    "compose",
    Subject.OUTCOMES,
    _("Correct the themes found in proposals, compose and publish syntheses"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=60,
)
ANALYSE = ability(
    "analyse",
    Subject.OUTCOMES,
    _("Have analyses made, and publish what brings people together"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=55,
)
SEE_FIGURES = ability(
    "see_figures",
    Subject.DIALOGUE,
    _("Read the figures of a consultation, and export them"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    Role.MODERATOR,
    Role.DECISION_MAKER,
    Role.OBSERVER,
    order=110,
)
SET_FIGURES = ability(
    "set_figures",
    Subject.DIALOGUE,
    _("Enter the population, and choose who reads the figures"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=111,
)
