"""What Stripe sends by itself: read only once it is sure that Stripe sent it, just now, to this platform.

Stripe's library would do this, and weigh 30 MB in every web process: its signature is a few lines.
https://docs.stripe.com/webhooks#verify-manually
"""

import hashlib
import hmac
import json
import re
from datetime import datetime

from django.conf import settings

from billing.clients import reading
from billing.clients.records import Event

TOLERANCE_SECONDS = 300
MAX_BODY = 256 * 1024
# As we keep them.
_NUMBER, _TYPE = re.compile(r"[!-~]{1,64}"), re.compile(r"[!-~]{1,60}")


class BadWebhook(Exception):
    """A message that is not to be believed, or not for us.

    `code`: too_long, unsigned, stale, forged; then, of one that Stripe did sign, no_snapshot, unreadable, other_mode,
    other_account, the last two with the `event`.
    """

    def __init__(self, code: str, event: Event | None = None) -> None:
        super().__init__(code)
        self.code, self.event = code, event


def read_webhook(*, body: bytes, signature: str, at: datetime) -> Event:
    """What a webhook tells of. `signature` is the header Stripe-Signature, `at` the moment when it came.

    Any of STRIPE_WEBHOOK_SECRETS will do: while one is replaced, both are in use. Raises BadWebhook.
    """
    if len(body) > MAX_BODY:
        raise BadWebhook("too_long")
    _check_signature(body, signature, at)
    try:
        told = json.loads(body)
        if told["object"] != "event":
            raise BadWebhook("no_snapshot")
        event = reading.event(told)
        is_live, account = told["livemode"], told.get("account")
        _check_names(event)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, OSError, RecursionError):
        raise BadWebhook("unreadable") from None
    if is_live is not is_live_key(settings.STRIPE_SECRET_KEY):
        raise BadWebhook("other_mode", event)
    if account:
        # Only what happens in accounts that are connected to ours names one.
        raise BadWebhook("other_account", event)
    return event


def is_live_key(key: str) -> bool:
    return key.startswith(("sk_live_", "rk_live_"))


def _check_names(event: Event) -> None:
    """Raises TypeError, ValueError. About what has no number, `object_id` is empty."""
    about = event.object_id or "none"
    if not (_NUMBER.fullmatch(event.id) and _TYPE.fullmatch(event.kind) and _NUMBER.fullmatch(about)):
        raise ValueError


def _check_signature(body: bytes, signature: str, at: datetime) -> None:
    parts = [part.strip().partition("=") for part in signature.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    given = [value for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not times[0].isascii() or not times[0].isdigit() or len(times[0]) > 12 or not given:
        raise BadWebhook("unsigned")
    signed = times[0].encode() + b"." + body
    right = [
        hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in settings.STRIPE_WEBHOOK_SECRETS
    ]
    # Bytes: a text that is not ASCII cannot be compared.
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in right for other in given):
        raise BadWebhook("forged")
    if abs(at.timestamp() - int(times[0])) > TOLERANCE_SECONDS:
        raise BadWebhook("stale")
