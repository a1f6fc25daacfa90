"""At the door, and afterwards: who came, what was said, what is to be read of it."""

import re
from datetime import datetime, timedelta

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from common.text import typeset
from consultations.framing.models import Document
from consultations.meetings.enums import Told
from consultations.meetings.models import Attendee, Meeting, SaidThere
from consultations.meetings.rules import MOST_SEATS, REPORT
from consultations.meetings.services.mistakes import too_many_came
from consultations.meetings.services.refusals import NothingSuchThere, NotPublished, NotYetOver, SeatsWrong
from consultations.meetings.services.setting import changeable
from consultations.meetings.services.telling import plan_telling
from consultations.participation.models import Argument, Proposal

# Before it begins, people are ticked as they come in.
DOOR_OPENS = timedelta(hours=2)
_NUMBER = re.compile(r"(?:^|/)([0-9]{1,18})(?:[-/].*)?$")


def tick(*, person: Attendee, came: bool) -> None:
    """At the door. Of what is ticked only the rows of the list speak: no trail of who came where."""
    Attendee.objects.filter(pk=person.pk).update(came=came)


def write_report(
    *,
    meeting: Meeting,
    text: str,
    document: Document | None,
    others_came: int,
    revision: int,
    by: User,
    at: datetime,
) -> Meeting:
    """Everybody reads it. The first time, those who signed up are told.

    Raises ChangedMeanwhile, NotPublished, NotYetOver, SeatsWrong, MeetingCancelled, TextTooShort, TextTooLong.
    """
    text = REPORT.cleaned(typeset(text))
    if not 0 <= others_came <= MOST_SEATS:
        raise SeatsWrong(too_many_came())
    with transaction.atomic():
        found = changeable(meeting)
        if found.is_draft:
            raise NotPublished
        if not found.has_begun(at):
            raise NotYetOver
        if found.revision != revision:
            raise ChangedMeanwhile(found)
        is_first = found.reported_at is None
        found.report, found.others_came, found.revision = text, others_came, revision + 1
        found.document = document if document and document.consultation_id == found.consultation_id else None
        found.reported_at = found.reported_at or at
        found.save(update_fields=["report", "others_came", "revision", "document", "reported_at"])
        record("meeting_reported", actor=by, subject=found)
        if is_first:
            plan_telling(found, Told.REPORT)
    return found


def add_proposal(*, meeting: Meeting, typed: str, by: User, at: datetime) -> SaidThere:
    """One that was made there, by its number or its address. Raises NothingSuchThere, NotYetOver, NotPublished."""
    number = _NUMBER.search(typed.strip().rstrip("/"))
    found = Proposal.objects.published().filter(challenge__consultation=meeting.consultation_id)
    proposal = found.filter(pk=int(number[1])).first() if number else None
    if proposal is None:
        raise NothingSuchThere
    return said_there(meeting=meeting, what=proposal, by=by, at=at)


def said_there(*, meeting: Meeting, what: Proposal | Argument, by: User | None, at: datetime) -> SaidThere:
    """For whoever enters what people said there (consultations.offline): again, it changes nothing.

    Raises NotYetOver, NotPublished, MeetingCancelled.
    """
    with transaction.atomic():
        found = changeable(meeting)
        if found.is_draft:
            raise NotPublished
        if not found.has_begun(at):
            raise NotYetOver
        thing: dict[str, Proposal | Argument] = {"proposal" if isinstance(what, Proposal) else "argument": what}
        said, is_new = SaidThere.objects.get_or_create(meeting=found, **thing, defaults={"added_at": at})
        if is_new:
            record("meeting_said_added", actor=by, subject=found)
    return said


def remove_said(*, said: SaidThere, by: User) -> None:
    """It stays where it was published; that it was said there goes."""
    with transaction.atomic():
        found = changeable(said.meeting)
        if SaidThere.objects.filter(pk=said.pk).delete()[0]:
            record("meeting_said_removed", actor=by, subject=found)
