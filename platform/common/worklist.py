"""What a consultation needs of its team this week, in lines: each app says its own in its `week.py`.

A line is one thing to do: what, why now, how long it takes, who may do it, where. Where one works through a heap, the
heap is one line: "12 texts to decide on". A source that has nothing to say says nothing: no task is made up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from itertools import chain
from typing import Any


class When(IntEnum):
    """How much it presses, the most first."""

    TODAY = 0
    WEEK = 1
    LATER = 2


# What was sent or done is not asked for again before that.
A_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Sending:
    """What one press sends, and to whom in words. `send` does it, in the transaction that marks the line as done; it is
    given the words, who presses and the moment, and says how many it wrote to.

    `words`: the ready message. `is_editable`: whether whoever presses may change it first.
    """

    to: Any
    words: Any
    send: Callable[..., int]
    is_editable: bool = True


@dataclass(frozen=True)
class Line:
    """`kind` and `subject` name it for as long as it is the same thing to do. Words are in the language of who reads.

    `roles`: of the team, who may do it: those of an ability. `not_by`: people who may not, though of such a role.
    `person`: who alone may; it is theirs, under the title `own_title`.
    `amount`: how many things it stands for; put off, it comes back before its day if it presses more or has doubled.
    `message`: what one may copy and send. `by_hand`: nothing but a person can know that it is done.
    `animates`: it keeps the dialogue alive, and may be in the list that is mailed on Mondays (consultations.worklist).
    `rests`: once done, it comes back after that if there is still something to do; without, it does not come back.
    `sending`: its message leaves by one press. `concerns`: numbers of challenges; whoever keeps people whom these
    concern may offer to send its message to them (`offers`).
    """

    kind: str
    title: Any
    minutes: int
    roles: frozenset[str]
    url: str
    verb: Any
    when: When
    subject: str = ""
    about: Any = ""
    why: Any = ""
    links: tuple[tuple[str, str], ...] = ()
    message: Any = ""
    due_at: datetime | None = None
    amount: int = 1
    by_hand: bool = False
    not_by: frozenset[int] = frozenset()
    person: int | None = None
    own_title: Any = ""
    animates: bool = False
    rests: timedelta | None = None
    sending: Sending | None = None
    concerns: frozenset[int] = frozenset()

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.subject}"

    @property
    def anchor(self) -> str:
        """Where it stands on the page of the week."""
        return "ligne-" + "".join(sign if sign.isalnum() else "-" for sign in self.key)

    def may_be_done_by(self, user: Any) -> bool:
        if self.person not in (None, user.pk) or user.pk in self.not_by:
            return False
        return bool(user.is_active) and user.role in self.roles


@dataclass(frozen=True)
class Asked:
    """Of which consultation the lines are, read with its phases (framing); in which city; at which moment."""

    consultation: Any
    calendar: Any
    city: Any
    at: datetime


Source = Callable[[Asked], Iterable[Line]]


@dataclass(frozen=True)
class _Declared:
    find: Source
    queries: int


sources: list[_Declared] = []


def lines(*, queries: int) -> Callable[[Source], Source]:
    """Register what says its lines; `queries`: at most, whatever there is (tests/portal/test_week.py holds it)."""

    def register(find: Source) -> Source:
        sources.append(_Declared(find, queries))
        return find

    return register


Offering = Callable[[Asked, list[Line]], dict[str, Sending]]


@dataclass(frozen=True)
class _Offered:
    find: Offering
    queries: int


offerings: list[_Offered] = []


def offers(*, queries: int) -> Callable[[Offering], Offering]:
    """Register what offers to send the messages of lines that concern challenges, by the keys of the lines; `queries`:
    at most, for all of them together."""

    def register(find: Offering) -> Offering:
        offerings.append(_Offered(find, queries))
        return find

    return register


def _with_sendings(asked: Asked, found: list[Line]) -> list[Line]:
    open_ones = [line for line in found if line.concerns and line.message and line.sending is None]
    if not open_ones:
        return found
    sendings: dict[str, Sending] = {}
    for each in offerings:
        sendings = each.find(asked, open_ones) | sendings
    return [replace(line, sending=sendings[line.key]) if line.key in sendings else line for line in found]


def lines_of(asked: Asked) -> list[Line]:
    """What presses most comes first; then what is due first; then what is soonest done."""
    found = _with_sendings(asked, list(chain.from_iterable(source.find(asked) for source in sources)))
    far = datetime.max.replace(tzinfo=asked.at.tzinfo)
    return sorted(found, key=lambda line: (line.when, line.due_at or far, line.minutes, line.key))


# ── What other consultations wait for ────────────────────────────────────────


@dataclass(frozen=True)
class Awaited:
    """What one consultation, by its number, waits for: in one line, beside another's week.

    `person`: of whom alone it waits for it; others are not told. `url`: where it is done.
    """

    consultation: int
    words: Any
    when: When
    due_at: datetime | None = None
    person: int | None = None
    url: str = ""


Awaiting = Callable[[Iterable[Any], datetime], Iterable[Awaited]]


@dataclass(frozen=True)
class _AwaitingDeclared:
    find: Awaiting
    queries: int


awaiting: list[_AwaitingDeclared] = []


def awaits(*, queries: int) -> Callable[[Awaiting], Awaiting]:
    """Register what says it of consultations that were read with their phases; `queries`: at most, for them all."""

    def register(find: Awaiting) -> Awaiting:
        awaiting.append(_AwaitingDeclared(find, queries))
        return find

    return register


def awaited_by(consultations: Iterable[Any], *, user: Any, at: datetime) -> dict[int, Awaited]:
    """Of each, by its number, what presses most: first of all what waits for this person alone."""
    every = list(consultations)
    found = chain.from_iterable(source.find(every, at) for source in awaiting) if every else ()
    most: dict[int, Awaited] = {}
    for each in found:
        other = most.get(each.consultation)
        if each.person not in (None, user.pk):
            continue
        if other is None or (each.person is None, urgency(each)) < (other.person is None, urgency(other)):
            most[each.consultation] = each
    return most


def urgency(awaited: Awaited | None) -> tuple[When, datetime]:
    """For sorting: the most urgent first; what waits for nothing last."""
    far = datetime.max.replace(tzinfo=UTC)
    return (awaited.when, awaited.due_at or far) if awaited else (When.LATER, far)
