"""The one place that imports Stripe's library, when the first call is made: it weighs 30 MB.

A call is made once. Whoever wants it made keeps its key before, and makes it again with the same key (`errors`).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from billing.clients.errors import Busy, CallFailed, Missing, Refused, Reused, Unsure

if TYPE_CHECKING:
    from stripe import ListObject, RequestOptions, StripeClient, StripeError
    from stripe._v1_services import V1Services

# What this code was written for: another one is another contract, to be read first.
API_VERSION = "2026-10-28.endive"
CONNECT_SECONDS, ANSWER_SECONDS = 5, 25
PAGE = 100
DAYS_UNTIL_DUE = 30


@contextmanager
def calling() -> Iterator["V1Services"]:
    """Stripe's services, for a call in the block. Raises errors of ours (`errors`), and only these."""
    if not settings.STRIPE_SECRET_KEY:
        raise Refused("no_key_is_set")
    services = _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE).v1
    from stripe import StripeError

    try:
        yield services
    except StripeError as error:
        # Without what the library says: its text may hold what somebody typed, and the end of the key.
        raise _ours(error) from None


def once(key: str) -> "RequestOptions":
    """The options of a call that is made once for a key, however often it is sent."""
    if not key:
        raise ValueError("A call that changes something has a key.")
    return {"idempotency_key": key}


def every(page: "ListObject[Any]") -> Iterator[dict[str, Any]]:
    """Page after page."""
    for each in page.auto_paging_iter():
        yield each.to_dict()


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> "StripeClient":
    import stripe
    from requests import Session

    stripe.enable_telemetry = False
    # It tells what was sent, and in what words that was refused.
    logging.getLogger("stripe").setLevel(logging.WARNING)
    session = None
    if base:
        # On this machine, whatever proxy the environment names.
        session = Session()
        session.trust_env = False
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        # A misspelt name would be taken in silence, and lead to the real one: tests look at the address.
        base_addresses={"api": base, "connect": base, "files": base, "meter_events": base} if base else None,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS), session=session),
    )


def _ours(error: "StripeError") -> CallFailed:
    status, request = error.http_status or 0, error.request_id or ""
    details = error.error
    code = error.code or (details and (details.code or details.type)) or type(error).__name__
    if status in (409, 429):
        return Busy(code, status=status, request=request)
    if not 400 <= status < 500:
        # Names of headers are as the answer wrote them.
        headers = {name.lower(): value for name, value in (error.headers or {}).items()}
        spent = headers.get("idempotent-replayed") == "true"
        return Unsure(code, key_is_spent=spent, status=status, request=request)
    if details and details.type == "idempotency_error":
        return Reused(code, status=status, request=request)
    kind = Missing if status == 404 else Refused
    return kind(code, param=getattr(error, "param", None) or "", status=status, request=request)
