"""The team's week: the lines of a consultation, with who has each of them, what was put off and what is done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.abilities import SEE_ASSIGNED, may
from accounts.models import User
from accounts.selectors import COME_IN
from common.city import present_city
from common.worklist import Asked, Line, When, lines_of
from consultations.framing.models import Consultation, Phase
from consultations.framing.selectors import calendar_of, every_consultation
from consultations.portal.abilities import SHARE_OUT
from consultations.portal.models import WorkItem
from tenants.models import Municipality

_DONE_SHOWN, _DONE_SINCE = 10, timedelta(days=7)


@dataclass(frozen=True)
class Row:
    """A line as one person sees it. `rank`: its place among those that are to be done."""

    line: Line
    item: WorkItem | None
    user: User
    colleagues: Sequence[User]  # who may do it, but this person and whoever has it
    rank: int = 0

    @property
    def holder(self) -> User | None:
        """Who has it, as long as they may do it; what is one person's alone is with them from the first."""
        if self.line.person is not None:
            return next((each for each in (self.user, *self.colleagues) if each.pk == self.line.person), None)
        found = self.item and self.item.assigned_to
        return found if found and self.line.may_be_done_by(found) else None

    @property
    def is_mine(self) -> bool:
        return self.holder == self.user

    @property
    def title(self) -> Any:
        return (self.is_mine and self.line.own_title) or self.line.title

    @property
    def may_do(self) -> bool:
        return self.line.may_be_done_by(self.user)

    @property
    def may_handle(self) -> bool:
        return may_handle(self.line, self.user)

    @property
    def may_wait(self) -> bool:
        return self.line.when != When.TODAY


@dataclass
class Week:
    """`groups`: what presses, what is for this week, what can wait; empty ones are left out."""

    user: User
    rows: list[Row] = field(default_factory=list)
    later: list[Row] = field(default_factory=list)
    done: list[tuple[WorkItem, bool]] = field(default_factory=list)  # and whether it can be taken up again

    @property
    def pressing(self) -> int:
        return sum(row.line.when == When.TODAY for row in self.rows)

    @property
    def waiting(self) -> int:
        return len(self.rows) - self.pressing

    @property
    def minutes(self) -> int:
        return sum(row.line.minutes for row in self.rows)

    @property
    def mine(self) -> list[Row]:
        return [row for row in self.rows if row.is_mine]

    @property
    def my_minutes(self) -> int:
        return sum(row.line.minutes for row in self.mine)

    def groups(self, *, mine: bool) -> list[tuple[When, list[Row]]]:
        shown = self.mine if mine else self.rows
        found = [(when, [row for row in shown if row.line.when == when]) for when in When]
        return [(when, rows) for when, rows in found if rows]


def may_handle(line: Line, user: User) -> bool:
    """Whether they may take it, give it to others, put it off: who may do it, and who shares out the work."""
    return line.may_be_done_by(user) or may(user, SHARE_OUT)


def asked_of(consultation: Consultation, *, city: Municipality, at: datetime) -> Asked:
    """No query where the consultation was read with its phases."""
    return Asked(consultation, calendar_of(consultation, at=at), city, at)


def week_of(consultation: Consultation, *, user: User, city: Municipality, at: datetime) -> Week:
    """Two queries beside those of the sources."""
    today = timezone.localdate(at)
    items = {item.key: item for item in _items(consultation)}
    colleagues = team_at_work()
    week, there = Week(user), set()
    found = lines_of(asked_of(consultation, city=city, at=at))
    # Nobody else does what is one's alone: of what presses as much, it comes first.
    for line in sorted(found, key=lambda line: (line.when, line.person != user.pk)):
        item = items.get(line.key)
        if may_handle(line, user):
            there.add(line.key)
        if item and item.is_done(line, at=at):
            continue
        holder = item.assigned_to_id if item else None
        others = [each for each in colleagues if line.may_be_done_by(each) and each.pk not in (user.pk, holder)]
        if item and item.holds_back(line, today=today):
            week.later.append(Row(line, item, user, others))
        else:
            week.rows.append(Row(line, item, user, others, rank=len(week.rows) + 1))
    done = [item for item in items.values() if item.done_at and item.done_at > at - _DONE_SINCE]
    done.sort(key=lambda item: (item.done_at, item.pk), reverse=True)
    week.done = [(item, item.key in there and not item.sent) for item in done[:_DONE_SHOWN]]
    return week


def _items(consultation: Consultation) -> Any:
    return WorkItem.objects.filter(consultation=consultation).select_related("assigned_to", "handled_by").order_by("pk")


def team_at_work() -> list[User]:
    """Who may be given something: whoever is of the team and has come in."""
    return list(
        User.objects.filter(COME_IN, is_active=True, role__in=SEE_ASSIGNED.in_team).order_by("created_at", "pk")
    )


def lines_assigned_to(user: User, *, at: datetime) -> list[tuple[WorkItem, Line]]:
    """Those that are still to be done: one query where nothing is, else those of the sources, by consultation."""
    items = list(WorkItem.objects.filter(assigned_to=user, done_at=None).select_related("consultation").order_by("pk"))
    if not items:
        return []
    pks = {item.consultation_id for item in items}
    city, found = present_city(), {}
    for consultation in every_consultation().filter(pk__in=pks, archived_at=None).order_by("pk"):
        for line in lines_of(asked_of(consultation, city=city, at=at)):
            found[consultation.pk, line.key] = line
    held = [(item, found.get((item.consultation_id, item.key))) for item in items]
    return [(item, line) for item, line in held if line is not None and line.may_be_done_by(user)]


def next_date(consultation: Consultation, *, at: datetime) -> tuple[datetime, Phase, bool] | None:
    """The next moment at which a phase begins (True) or ends. What is archived waits for none."""
    if consultation.is_archived:
        return None
    found = [(each.opens_at, each.pk, each, True) for each in consultation.phases.all() if each.opens_at]
    found += [(each.closes_at, each.pk, each, False) for each in consultation.phases.all() if each.closes_at]
    to_come = sorted((each for each in found if each[0] > at), key=lambda each: (each[0], each[1], not each[3]))
    return (to_come[0][0], to_come[0][2], to_come[0][3]) if to_come else None
