"""Who has a seat, and who is next. The caller holds the row of the meeting: two for the last seat come one by one."""

from datetime import datetime

from consultations.meetings.enums import Place, Told
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.services.telling import tell


def seat(person: Attendee, *, at: datetime) -> None:
    """A seat, or a turn on the waiting list."""
    person.place = Place.WAITING if _free(person.meeting) == 0 else Place.SEATED
    person.confirmed_at = at
    person.save()


def fill_seats(meeting: Meeting, *, at: datetime) -> None:
    """Those who wait get the seats that are free, in their turn, and are told: by telephone where nobody can write.

    Once it has begun, whoever is there comes in.
    """
    if not meeting.takes_sign_ups(at):
        return
    waiting = meeting.people.filter(place=Place.WAITING).order_by("confirmed_at", "pk")
    free = _free(meeting)
    for person in waiting if free is None else waiting[:free]:
        person.place, person.to_call, person.meeting = Place.SEATED, not person.email, meeting
        person.save(update_fields=["place", "to_call"])
        tell(person, Told.FREED)


def _free(meeting: Meeting) -> int | None:
    """None: as many as come."""
    if meeting.seats is None:
        return None
    return max(0, meeting.seats - meeting.people.filter(place=Place.SEATED).count())
