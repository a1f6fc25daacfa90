"""Thin entry points for the worker."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from common.allowances import count_mail
from common.outbox import outbox_task


@outbox_task
def send_mail(
    *,
    to: str,
    subject: str,
    body: str,
    sender: str,
    html: str = "",
    headers: dict[str, str] | None = None,
    files: Sequence[tuple[str, bytes, str]] = (),
    **kwargs: Any,
) -> None:
    """`files`, where another task calls this one: name, content and type of each."""
    message = EmailMultiAlternatives(subject=subject, body=body, from_email=sender, to=[to], headers=headers)
    for name, content, kind in files:
        message.attach(name, content, kind)
    if html:
        message.attach_alternative(html, "text/html")
    message.send()
    count_mail(at=timezone.now())
