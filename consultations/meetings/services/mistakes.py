"""What is wrong with the dates and the seats of a meeting, said to whoever types them."""

from datetime import datetime

from django.utils.translation import gettext as _

from common.templatetags.ui import deadline, figure
from consultations.meetings.rules import AT_MOST_AHEAD, LONGEST, MOST_SEATS
from consultations.meetings.services.refusals import WrongDates


def check_dates(begins_at: datetime, ends_at: datetime, *, at: datetime) -> None:
    """Raises WrongDates."""
    if begins_at <= at:
        said = _("This moment is over: it is %(now)s. A meeting is announced before it takes place.")
        raise WrongDates(said % {"now": deadline(at)})
    if begins_at - at > AT_MOST_AHEAD:
        raise WrongDates(_("Choose a day within the next two years."))
    if ends_at <= begins_at:
        raise WrongDates(_("It ends before it begins: choose a later hour."), "ends_at")
    if ends_at - begins_at > LONGEST:
        raise WrongDates(_("A meeting lasts three days at most: for a longer time, make several."), "ends_at")


def too_many_seats() -> str:
    said = _("From 1 to %(most)s seats. Where everybody finds room, leave this empty.")
    return said % {"most": figure(MOST_SEATS)}


def too_many_came() -> str:
    return _("From 0 to %(most)s people.") % {"most": figure(MOST_SEATS)}
