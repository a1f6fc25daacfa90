"""Preparing a meeting, publishing it, moving and cancelling it: whoever signed up is told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.city import present_city
from common.meanwhile import ChangedMeanwhile
from common.outbox import announce_later
from common.sent_before import SentBefore, make_once
from consultations.framing.models import Challenge, Consultation
from consultations.framing.services.consultations import locked, refuse_archived
from consultations.framing.services.dates import on_the_minute
from consultations.framing.services.forward import NotOpenYet
from consultations.meetings.enums import MeetingKind, Told
from consultations.meetings.events import meeting_published
from consultations.meetings.models import Meeting, MeetingChallenge
from consultations.meetings.rules import ACCESS, ADDRESS, PLACE, TEXT, TITLE, WHY
from consultations.meetings.selectors import is_read_by_all
from consultations.meetings.services.mistakes import mistakes_in, refuse_first, wrong_dates
from consultations.meetings.services.refusals import (
    MeetingCancelled,
    MeetingOver,
    NotPublished,
    StandsAlready,
)
from consultations.meetings.services.seats import fill_seats
from consultations.meetings.services.telling import (
    dates_and_place,
    plan_reminder,
    plan_telling,
    plan_telling_of_move,
)


def create_meeting(
    *, consultation: Consultation, by: User | None, at: datetime, form: UUID | None = None, **said: Any
) -> Meeting:
    """Prepare one: the team alone sees it. `said`: see `_checked`, which says what is refused.

    `form`: drawn with the form, which sent twice makes one; so does the same meeting of the same person. Raises
    SentBefore.
    """
    challenges = said.pop("challenges", ())
    with transaction.atomic():
        consultation = locked(consultation)
        given = _checked(at=at, **said)
        same = Meeting.objects.filter(consultation=consultation, created_by=by, **given).first()
        if same is not None:
            return same
        made = Meeting(consultation=consultation, created_by=by, created_at=at, form=form, **given)
        meeting, is_new = make_once(made)
        if is_new:
            _about(meeting, challenges)
            record("meeting_created", actor=by, subject=meeting, title=meeting.title)
        elif any(getattr(meeting, name) != value for name, value in given.items()):
            raise SentBefore(meeting, meeting.title)
    return meeting


def change_meeting(*, meeting: Meeting, revision: int, by: User | None, at: datetime, **said: Any) -> Meeting:
    """Published and not begun, whoever signed up is told of other dates and another place.

    Raises ChangedMeanwhile, MeetingCancelled, and what `_checked` refuses.
    """
    challenges = said.pop("challenges", ())
    with transaction.atomic():
        found = changeable(meeting)
        if found.revision != revision:
            raise ChangedMeanwhile(found)
        given = _checked(at=at, before=found, **said)
        before = dates_and_place(found)
        for name, value in given.items():
            setattr(found, name, value)
        found.revision += 1
        is_moved = before != dates_and_place(found) and not found.is_draft
        if is_moved:
            plan_telling_of_move(found, before=before, at=at)
        found.save()
        _about(found, challenges)
        record("meeting_moved" if is_moved else "meeting_changed", actor=by, subject=found)
        if not found.is_draft and not found.has_begun(at):
            plan_reminder(found, at=at)
            fill_seats(found, at=at)
    return found


def publish_meeting(*, meeting: Meeting, by: User | None, at: datetime) -> Meeting:
    """Everybody reads it, and may sign up. Published already: nothing happens. Raises NotOpenYet, WrongDates."""
    with transaction.atomic():
        found = changeable(meeting)
        if not found.is_draft:
            return found
        if not is_read_by_all(found.consultation, present_city()):
            raise NotOpenYet
        refuse_first(wrong_dates(found.begins_at, found.ends_at, at=at))
        found.published_at = at
        found.save(update_fields=["published_at"])
        plan_reminder(found, at=at)
        record("meeting_published", actor=by, subject=found)
        announce_later(meeting_published, meeting_id=found.pk)
    return found


def cancel_meeting(*, meeting: Meeting, why: str, by: User | None, at: datetime) -> Meeting:
    """It stays to be read, with the reason. Cancelled already: nothing happens. Raises NotPublished, MeetingOver."""
    why = WHY.cleaned(why)
    with transaction.atomic():
        found = locked_meeting(meeting)
        if found.is_cancelled:
            return found
        if found.is_draft:
            raise NotPublished
        if found.has_begun(at):
            raise MeetingOver
        found.cancelled_at, found.cancelled_why = at, why
        found.save(update_fields=["cancelled_at", "cancelled_why"])
        plan_reminder(found, at=at)
        plan_telling(found, Told.CANCELLED)
        record("meeting_cancelled", actor=by, subject=found)
    return found


def discard_meeting(*, meeting: Meeting, by: User | None) -> None:
    """One that was never published. Raises StandsAlready."""
    with transaction.atomic():
        found = locked_meeting(meeting)
        if not found.is_draft:
            raise StandsAlready
        record("meeting_discarded", actor=by, subject=found, title=found.title)
        found.delete()


def locked_meeting(meeting: Meeting) -> Meeting:
    """The very row, until the end of the transaction, with its consultation. Raises ConsultationArchived."""
    rows = Meeting.objects.select_related("consultation").select_for_update(of=("self",), no_key=True)
    found = rows.get(pk=meeting.pk)
    refuse_archived(found.consultation)
    return found


def changeable(meeting: Meeting) -> Meeting:
    """The same. Raises MeetingCancelled."""
    found = locked_meeting(meeting)
    if found.is_cancelled:
        raise MeetingCancelled
    return found


def _about(meeting: Meeting, challenges: Iterable[Challenge]) -> None:
    """Of its consultation alone."""
    wanted = {each.pk for each in challenges if each.consultation_id == meeting.consultation_id}
    meeting.subjects.exclude(challenge__in=wanted).delete()
    there = set(meeting.subjects.values_list("challenge", flat=True))
    MeetingChallenge.objects.bulk_create(
        MeetingChallenge(meeting=meeting, challenge_id=pk) for pk in sorted(wanted - there)
    )


def _checked(
    *,
    at: datetime,
    before: Meeting | None = None,
    kind: str,
    title: str,
    text: str = "",
    begins_at: datetime,
    ends_at: datetime,
    place: str = "",
    address: str = "",
    url: str = "",
    access: str = "",
    signs_up: bool = True,
    seats: int | None = None,
    **helps: bool,
) -> dict[str, Any]:
    """Raises TextTooShort, TextTooLong, and the first of `mistakes_in`; ValueError for no kind."""
    given = {
        "kind": MeetingKind(kind),
        "title": TITLE.cleaned(title),
        "text": TEXT.cleaned(text, optional=True),
        "begins_at": on_the_minute(begins_at),
        "ends_at": on_the_minute(ends_at),
        "place": PLACE.cleaned(place, optional=True),
        "address": ADDRESS.cleaned(address, optional=True),
        "url": url,
        "access": ACCESS.cleaned(access, optional=True),
        "signs_up": signs_up,
        "seats": seats,
        **{name: helps.get(name, False) for name in ("wheelchair", "loop", "sign_language", "childcare")},
    }
    refuse_first(mistakes_in(given, at=at, before=before))
    return {**given, "seats": seats if signs_up else None}
