"""What comes back of campaigns: delivery reports (RFC 3464) and complaints (RFC 5965), as providers send them by mail.

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

from django_tenants.utils import get_tenant_model, schema_context

from consultations.animation.enums import Returned
from consultations.animation.models import Recipient
from consultations.animation.services.answers import NO_MAILBOX
from notifications.services.agreeing import withdraw_agreement
from notifications.services.bounces import bounced

_NUMBER = re.compile(r"<([0-9a-f]{32})\.([a-z0-9_]{1,63})@[^<>\s]+>")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True)
class Report:
    recipient: UUID
    schema_name: str
    kind: Returned


def read_report(raw: bytes) -> Report | None:
    """What a message reports of one of ours; None where it is no report, or says that it is still being tried."""
    message = message_from_bytes(raw, policy=policy.compat32)
    kind = _kind_of(message)
    about = next(_numbers(message), None)
    return Report(UUID(hex=about[0]), about[1], kind) if kind and about else None


def take_report(report: Report, *, at: datetime) -> bool:
    """Note it with its row, and write to that address no more where that is what it says; False: nobody's.

    Again changes nothing.
    """
    with schema_context("public"):
        if not get_tenant_model().objects.filter(schema_name=report.schema_name).exists():
            return False
    with schema_context(report.schema_name):
        row = Recipient.objects.select_related("user").filter(pk=report.recipient).first()
        if row is None or not Recipient.objects.filter(pk=row.pk, returned="").update(
            returned=report.kind, returned_at=at
        ):
            return False
        if row.user is None:
            return True
        if report.kind == Returned.COMPLAINT:
            withdraw_agreement(user=row.user, at=at, about=row.pk.hex)
        else:
            is_hard = report.kind == Returned.HARD
            bounced(user_id=row.user.pk, email=row.user.email, is_hard=is_hard, at=at)
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


def _numbers(message: "Message[Any, Any]") -> Iterator[tuple[str, str]]:
    """In the message that came back, or its headers: never in those of the report itself."""
    for part in message.walk():
        if part is message:
            continue
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            found = re.search(r"(?im)^message-id:\s*(\S+)", _text(part))
            if found and (number := _NUMBER.fullmatch(found[1])):
                yield number[1], number[2]
