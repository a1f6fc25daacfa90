"""What may be done to answer, and to make projects of proposals (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

RUN_PROJECTS = ability(
    "run_projects",
    Subject.OUTCOMES,
    _("Make projects of accepted proposals, and give news of them"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=50,
)
