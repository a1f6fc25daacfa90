"""What may be done with a consultation and with how the platform looks (accounts.abilities)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import Subject, ability
from accounts.enums import Role
from consultations.framing.enums import ModeratedBy

# Who decides on what is reported, by what a consultation says of it.
DECIDING: dict[str, frozenset[str]] = {
    ModeratedBy.MODERATORS: frozenset({Role.MODERATOR}),
    ModeratedBy.FRAMERS: frozenset({Role.ADMINISTRATOR, Role.FACILITATOR}),
    ModeratedBy.OPERATORS: frozenset({Role.DELEGATE}),
}

FRAME = ability(
    "frame",
    Subject.FRAMING,
    _("Prepare the consultation and its challenges: texts, dates, documents"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=10,
)
SET_UP = ability(
    "set_up",
    Subject.FRAMING,
    _("Set the appearance, the languages, the neighbourhoods and the legal pages"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=20,
)
STEER = ability(
    "steer",
    Subject.FRAMING,
    _("Put a consultation on the home page, close it before its date, archive it, give one up"),
    Role.ADMINISTRATOR,
    order=40,
)
OPEN_PLATFORM = ability(
    "open_platform",
    Subject.FRAMING,
    _("Open a consultation to the public, at once or on a day that is set, and close it again"),
    Role.ADMINISTRATOR,
    order=30,
)
DISCUSS = ability(
    "discuss",
    Subject.FRAMING,
    _("Comment on challenges in their margin, with the service’s team where it accompanies the authority"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=15,
    guests=[Role.DELEGATE],
)
HAVE_ACCOMPANY = ability(
    "have_accompany",
    Subject.FRAMING,
    _("Have the service’s team accompany the authority, and end it"),
    Role.ADMINISTRATOR,
    order=45,
)
ANNOUNCE = ability(
    "announce",
    Subject.FRAMING,
    _("Announce the dates of the consultation outside the platform, and say that it is done"),
    Role.ADMINISTRATOR,
    Role.FACILITATOR,
    order=50,
    sometimes=[Role.SERVICE],
    when=_("if it is assigned to this service"),
)
