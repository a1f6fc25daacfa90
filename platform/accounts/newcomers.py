"""How many accounts are new in a city: bounded by network and by mail domain, so that nobody farms reactions with them.

Counted when somebody comes in for the first time, and before what let them in is used up: it still works elsewhere.
Whoever is in the team was invited, and counts for nothing; so does the domain that is known to be the authority's.
"""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.limits import FIRST_ENTRIES_BY_DOMAIN, FIRST_ENTRIES_BY_NETWORK
from accounts.mail_domains import bought_domain, domain_of, is_webmail
from accounts.models import User
from common.db import connection
from common.limits import Limit, Rate, TooMany, consume, give_back, network_of
from common.visitors import client_address

Knows = Callable[[str], bool]

_knowing: list[Knows] = []


def knows_domains(knows: Knows) -> Knows:
    """Register what says whether a mail domain is known to be that of the present schema's authority."""
    _knowing.append(knows)
    return knows


class TooManyNewcomers(TooMany):
    """Many came in for the first time from there. What was begun stays kept."""

    code = "too_many_newcomers"

    def __init__(self, limit: Limit, rate: Rate, retry_at: datetime, *, domain: str = "") -> None:
        self.domain = domain
        super().__init__(limit, rate, retry_at)

    @property
    def of_network(self) -> bool:
        return True

    def sentence(self, when: str) -> str:
        if self.domain:
            said = _(
                "Many people came here for the first time with an address of %(domain)s, more than we let in at once. "
                "Ask for a new message %(when)s, or come in now with an address of another provider. What you have "
                "begun is kept."
            )
            return said % {"domain": self.domain, "when": when}
        said = _(
            "Many people came here for the first time from the network that you use at the moment, more than we let "
            "in at once. Ask for a new message %(when)s, or come in now from another network, such as that of your "
            "telephone. What you have begun is kept."
        )
        return said % {"when": when}


def count_first_entry(*, user: User, request: HttpRequest) -> None:
    """Count somebody who comes into the present city for the first time. Raises TooManyNewcomers."""
    if user.last_login is not None or user.role != Role.PARTICIPANT:
        return
    domain = bought_domain(user.email)
    by_domain = f"{connection.schema_name}|{domain}"
    is_free = is_webmail(domain_of(user.email)) or any(knows(domain_of(user.email)) for knows in _knowing)
    if not is_free:
        _count(FIRST_ENTRIES_BY_DOMAIN, by_domain, domain=domain)
    try:
        _count(FIRST_ENTRIES_BY_NETWORK, f"{connection.schema_name}|{network_of(client_address(request))}")
    except TooManyNewcomers:
        if not is_free:
            give_back(FIRST_ENTRIES_BY_DOMAIN, key=by_domain)
        raise


def _count(limit: Limit, key: str, *, domain: str = "") -> None:
    try:
        consume(limit, key=key)
    except TooMany as refusal:
        raise TooManyNewcomers(limit, refusal.rate, refusal.retry_at, domain=domain) from refusal
