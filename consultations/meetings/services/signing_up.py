"""Signing up without an account: asked for, confirmed by the link of a mail, given back by it; by telephone, the team
types it. A seat is taken when the address is confirmed, in the order in which that happens."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.mailboxes import mailbox_of
from accounts.models import User
from common.languages import as_kept, present_language
from consultations.meetings.enums import Place, Told
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.rules import NAME, is_phone
from consultations.meetings.services.links import attendee_of
from consultations.meetings.services.refusals import PhoneWrong, SignUpClosed, SignUpGone
from consultations.meetings.services.seats import fill_seats, seat
from consultations.meetings.services.setting import locked_meeting
from consultations.meetings.services.telling import ask_to_confirm, tell


def sign_up(*, meeting: Meeting, name: str, email: str, own: User | None, at: datetime) -> Attendee:
    """Asked twice, it is one sign-up: its mail is sent again, and nobody but its reader learns that there was one.

    `own`: who is signed in; the address of their account needs no mail to be theirs. Raises SignUpClosed, TextTooShort,
    TextTooLong.
    """
    name, email = NAME.cleaned(name), email.strip().lower()
    with transaction.atomic():
        found = _open(meeting, at=at)
        person = _of_mailbox(found, email)
        is_own = own is not None and own.email.lower() == email
        if person is None or (is_own and person.place == Place.ASKED):
            # Asked already by whoever typed this address: only its own reader changes what was said then (`confirm`).
            person = person or Attendee(asked_at=at)
            person.email, person.name, person.language = email, name, as_kept(present_language())
        person.meeting = found
        if person.place == Place.ASKED:
            if is_own:
                seat(person, at=at)
            else:
                person.save()
        if person.place == Place.ASKED:
            ask_to_confirm(person)
        else:
            tell(person, Told(person.place))
    return person


def _of_mailbox(meeting: Meeting, email: str) -> Attendee | None:
    """One mailbox has one seat, however its address is written. Of a row that is locked."""
    mailbox = mailbox_of(email)
    return next((each for each in meeting.people.exclude(email="") if mailbox_of(each.email) == mailbox), None)


def confirm(*, token: str, at: datetime, name: str = "") -> Attendee:
    """By the button behind the link: under `name`, else under that which was typed when it was asked. Pressed twice,
    the second changes nothing. Raises SignUpGone, SignUpClosed, TextTooShort, TextTooLong."""
    person = attendee_of(token)
    name = NAME.cleaned(name) if name.strip() else ""
    with transaction.atomic():
        if person.place != Place.ASKED:
            return person
        found = _open(person.meeting, at=at)
        locked = Attendee.objects.select_for_update(of=("self",), no_key=True).filter(pk=person.pk).first()
        if locked is None:
            raise SignUpGone
        locked.meeting = found
        if locked.place == Place.ASKED:
            locked.name, locked.language = name or locked.name, as_kept(present_language())
            seat(locked, at=at)
            tell(locked, Told(locked.place))
    return locked


def give_up(*, token: str, at: datetime) -> Meeting:
    """What is known of the person goes at once, and whoever is next gets the seat. Raises SignUpGone."""
    person = attendee_of(token)
    with transaction.atomic():
        found = _held(person.meeting)
        found.people.filter(pk=person.pk).delete()
        fill_seats(found, at=at)
    return found


def enter(*, meeting: Meeting, name: str, phone: str, by: User, at: datetime) -> Attendee:
    """Somebody who telephones, or stands at the counter. Raises SignUpClosed, PhoneWrong, TextTooShort, TextTooLong."""
    name, phone = NAME.cleaned(name), phone.strip()
    if phone and not is_phone(phone):
        raise PhoneWrong
    with transaction.atomic():
        found = _open(meeting, at=at)
        person = found.people.filter(email="", name=name, phone=phone).first()
        if person is None:
            person = Attendee(meeting=found, name=name, phone=phone, asked_at=at)
            seat(person, at=at)
            record("meeting_person_entered", actor=by, subject=found)
    return person


def take_off(*, person: Attendee, by: User, at: datetime) -> None:
    """Who says by telephone that they do not come, or somebody whom the team does not expect: they are told by mail,
    for a meeting that is still to come. Taken off already: nothing happens.
    """
    with transaction.atomic():
        found = locked_meeting(person.meeting)
        gone = found.people.filter(pk=person.pk).first()
        if gone is None:
            return
        if gone.place != Place.ASKED and not found.is_cancelled and not found.has_begun(at):
            gone.meeting = found
            tell(gone, Told.TAKEN_OFF)
        gone.delete()
        record("meeting_person_taken_off", actor=by, subject=found)
        fill_seats(found, at=at)


def called(*, person: Attendee) -> None:
    Attendee.objects.filter(pk=person.pk).update(to_call=False)


def _open(meeting: Meeting, *, at: datetime) -> Meeting:
    """The very row. Raises SignUpClosed, ConsultationArchived."""
    found = locked_meeting(meeting)
    if not found.takes_sign_ups(at):
        raise SignUpClosed
    return found


def _held(meeting: Meeting) -> Meeting:
    """The same, of any state."""
    return Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=meeting.pk)
