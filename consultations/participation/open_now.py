"""What may be done now, in words, from the actions that are open: the one source of every page that says it."""

from django.utils.translation import gettext as _

from common.templatetags.ui import moment_of
from common.time_zones import named
from consultations.framing.enums import WRITING
from consultations.framing.models import Calendar
from consultations.participation.actions import ARGUE, PROPOSE, REACT


def open_now(calendar: Calendar) -> str:
    """A sentence or two; where nothing is open, when to come back."""
    if not calendar.takes_writing:
        return _("You can read everything.")
    if calendar.may(PROPOSE):
        return _("You can propose, react and give your arguments.")
    if calendar.may(ARGUE) and not calendar.may(REACT):
        return _("You can read everything, and go on discussing: arguments and replies are open.")
    if calendar.may(ARGUE):
        return _("You can still react to the proposals and give your arguments. New proposals are closed.")
    if calendar.may(REACT):
        return _("You can read everything and say what you like. New proposals and new arguments are closed.")
    if begins := calendar.begins(PROPOSE):
        return _("You will be able to propose from %(moment)s.") % {"moment": named(moment_of(begins))}
    if calendar.begins(ARGUE) or calendar.begins(REACT):
        return _("You can read everything, but not write here for now.")
    # Closed before anybody could write, it has no such phase left.
    if not calendar.is_over and not any(phase.kind in WRITING and phase.opens_at for phase in calendar.phases):
        return _("You can read everything. When one can write here is not set yet.")
    return _("You can read everything, but not write here any more.")
