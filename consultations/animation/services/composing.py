"""A campaign's message: made once, as text and in the city's colours; what differs for each person is put in after."""

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.html import escape, linebreaks, urlize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.mail import mail_of
from common.db import connection
from consultations.animation.models import Campaign
from consultations.animation.places import AUTHORITY, CHALLENGE, HELLO, LINK, filled_in
from notifications.audiences import segment_of
from notifications.services.agreeing import withdrawing_link

# Where each person's own stands in what was made for all. No brace: nothing typed can be it.
_HELLO, _LINK = "{{hello}}", "https://unsubscribe.invalid/{{link}}"


@dataclass(frozen=True)
class Composed:
    subject: str
    body: str
    html: str
    sender: str
    base: str
    headers: dict[str, str]


def composed(campaign: Campaign, *, city: Any) -> Composed:
    """As it reads now: the title of a challenge may have changed since it was written."""
    base = city.url.rstrip("/")
    group = segment_of(campaign.segment)
    thing = group.about(campaign.value) if group else None
    values = {
        AUTHORITY: city.name,
        CHALLENGE: thing.title if thing else "",
        LINK: base + (thing.path if thing else reverse("home", urlconf=settings.ROOT_URLCONF)),
        HELLO: _HELLO,
    }
    body = filled_in(campaign.body, values)
    paragraphs = linebreaks(urlize(body, autoescape=True))
    mail = mail_of(
        template="animation/email/campaign",
        to="-",
        context={
            "city": city,
            "title": filled_in(campaign.subject, values),
            "body": body,
            "paragraphs": mark_safe(paragraphs),  # noqa: S308 (escaped just above)
            "root": base,
            "unsubscribe": _LINK,
        },
    )
    assert mail is not None
    headers = {**mail["headers"], "Precedence": "bulk", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    del headers["Message-ID"]
    return Composed(mail["subject"], mail["body"], mail["html"], mail["sender"], base, headers)


def greeting(public_name: str) -> str:
    return _("Hello %(name)s,") % {"name": public_name} if public_name else _("Hello,")


def for_person(made: Composed, *, public_name: str, link: str) -> tuple[str, str]:
    """The text and the HTML with what is theirs in it."""
    hello = greeting(public_name)
    body = made.body.replace(_HELLO, hello).replace(_LINK, link)
    return body, made.html.replace(_HELLO, escape(hello)).replace(_LINK, escape(link))


def message_id(recipient_hex: str, *, sender: str) -> str:
    """The same at each try; what comes back about it (bounces) names its row, and its city by an opaque name."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{recipient_hex}.{connection.schema_name}@{domain}>"


def message_for(
    made: Composed, *, recipient_hex: str, user_id: int, email: str, public_name: str, generation: int
) -> EmailMultiAlternatives:
    link = made.base + withdrawing_link(user_id=user_id, generation=generation, about=recipient_hex)
    body, html = for_person(made, public_name=public_name, link=link)
    headers = {
        **made.headers,
        "Message-ID": message_id(recipient_hex, sender=made.sender),
        "List-Unsubscribe": f"<{link}>",
    }
    message = EmailMultiAlternatives(made.subject, body, made.sender, [email], headers=headers)
    message.attach_alternative(html, "text/html")
    return message
