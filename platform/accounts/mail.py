"""Mail: written in the request, sent by a worker, never lost (common.outbox)."""

from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from accounts.tasks import send_mail
from common.outbox import enqueue


def send_mail_later(*, template: str, to: str, context: dict[str, Any], headers: dict[str, str] | None = None) -> None:
    """Render `<template>_subject.txt` and `<template>_message.txt` now; a worker sends them after commit.

    The sender bears the city's name where `context["city"]` is given. `headers` are added to the usual ones.
    """
    context = {
        "service_name": settings.SERVICE_NAME,
        "service_url": settings.PUBLIC_BASE_URL + "/",
        "city": None,
        **context,
    }
    subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
    body = render_to_string(f"{template}_message.txt", context).strip() + "\n"
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    sender = formataddr((context["city"].name if context["city"] else name, address))
    more = {"headers": headers} if headers else {}
    enqueue(send_mail, to=to, subject=subject, body=body, sender=sender, **more)
