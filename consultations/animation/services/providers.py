"""What mail providers tell of messages that they carried: bounces, complaints, who stops by the provider's own link.

Each in its own shape; django-anymail knows them all, and is used for that alone: messages leave by SMTP. Which message
it is about is said by a header of ours that the provider gives back, or by the Message-ID where it keeps it.
"""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.utils.module_loading import import_string

from consultations.animation.enums import Returned
from consultations.animation.services.returned import Report, report_about

# The provider's name in our address; where anymail reads it; the header that it gives back with each event.
_READERS = {
    "brevo": "anymail.webhooks.brevo.BrevoTrackingWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
}
_KEY = "message"
_HEADERS = {
    "brevo": ("X-Mailin-custom", f'{{"{_KEY}":"%s"}}'),
    "mailjet": ("X-MJ-EventPayload", f'{{"{_KEY}":"%s"}}'),
    "postmark": (f"X-PM-Metadata-{_KEY}", "%s"),
}
PROVIDERS = frozenset(_READERS)
# As providers call what is over for good; Mailjet says it apart (`hard_bounce`).
_HARD = frozenset({"hard_bounce", "invalid_email", "HardBounce", "BadEmailAddress"})


class Unsigned(Exception):
    """Not sent by who knows the secret."""


class Unreadable(Exception):
    """No event of this provider."""


def header_of(provider: str, number: str) -> dict[str, str]:
    """What a message to be sent says, so that its provider names it afterwards."""
    if provider not in _HEADERS:
        return {}
    name, value = _HEADERS[provider]
    return {name: value % number}


def read_events(provider: str, *, body: bytes, authorization: str) -> list[Report]:
    """Those that concern us. Raises Unsigned, Unreadable."""
    asked = SimpleNamespace(body=body, META={"HTTP_AUTHORIZATION": authorization})
    reader = import_string(_READERS[provider])(webhook_secret=settings.MAIL_WEBHOOK_SECRET)
    try:
        reader.run_validators(asked)
    except SuspiciousOperation:
        raise Unsigned from None
    try:
        json.loads(body)
    except ValueError:  # what it says may be an address: it is not told
        raise Unreadable from None
    try:
        return [report for event in reader.parse_events(asked) for report in _reports(event)]
    except Exception:
        # Signed, and of another kind, or of who else sends through the same account in a shape of their own.
        return []


def _reports(event: Any) -> Iterator[Report]:
    kind = _kind_of(event)
    if kind is None and event.event_type != "unsubscribed":
        return
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    for about in (metadata.get(_KEY), event.message_id):
        if report := report_about(str(about or ""), kind):
            yield report
            return


def _kind_of(event: Any) -> Returned | None:
    if event.event_type == "complained":
        return Returned.COMPLAINT
    if event.event_type not in ("bounced", "rejected"):
        return None
    raw = event.esp_event
    if raw.get("hard_bounce") is True or {raw.get("event"), raw.get("Type")} & _HARD:
        return Returned.HARD
    # "rejected": what the provider thinks of our words, or keeps to itself, says nothing of the address.
    return Returned.SOFT if event.event_type == "bounced" else None
