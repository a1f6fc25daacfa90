"""What those who signed up are written: by messages of the outbox, whose run writes to all of them or to none."""

from collections.abc import Iterable
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.mail import send_mail_later
from common.city import present_city
from common.languages import kept_language
from common.models import OutboxMessage
from common.outbox import enqueue, enqueue_each_at, messages_of, outbox_task
from consultations.meetings.enums import Place, Told
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.rules import REMINDED
from consultations.meetings.services.links import token_of
from consultations.meetings.services.mistakes import MOVED
from consultations.meetings.words import helps, when, when_and_where

# Changes that come within this time are told as one; at once, of a meeting for which people are about to leave home.
TOGETHER, SOON = timedelta(minutes=10), timedelta(hours=3)


def tell(person: Attendee, what: Told, *, city: Any = None) -> None:
    """Write to somebody who has confirmed their address. Of the caller's transaction."""
    if person.email:
        _write("told", person, city or present_city(), what=what.value)
        _note(person.meeting, [person])


def ask_to_confirm(person: Attendee, *, city: Any = None) -> None:
    """To an address that anybody may have typed: without a word of whoever did."""
    _write("to_confirm", person, city or present_city())


def _write(name: str, person: Attendee, city: Any, *, what: str = "", former: Meeting | None = None) -> None:
    meeting, base = person.meeting, city.url.rstrip("/")
    context = {
        "city": city,
        "meeting": meeting,
        "what": what,
        "is_waiting": person.place == Place.WAITING,
        "former": former and partial(when_and_where, former, now=meeting),
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
    """A change of a meeting, to all who signed up for it; another day or place to those who were told otherwise.

    `before`, `heard`: see `plan_telling_of_move`. Cancelled, it is the one that each of them last heard of.
    """
    meeting, city = Meeting.objects.filter(pk=meeting_id).first(), present_city()
    if meeting is None or (what == Told.MOVED and meeting.is_cancelled):
        return
    now, heard = dates_and_place(meeting), kwargs.get("heard", {})
    for person in _written(meeting):
        person.meeting = meeting
        if "before" not in kwargs:
            _write("told", person, city, what=what)
            continue
        known = heard.get(str(person.pk)) or [kwargs["before"]]
        if what != Told.MOVED:
            person.meeting = _as_it_was(meeting, known[-1])
            _write("told", person, city, what=what)
        elif others := [each for each in known if each != now]:
            _write("told", person, city, what=what, former=_as_it_was(meeting, others[-1]))


@outbox_task
def remind(meeting_id: int, begins_at: str, **kwargs: Any) -> None:
    """The day before, to those who have a seat. Moved meanwhile, it has another message."""
    meeting, city = Meeting.objects.filter(pk=meeting_id, cancelled_at=None).first(), present_city()
    if meeting is None or meeting.begins_at != datetime.fromisoformat(begins_at) or meeting.has_begun(timezone.now()):
        return
    seated = list(_written(meeting).filter(place=Place.SEATED))
    for person in seated:
        person.meeting = meeting
        _write("told", person, city, what=Told.REMINDER.value)
    _note(meeting, seated)


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


def plan_telling(meeting: Meeting, what: Told) -> None:
    """Whoever has no address is to be called. A move that was not told yet is left out of what is cancelled."""
    messages_of(tell_all).filter(payload__meeting_id=meeting.pk, payload__what=what.value).delete()
    known: dict[str, Any] = {}
    if what == Told.CANCELLED and (waits := _telling_of_move(meeting).first()):
        known = {name: waits.payload[name] for name in ("before", "heard") if name in waits.payload}
        waits.delete()
    enqueue(tell_all, meeting_id=meeting.pk, what=what.value, **known)
    if what != Told.REPORT:
        meeting.people.filter(email="").update(to_call=True)


def plan_telling_of_move(meeting: Meeting, *, before: dict[str, str], at: datetime) -> None:
    """What changes again within a short time is told once; put back meanwhile, nothing has moved: sets its `moved_at`.

    `before`: its `dates_and_place` until now. The message keeps those that people had been told, what somebody `heard`
    besides since it was first moved, and whom it had called. The caller holds its row, and saves it.
    """
    waits = _telling_of_move(meeting)
    kept = waits.first()
    former = meeting.moved_at and meeting.moved_at.isoformat()
    told: dict[str, Any] = {"before": before, "since": at.isoformat(), "heard": {}, "moved_at": former, "to_call": []}
    told |= {"meeting_id": meeting.pk, "what": Told.MOVED.value, **(kept.payload if kept else {})}
    is_back = told["before"] == dates_and_place(meeting)
    if is_back:
        meeting.moved_at = datetime.fromisoformat(told["moved_at"]) if told["moved_at"] else None
    else:
        meeting.moved_at = at
    by_phone = meeting.people.filter(email="")
    # Those who were called meanwhile, or signed up, know what it has just been.
    known = list(by_phone.filter(to_call=False).values_list("pk", flat=True))
    told["to_call"] = [pk for pk in told["to_call"] if pk not in known] if kept else known
    by_phone.update(to_call=True)
    if is_back:
        by_phone.filter(pk__in=told.pop("to_call")).update(to_call=False)
    waits.delete()
    if is_back and not told["heard"]:
        return
    if min(meeting.begins_at, datetime.fromisoformat(before["begins_at"])) - at < SOON:
        enqueue(tell_all, **told)
    else:
        enqueue_each_at(tell_all, [(at + TOGETHER, told)])


def dates_and_place(meeting: Meeting) -> dict[str, str]:
    """What whoever signed up is told of, as a message keeps it."""
    found = {name: getattr(meeting, name) for name in MOVED}
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in found.items()
    }


def _as_it_was(meeting: Meeting, kept: dict[str, str]) -> Meeting:
    found = copy(meeting)
    for name, value in kept.items():
        setattr(found, name, datetime.fromisoformat(value) if name in ("begins_at", "ends_at") else value)
    return found


def _telling_of_move(meeting: Meeting) -> QuerySet[OutboxMessage]:
    """The message that waits, locked: while its run writes to everybody, whoever asks waits too."""
    found = messages_of(tell_all).filter(payload__meeting_id=meeting.pk, payload__what=Told.MOVED.value)
    return found.select_for_update(of=("self",), no_key=True)


def _note(meeting: Meeting, people: Iterable[Attendee]) -> None:
    """They have just read where and when it is: of a move that waits to be told, who signed up since knows no other."""
    message = _telling_of_move(meeting).first()
    if message is None or "before" not in message.payload:
        return
    now, payload = dates_and_place(meeting), message.payload
    for person in people:
        is_new = person.confirmed_at is not None and person.confirmed_at >= datetime.fromisoformat(payload["since"])
        payload["heard"].setdefault(str(person.pk), [] if is_new else [payload["before"]]).append(now)
    message.save(update_fields=["payload"])
