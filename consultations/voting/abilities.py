"""What may be done to have people vote (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

SEE_VOTES = ability(
    "see_votes",
    Subject.OUTCOMES,
    _("Follow votes: how many voted, never what"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    Role.MODERATOR,
    Role.DECISION_MAKER,
    Role.OBSERVER,
    order=60,
)
RUN_VOTES = ability(
    "run_votes",
    Subject.OUTCOMES,
    _("Prepare votes, announce them, see who voted, and enter ballots from paper"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=70,
)
