"""What may be done to answer, and to make projects of proposals (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

SEE_ANSWERS = ability(
    "see_answers",
    Subject.OUTCOMES,
    _("Follow the answers that are being prepared"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    Role.DECISION_MAKER,
    Role.OBSERVER,
    order=10,
)
PREPARE_ANSWERS = ability(
    "prepare_answers",
    Subject.OUTCOMES,
    _("Write answers, have services give their opinion, and give answers to be signed"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=20,
)
# In a small town the mayor administers the platform too.
SIGN_ANSWERS = ability(
    "sign_answers",
    Subject.OUTCOMES,
    _("Sign and publish the answers that are theirs to sign"),
    Role.ADMINISTRATOR,
    Role.DECISION_MAKER,
    order=30,
)
GIVE_OPINION = ability(
    "give_opinion",
    Subject.OUTCOMES,
    _("Give an opinion on the proposals on which they are asked"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    Role.DECISION_MAKER,
    order=40,
    sometimes=[Role.SERVICE],
    when=_("if they are asked"),
)
RUN_PROJECTS = ability(
    "run_projects",
    Subject.OUTCOMES,
    _("Make projects of accepted proposals, and give news of them"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=50,
)
