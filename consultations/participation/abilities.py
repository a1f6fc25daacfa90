"""What the team may do with what residents write (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role

FACILITATE = ability(
    "facilitate",
    Subject.DIALOGUE,
    _("Bring proposals together, and take care of those that their author has left"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=30,
)
READ_CONTRIBUTIONS = ability(
    "read_contributions",
    Subject.DIALOGUE,
    _("Read the list of all contributions"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    Role.MODERATOR,
    Role.DECISION_MAKER,
    Role.OBSERVER,
    order=5,
)
ARRANGE_VIEWS = ability(
    "arrange_views",
    Subject.DIALOGUE,
    _("Rename and delete the views of that list that colleagues made for the team"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=7,
)
EXPORT_CONTRIBUTIONS = ability(
    "export_contributions",
    Subject.DIALOGUE,
    _("Take contributions along in a spreadsheet, without what nobody else reads"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=6,
)
