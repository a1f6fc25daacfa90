"""Thin entry points for the worker."""

from typing import Any

from django.core.mail import EmailMultiAlternatives

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
    **kwargs: Any,
) -> None:
    message = EmailMultiAlternatives(subject=subject, body=body, from_email=sender, to=[to], headers=headers)
    if html:
        message.attach_alternative(html, "text/html")
    message.send()
