"""What those who signed up are written: by messages of the outbox, whose run writes to all of them or to none."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.mail import send_mail_later
from common.city import present_city
from common.languages import kept_language
from common.outbox import enqueue, enqueue_each_at, messages_of, outbox_task
from consultations.meetings.enums import Place, Told
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.rules import REMINDED
from consultations.meetings.services.links import token_of
from consultations.meetings.words import helps, when

# Changes that come within this time are told as one.
TOGETHER = timedelta(minutes=10)


def tell(person: Attendee, what: Told, *, city: Any = None) -> None:
    """Write to somebody who has confirmed their address. Of the caller's transaction."""
    if person.email:
        _write("told", person, city or present_city(), what=what.value)


def ask_to_confirm(person: Attendee, *, city: Any = None) -> None:
    """To an address that anybody may have typed: without a word of whoever did."""
    _write("to_confirm", person, city or present_city())


def _write(name: str, person: Attendee, city: Any, *, what: str = "") -> None:
    meeting, base = person.meeting, city.url.rstrip("/")
    context = {
        "city": city,
        "meeting": meeting,
        "what": what,
        "is_reminded": is_reminded(meeting, at=timezone.now()),
        "when": partial(when, meeting.begins_at, meeting.ends_at),
        "helps": partial(helps, meeting),
        "link": base + reverse("own_sign_up_link", args=[token_of(person)]),
        "page": base + meeting.get_absolute_url(),
        "calendar": base + reverse("meeting_calendar", args=[meeting.pk]),
        "root": base,
    }
    language = kept_language(person.language, city)
    send_mail_later(template=f"meetings/email/{name}", to=person.email, context=context, language=language)


@outbox_task
def tell_all(meeting_id: int, what: str, **kwargs: Any) -> None:
    """A change of a meeting, to all who signed up for it."""
    meeting, city = Meeting.objects.filter(pk=meeting_id).first(), present_city()
    if meeting is None or (what == Told.MOVED and meeting.is_cancelled):
        return
    for person in _written(meeting):
        person.meeting = meeting
        tell(person, Told(what), city=city)


@outbox_task
def remind(meeting_id: int, begins_at: str, **kwargs: Any) -> None:
    """The day before, to those who have a seat. Moved meanwhile, it has another message."""
    meeting, city = Meeting.objects.filter(pk=meeting_id, cancelled_at=None).first(), present_city()
    if meeting is None or meeting.begins_at.isoformat() != begins_at or meeting.has_begun(timezone.now()):
        return
    for person in _written(meeting).filter(place=Place.SEATED):
        person.meeting = meeting
        tell(person, Told.REMINDER, city=city)


def _written(meeting: Meeting) -> Any:
    return meeting.people.exclude(email="").exclude(place=Place.ASKED).order_by("pk")


def is_reminded(meeting: Meeting, *, at: datetime) -> bool:
    """Whether the day before is still to come."""
    return meeting.begins_at - REMINDED > at


def plan_reminder(meeting: Meeting, *, at: datetime) -> None:
    """One at most, of the dates as they are now."""
    messages_of(remind).filter(payload__meeting_id=meeting.pk).delete()
    if is_reminded(meeting, at=at) and not (meeting.is_draft or meeting.is_cancelled):
        due_at = meeting.begins_at - REMINDED
        enqueue_each_at(remind, [(due_at, {"meeting_id": meeting.pk, "begins_at": meeting.begins_at.isoformat()})])


def plan_telling(meeting: Meeting, what: Told, *, at: datetime) -> None:
    """Whoever has no address is to be called. What changes again within a short time is told once."""
    messages_of(tell_all).filter(payload__meeting_id=meeting.pk, payload__what=what.value).delete()
    told: dict[str, Any] = {"meeting_id": meeting.pk, "what": what.value}
    if what == Told.MOVED:
        enqueue_each_at(tell_all, [(at + TOGETHER, told)])
    else:
        enqueue(tell_all, **told)
    if what != Told.REPORT:
        meeting.people.filter(email="").update(to_call=True)
