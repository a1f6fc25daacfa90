"""What comes back of campaigns: delivery reports (RFC 3464) and complaints (RFC 5965), as providers send them by mail;
and what they tell by their webhooks (`providers`).

A report is known by the Message-ID of what it is about, which nobody but its recipient has seen: it names the row, and
the city by its opaque name. What is not about a campaign of ours is nobody's business here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message
from typing import Any
from uuid import UUID

from django.db import transaction
from django_tenants.utils import get_tenant_model, schema_context

from consultations.animation.enums import Returned
from consultations.animation.models import Recipient
from consultations.animation.services.answers import NO_MAILBOX
from notifications.services.agreeing import withdraw_agreement
from notifications.services.bounces import bounced

_NUMBER = re.compile(r"<?([0-9a-f]{32})\.([a-z0-9_]{1,63})(?:@[^<>\s]+)?>?")
_WEIGHTS = ["", Returned.SOFT, Returned.HARD, Returned.COMPLAINT]
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


class Unreadable(Exception):
    """A message that the mail library gives up on: anybody can send one."""


@dataclass(frozen=True)
class Report:
    """`kind` None: they stop such messages, by a link of the provider's own."""

    recipient: UUID
    schema_name: str
    kind: Returned | None


def read_report(raw: bytes) -> Report | None:
    """What a message reports of one of ours; None where it is no report, or says that it is still being tried.

    Raises Unreadable.
    """
    try:
        return _report_in(raw)
    except Exception as cause:  # parts in parts without end, headers of no shape: whatever anybody sends
        raise Unreadable from cause


def _report_in(raw: bytes) -> Report | None:
    message = message_from_bytes(raw, policy=policy.compat32)
    kind = _kind_of(message)
    found = (report_about(number, kind) for number in _numbers(message)) if kind else iter(())
    return next((report for report in found if report), None)


def report_about(number: str, kind: Returned | None) -> Report | None:
    """`number`: a Message-ID of ours, with or without its brackets and domain."""
    found = _NUMBER.fullmatch(number)
    return Report(UUID(hex=found[1]), found[2], kind) if found else None


def take_report(report: Report, *, at: datetime) -> bool:
    """Note it with its row, and write to that address no more where that is what it says; False: nobody's.

    Again changes nothing.
    """
    with schema_context("public"):
        if not get_tenant_model().objects.filter(schema_name=report.schema_name).exists():
            return False
    with schema_context(report.schema_name), transaction.atomic():
        row = Recipient.objects.select_related("user").filter(pk=report.recipient).first()
        return row is not None and _noted(row, report.kind, at=at)


def _noted(row: Recipient, kind: Returned | None, *, at: datetime) -> bool:
    if kind is None:
        if row.user is None or row.unsubscribed_at is not None:
            return False
        withdraw_agreement(user=row.user, at=at, about=row.pk.hex)
        return True
    # What weighs more may still come: a message that was delivered late, after all, may be reported as unwanted.
    lighter = _WEIGHTS[: _WEIGHTS.index(kind)]
    if not Recipient.objects.filter(pk=row.pk, returned__in=lighter).update(returned=kind, returned_at=at):
        return False
    if row.user is None:
        return True
    if kind == Returned.COMPLAINT:
        withdraw_agreement(user=row.user, at=at, about=row.pk.hex)
    else:
        bounced(user_id=row.user.pk, email=row.user.email, is_hard=kind == Returned.HARD, at=at)
    return True


def _kind_of(message: "Message[Any, Any]") -> Returned | None:
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            is_abuse = "abuse" in _text(part).lower()
            return Returned.COMPLAINT if is_abuse else None
        if part.get_content_type() == "message/delivery-status":
            fields = _text(part)
            action = re.search(r"(?im)^action:\s*(\w+)", fields)
            status = re.search(r"(?im)^status:\s*(\S+)", fields)
            if action is None or action[1].lower() != "failed":
                return None
            found = _STATUS.match(status[1]) if status else None
            return Returned.HARD if found and found[0] in NO_MAILBOX else Returned.SOFT
    return None


def _text(part: "Message[Any, Any]") -> str:
    payload = part.get_payload()
    return "\n".join(map(str, payload)) if isinstance(payload, list) else str(payload)


def _numbers(message: "Message[Any, Any]") -> Iterator[str]:
    """In the message that came back, or its headers: never in those of the report itself."""
    for part in message.walk():
        if part is message:
            continue
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            found = re.search(r"(?im)^message-id:\s*(\S+)", _text(part))
            if found:
                yield found[1]
