"""Thin entry points for the worker."""

from typing import Any

from django.core.mail import EmailMessage

from common.outbox import outbox_task


@outbox_task
def send_mail(
    *, to: str, subject: str, body: str, sender: str, headers: dict[str, str] | None = None, **kwargs: Any
) -> None:
    EmailMessage(subject=subject, body=body, from_email=sender, to=[to], headers=headers).send()
