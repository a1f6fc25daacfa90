"""Until when what is being made says the truth, as far as time alone changes it.

While a kept page is made (common.pagecache), the present moment notes what it is compared with: a phase that closes at
six makes a page that holds until six, today's date one that holds until midnight, where the city is. Whatever else is
asked of it (its hour, how long ago something was, a condition in SQL) makes one that holds until the minute passes. So
nothing declares anything, and a page that asks nothing of the clock holds until something changes.

`django.utils.timezone.now` is the function below as soon as apps are loaded (common.apps), `localdate` and `localtime`
ask it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta, tzinfo
from functools import wraps
from threading import Lock
from typing import Any

from django.utils import timezone

_real_now = timezone.now
_MINUTE = timedelta(minutes=1)


class Validity:
    """Until when something holds that is kept. Several may add to it at once."""

    __slots__ = ("_lock", "until")

    def __init__(self) -> None:
        self.until: datetime | None = None
        self._lock = Lock()

    def ends(self, at: datetime) -> None:
        with self._lock:
            if self.until is None or at < self.until:
                self.until = at

    @property
    def is_over(self) -> bool:
        return self.until is not None and timezone.now() >= self.until

    @contextmanager
    def noted(self) -> Iterator[None]:
        """What is made meanwhile, here, is a part of it."""
        token = _noting.set(self)
        try:
            if timezone.now is not now:  # somebody else's clock (a test's) notes nothing
                self.ends(_minute_after(timezone.now()))
            yield
        finally:
            _noting.reset(token)


_noting: ContextVar[Validity | None] = ContextVar("noting", default=None)


def known_until() -> datetime | None:
    """Until when all that has been made of the present page holds."""
    here = _noting.get()
    return here.until if here else None


def ends(at: datetime | None) -> None:
    """The present page holds no longer than this part of it, made before."""
    here = _noting.get()
    if here and at:
        here.ends(at)


@wraps(timezone.now)
def now() -> datetime:
    return Instant.of(_real_now()) if _noting.get() else _real_now()


# What a moment later is no longer so; the others change when it comes.
_CHANGES_AFTER = (datetime.__le__, datetime.__gt__, datetime.__eq__, datetime.__ne__)


def _minute_after(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0) + _MINUTE


class Instant(datetime):
    """The present moment, or one that is always as far from it, which notes what is asked of it.

    `datetime.combine` alone reads it without asking: give it a date.
    """

    plain: datetime
    # How far from the present.
    ahead: timedelta

    @classmethod
    def of(cls, plain: datetime, ahead: timedelta = timedelta()) -> "Instant":
        parts = (plain.year, plain.month, plain.day, plain.hour, plain.minute, plain.second, plain.microsecond)
        made = cls(*parts, tzinfo=plain.tzinfo, fold=plain.fold)
        made.plain, made.ahead = plain, ahead
        return made

    def _compared(self, other: object, how: Callable[[datetime, Any], Any]) -> Any:
        if isinstance(other, Instant):  # they move together
            return how(self.plain, other.plain)
        if isinstance(other, datetime) and (other > self.plain or (other == self.plain and how in _CHANGES_AFTER)):
            ends(other - self.ahead)
        return how(self.plain, other)

    def __lt__(self, other: object) -> Any:
        return self._compared(other, datetime.__lt__)

    def __le__(self, other: object) -> Any:
        return self._compared(other, datetime.__le__)

    def __gt__(self, other: object) -> Any:
        return self._compared(other, datetime.__gt__)

    def __ge__(self, other: object) -> Any:
        return self._compared(other, datetime.__ge__)

    def __eq__(self, other: object) -> Any:
        return self._compared(other, datetime.__eq__)

    def __ne__(self, other: object) -> Any:
        return self._compared(other, datetime.__ne__)

    __hash__ = datetime.__hash__

    def __add__(self, other: Any) -> Any:
        return Instant.of(self.plain + other, self.ahead + other) if isinstance(other, timedelta) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, timedelta):
            return self + -other
        if isinstance(other, Instant):
            return self.plain - other.plain
        return self._until_the_minute_passes() - other

    def __rsub__(self, other: Any) -> Any:
        return other - self._until_the_minute_passes()

    def astimezone(self, tz: tzinfo | None = None) -> "Instant":
        return Instant.of(self.plain.astimezone(tz), self.ahead)

    def date(self) -> date:
        return self._until_the_day_passes().date()

    def _until_the_day_passes(self) -> datetime:
        following = self.plain.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) + timedelta(days=1)
        ends(following.astimezone(timezone.get_fixed_timezone(0)) - self.ahead)
        return self.plain

    def _until_the_minute_passes(self) -> datetime:
        ends(_minute_after(self.plain - self.ahead))
        return self.plain

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._until_the_minute_passes().__reduce_ex__(protocol)


def _of_the_day(name: str) -> Any:
    return property(lambda self: getattr(self._until_the_day_passes(), name))


def _of_the_minute(name: str) -> Any:
    if not callable(getattr(datetime, name)):
        return property(lambda self: getattr(self._until_the_minute_passes(), name))
    return lambda self, *args, **kwargs: getattr(self._until_the_minute_passes(), name)(*args, **kwargs)


for _name in ("year", "month", "day"):
    setattr(Instant, _name, _of_the_day(_name))
for _name in ("weekday", "isoweekday", "isocalendar", "toordinal"):
    setattr(Instant, _name, lambda self, _name=_name: getattr(self.date(), _name)())
for _name in (
    *("hour", "minute", "second", "microsecond", "time", "timetz", "replace", "timetuple", "utctimetuple"),
    *("timestamp", "isoformat", "strftime", "ctime", "__str__", "__repr__", "__format__"),
):
    setattr(Instant, _name, _of_the_minute(_name))
