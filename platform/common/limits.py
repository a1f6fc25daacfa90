"""How often something may be done: one count for the whole platform, kept by PostgreSQL.

A limit is declared once, in the `limits` module of its app, and asked for by name. Its counts are shared by all cities
and all processes, are exact when many ask at once, and do not need Redis: one function of the database does all of it
(public.take_limits), which the role of any city may call and whose table it cannot read. Keys are hashed with the
secret key: neither an address nor a network stands in there. A server that crashes starts counting anew.

A count lasts from the first time until its period is over; what is refused is not counted.
"""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.db import connection
from common.refusals import Refusal
from common.visitors import client_address

_RATE = re.compile(r"(\d+)/(\d*)([smhd])/(key|network)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rate:
    """At most `amount` times in `seconds`, for each key (a person, a mailbox, a city) or each visitor's network."""

    amount: int
    seconds: int
    per: str


class Limit:
    """A named limit: `Limit("sign_in_mail", "5/15m/key", "120/5m/network")`. Units: s, m, h, d.

    `only_looks`: of what is looked up, such as a receipt: nothing would have been recorded, nothing typed is lost.
    """

    registry: dict[str, "Limit"] = {}

    def __init__(self, name: str, *rates: str, only_looks: bool = False) -> None:
        assert name not in self.registry, f"two limits are called {name}"
        self.name, self.only_looks = name, only_looks
        self.rates = tuple(map(_parsed, rates))
        self.registry[name] = self

    def __repr__(self) -> str:
        return f"Limit({self.name})"


def _parsed(rate: str) -> Rate:
    match = _RATE.fullmatch(rate)
    assert match, f"{rate!r} is no rate such as 5/15m/key"
    amount, number, unit, per = match.groups()
    return Rate(int(amount), int(number or 1) * _SECONDS[unit], per)


class TooMany(Refusal):
    """This was done too often. `retry_at` is when it may be done again; `message` says so."""

    code = "too_many"
    status = 429

    def __init__(self, limit: Limit, rate: Rate, retry_at: datetime) -> None:
        self.limit, self.rate, self.retry_at = limit, rate, retry_at
        super().__init__(self.sentence(waiting_time(retry_at, at=timezone.now())))

    @property
    def of_network(self) -> bool:
        return self.rate.per == "network"

    def sentence(self, when: str) -> str:
        if self.of_network:
            return _("Many requests come from the network that you use at the moment. Try again %(when)s.") % {
                "when": when
            }
        return _("That is a lot in a short time. Try again %(when)s.") % {"when": when}


def seconds_until(moment: datetime, *, at: datetime) -> int:
    """For the header `Retry-After`: rounded up, so that trying then succeeds."""
    return max(1, int((moment - at).total_seconds()) + 1)


def waiting_time(until: datetime, *, at: datetime) -> str:
    """ "in 4 minutes", "in 2 hours": rounded up, so that trying then succeeds."""
    minutes = max(1, -(-int((until - at).total_seconds() + 1) // 60))
    if minutes <= 60:
        return ngettext("in %(count)s minute", "in %(count)s minutes", minutes) % {"count": minutes}
    hours = -(-minutes // 60)
    return ngettext("in %(count)s hour", "in %(count)s hours", hours) % {"count": hours}


# ── Asking ───────────────────────────────────────────────────────────────────


def consume(limit: Limit, *, request: HttpRequest | None = None, key: str = "") -> None:
    """Count one time, for all rates of the limit or for none.

    Rates per network need the request; those per key are left out where there is no key. Raises TooMany. Call it
    outside of transactions: inside one, whoever shares the key waits for its end, and a rollback takes the count back.
    """
    rates = _applying(limit, request, key)
    if not rates:
        return
    keys = [each for each, _rate in rates]
    amounts, seconds = [rate.amount for _key, rate in rates], [rate.seconds for _key, rate in rates]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM public.take_limits(%s, %s, %s)", [keys, amounts, seconds])
        refused, retry_at = cursor.fetchone()
    if refused is not None:
        if request is not None:
            request.retry_at = retry_at  # type: ignore[attr-defined]  # for LimitMiddleware
        raise TooMany(limit, rates[refused - 1][1], retry_at)


def give_back(limit: Limit, *, request: HttpRequest | None = None, key: str = "") -> None:
    """Uncount one time, because it turned out well."""
    rates = _applying(limit, request, key)
    if rates:
        with connection.cursor() as cursor:
            cursor.execute("SELECT public.give_limits_back(%s)", [[each for each, _rate in rates]])


def exhausted_until(limit: Limit, *, key: str) -> datetime | None:
    """When the key may go on, if nothing is left for it now; nothing is counted."""
    rates = _applying(limit, None, key)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.limits_free_at(%s, %s)", [[each for each, _rate in rates], [r.amount for _key, r in rates]]
        )
        free_at: datetime | None = cursor.fetchone()[0]
    return free_at


def forget_past_counts() -> None:
    """Remove the counts whose period is over. As the service's own role, in public."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.limit_counts WHERE ends_at < clock_timestamp()")


def _applying(limit: Limit, request: HttpRequest | None, key: str) -> list[tuple[bytes, Rate]]:
    found = []
    for rate in limit.rates:
        network = network_of(client_address(request)) if request is not None else ""
        who = key if rate.per == "key" else network
        if who:
            found.append((_hashed(f"{limit.name}|{rate.seconds}|{rate.per}|{who}"), rate))
    return found


def _hashed(name: str) -> bytes:
    return hmac.digest(f"limits{settings.SECRET_KEY}".encode(), name.encode(), hashlib.sha256)[:16]


def network_of(address: str, *, bits: int = 64) -> str:
    """What one client can easily have: an IPv4 address, or the 64 bits that a household gets of IPv6 (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, bits), strict=False))
    return str(parsed)


def range_of(address: str) -> str:
    """What one subscriber can have at most: an IPv4 address, or 65,536 networks of IPv6 (RFC 6177: a site's /48)."""
    return network_of(address, bits=48)


# ── Views ────────────────────────────────────────────────────────────────────

# What is posted to a view without a limit of its own: a room full of people who type on one network, not a machine.
POSTS = Limit("posts", "120/m/key", "3000/m/network")


def limited_by(limit: Limit, *, by_session: bool = False) -> Callable[[View], View]:
    """Have every unsafe request to a view counted by `limit`: for the person signed in, else for the session.

    `by_session`: for the session in any case. Whoever holds a copy of somebody's session uses up what it may do, and
    not what the person may do who has come in anew.
    """

    def declare(view: View) -> View:
        # Read by LimitMiddleware; wrappers copy it (functools.wraps).
        view.limit, view.limited_by_session = limit, by_session  # type: ignore[attr-defined]
        return view

    return declare


def limit_of(view: Callable[..., Any]) -> Limit:
    return getattr(view, "limit", POSTS)


def key_of(request: HttpRequest, view: Callable[..., Any] | None = None) -> str:
    """Who is counted: the person, by city; before signing in, or where the view says so, the session."""
    if request.user.is_authenticated and not getattr(view, "limited_by_session", False):
        return f"{connection.schema_name}|{request.user.pk}"
    return request.session.session_key or ""
