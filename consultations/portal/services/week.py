"""Lines of the week: to be given to somebody, put off, done by hand; and back.

Each is said once: the same again changes nothing. What a line is now is read anew, under the lock of what was said.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.abilities import SEE_DESK, may
from accounts.audit import record
from accounts.models import User
from common.outbox import announce_later
from common.worklist import Line, When, lines_of
from consultations.framing.models import Consultation
from consultations.portal.events import line_assigned
from consultations.portal.models import WorkItem
from consultations.portal.selectors.week import asked_of, may_handle
from consultations.portal.services.refusals import (
    CannotDoIt,
    CannotWait,
    DoneByItself,
    LineGone,
    NoSuchDay,
    NothingToSend,
    NotTheirs,
    SentAlready,
    TakenMeanwhile,
)
from tenants.models import Municipality

TOMORROW, MONDAY, IN_A_WEEK = "demain", "lundi", "semaine"


def assign_line(
    *,
    consultation: Consultation,
    key: str,
    to: User | None,
    seen: int | None,
    actor: User,
    city: Municipality,
    at: datetime,
) -> WorkItem:
    """`to`: None gives it back to all. `seen`: the number of who had it on the page that was read.

    Tells who gets it, unless they took it themselves. Raises LineGone, NotTheirs, CannotDoIt, TakenMeanwhile.
    """
    with transaction.atomic():
        line, item = _locked(consultation, key, actor=actor, city=city, at=at)
        if item.assigned_to_id == (to.pk if to else None):
            return item
        if to is not None and not line.may_be_done_by(to):
            raise CannotDoIt
        held = item.assigned_to if item.assigned_to and line.may_be_done_by(item.assigned_to) else None
        if (held.pk if held else None) != seen:
            raise TakenMeanwhile(held)
        item.assigned_to, item.assigned_at, item.title = to, at, str(line.title)
        item.save(update_fields=["assigned_to", "assigned_at", "title", "done_at", "sent"])
        record("line_assigned" if to else "line_given_back", actor=actor, subject=item, to=to.pk if to else None)
        if to is not None:
            announce_later(line_assigned, item_id=item.pk, actor_id=actor.pk)
    return item


def put_off_line(
    *, consultation: Consultation, key: str, until: str, actor: User, city: Municipality, at: datetime
) -> WorkItem:
    """Until the morning of a day, for everybody; before that if it gets worse (WorkItem.holds_back).

    Raises LineGone, NotTheirs, CannotWait; NoSuchDay for what is not offered.
    """
    with transaction.atomic():
        line, item = _locked(consultation, key, actor=actor, city=city, at=at)
        if line.when == When.TODAY:
            raise CannotWait
        day = _day(until, today=timezone.localdate(at))
        if item.until == day and item.holds_back(line, today=timezone.localdate(at)):
            return item
        item.until, item.when, item.amount = day, line.when, line.amount
        _handled(item, line, actor, at)
        record("line_put_off", actor=actor, subject=item, until=day.isoformat())
    return item


def finish_line(*, consultation: Consultation, key: str, actor: User, city: Municipality, at: datetime) -> WorkItem:
    """Of what only a person can know. Raises LineGone, NotTheirs, DoneByItself."""
    with transaction.atomic():
        line, item = _locked(consultation, key, actor=actor, city=city, at=at)
        if not line.by_hand:
            raise DoneByItself
        if item.is_done(line, at=at):
            return item
        item.done_at, item.sent = at, 0
        _handled(item, line, actor, at)
        record("line_done", actor=actor, subject=item)
    return item


def send_line(
    *, consultation: Consultation, key: str, words: str | None, actor: User, city: Municipality, at: datetime
) -> WorkItem:
    """Its message leaves by this press, and it is done. A second press sends nothing, whoever's it is.

    `words`: as they were changed, if they were; of a message that may not be, they are left aside. Raises LineGone,
    NotTheirs, SentAlready, NothingToSend, and what the sending raises.
    """
    with transaction.atomic():
        line, item = _locked(consultation, key, actor=actor, city=city, at=at)
        if not line.may_be_done_by(actor):
            raise NotTheirs
        if item.is_done(line, at=at):
            raise SentAlready(item)
        if line.sending is None:
            raise NothingToSend
        given = words if line.sending.is_editable and words is not None else str(line.sending.words)
        item.sent = line.sending.send(words=given, by=actor, at=at)
        item.done_at = at
        _handled(item, line, actor, at)
        record("line_sent", actor=actor, subject=item, count=item.sent)
    return item


def resume_line(*, consultation: Consultation, key: str, actor: User, city: Municipality, at: datetime) -> WorkItem:
    """Neither put off nor done any more. Raises LineGone, NotTheirs."""
    with transaction.atomic():
        line, item = _locked(consultation, key, actor=actor, city=city, at=at)
        if item.until is None and item.done_at is None:
            return item
        if item.sent and item.is_done(line, at=at):
            raise SentAlready(item)
        item.until = item.done_at = None
        _handled(item, line, actor, at)
        record("line_resumed", actor=actor, subject=item)
    return item


def let_go_of_lines(user: User) -> None:
    """Of somebody whose role changed: what they held is anybody's again."""
    WorkItem.objects.filter(assigned_to=user, done_at=None).update(assigned_to=None, assigned_at=None)


def _locked(
    consultation: Consultation, key: str, *, actor: User, city: Municipality, at: datetime
) -> tuple[Line, WorkItem]:
    line = next((each for each in lines_of(asked_of(consultation, city=city, at=at)) if each.key == key), None)
    if line is None:
        raise LineGone
    if not may_handle(line, actor):
        raise NotTheirs
    new = {"title": str(line.title), "handled_by": actor, "handled_at": at}
    WorkItem.objects.get_or_create(consultation=consultation, key=key, defaults=new)
    item = WorkItem.objects.select_for_update(of=("self",), no_key=True).get(consultation=consultation, key=key)
    if item.done_at and not item.is_done(line, at=at):  # it came back: of what was done then nothing holds any more
        item.done_at, item.sent, item.assigned_to, item.assigned_at = None, 0, None, None
    if not may(actor, SEE_DESK) and item.assigned_to_id != actor.pk:
        raise NotTheirs  # a service has what is assigned to it, and nothing else
    return line, item


def _handled(item: WorkItem, line: Line, actor: User, at: datetime) -> None:
    item.title, item.handled_by, item.handled_at = str(line.title), actor, at
    item.save()


def _day(until: str, *, today: date) -> date:
    if until == TOMORROW:
        return today + timedelta(days=1)
    if until == MONDAY:
        return today + timedelta(days=7 - today.weekday())
    if until == IN_A_WEEK:
        return today + timedelta(days=7)
    raise NoSuchDay
