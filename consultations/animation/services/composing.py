"""A campaign's message: made once, as text and in the city's colours; what differs for each person is put in after."""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from accounts.mail import mail_of
from common.db import connection
from common.text import whole_number
from consultations.animation.models import Campaign
from consultations.animation.places import AUTHORITY, CHALLENGE, HELLO, LINK, filled_in
from consultations.animation.services.providers import header_of
from consultations.framing.models import Consultation
from notifications.audiences import segment_of
from notifications.services.agreeing import withdrawing_path, withdrawing_token

# Where each person's own stands in what was made for all. No brace: nothing typed can be it.
_HELLO, _LINK = "{{hello}}", "https://unsubscribe.invalid/{{link}}"
# In the headers of the message that is made for all.
_TO, _NUMBER, _ABOUT = "somebody@recipient.invalid", "<number@recipient.invalid>", "about.recipient.invalid"
_MARKS = re.compile(b"|".join(re.escape(mark.encode()) for mark in (_HELLO, _LINK, _TO, _NUMBER, _ABOUT)))
# What may be written into a header as it is.
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._+'=-]{1,64}@[A-Za-z0-9.-]{1,180}")


@dataclass(frozen=True)
class Composed:
    subject: str
    body: str
    html: str
    sender: str
    base: str
    headers: dict[str, str]

    @cached_property
    def pieces(self) -> list[bytes]:
        """The whole message as it is sent, cut at each person's places, which stand between as marks; in HTML, the
        greeting is another one. Empty where it cannot be made so.
        """
        marked: Any = _message(
            self, body=self.body, html=self.html, email=_TO, number=_NUMBER, about=_ABOUT, link=_LINK
        )
        raw: bytes = marked.message().as_bytes(linesep="\r\n")
        # A line that is too long is encoded, and a mark with it.
        marks = {_TO: 1, _NUMBER: 1, _LINK: 3, _HELLO: self.body.count(_HELLO) + self.html.count(_HELLO)}
        marks[_ABOUT] = len(header_of(settings.MAIL_PROVIDER, ""))
        if any(raw.count(mark.encode()) != times for mark, times in marks.items()):
            return []
        text, start, colour = raw.partition(b"Content-Type: text/html")
        return _cut(text) + [start] + [_HELLO_IN_HTML if each == _HELLO.encode() else each for each in _cut(colour)]

    @cached_property
    def domain(self) -> str:
        return parseaddr(self.sender)[1].rpartition("@")[2]

    @cached_property
    def link(self) -> str:
        """To stop such messages, with a mark for its token."""
        return self.base + withdrawing_path(_TOKEN)


_TOKEN, _HELLO_IN_HTML = "token.of.somebody", b"{{hello in HTML}}"


def _cut(raw: bytes) -> list[bytes]:
    """Everything in its order, marks apart from what stands between."""
    found, last = [], 0
    for mark in _MARKS.finditer(raw):
        found += [raw[last : mark.start()], mark[0]]
        last = mark.end()
    return [*found, raw[last:]]


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
    mail = mail_of(
        template="animation/email/campaign",
        to="-",
        context={
            "city": city,
            "title": filled_in(campaign.subject, values),
            "body": body,
            "root": base,
            "unsubscribe": _LINK,
        },
        headers=_reply_to(campaign),
        language=settings.LANGUAGE_CODE,  # that of its words
    )
    assert mail is not None
    headers = {**mail["headers"], "Precedence": "bulk", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    del headers["Message-ID"]
    return Composed(mail["subject"], mail["body"], mail["html"], mail["sender"], base, headers)


def _reply_to(campaign: Campaign) -> dict[str, str]:
    """Whoever answers writes to the town hall, where it has said how; never to this service."""
    group = segment_of(campaign.segment)
    one = {"challenges": whole_number(campaign.value)} if group and group.is_of_thing else {"is_current": True}
    email = Consultation.objects.filter(**one).values_list("contact_email", flat=True).first()
    return {"Reply-To": email} if email else {}


def greeting(public_name: str) -> str:
    return _("Hello %(name)s,") % {"name": public_name} if public_name else _("Hello,")


def for_person(made: Composed, *, public_name: str, link: str) -> tuple[str, str]:
    """The text and the HTML with what is theirs in it."""
    hello = greeting(public_name)
    body = made.body.replace(_HELLO, hello).replace(_LINK, link)
    return body, made.html.replace(_HELLO, escape(hello)).replace(_LINK, escape(link))


def message_id(recipient_hex: str, *, sender: str) -> str:
    """The same at each try; what comes back about it (bounces) names its row, and its city by an opaque name."""
    return f"<{_about(recipient_hex)}@{parseaddr(sender)[1].rpartition('@')[2]}>"


def _about(recipient_hex: str) -> str:
    return f"{recipient_hex}.{connection.schema_name}"


def message_for(
    made: Composed, *, recipient_hex: str, user_id: int, email: str, public_name: str, generation: int
) -> EmailMultiAlternatives:
    """Making one anew takes as long as sending it: it is written into the one that was made for all, where that is
    possible."""
    token = withdrawing_token(user_id=user_id, generation=generation, about=recipient_hex)
    link, about = made.link.replace(_TOKEN, token), _about(recipient_hex)
    number = f"<{about}@{made.domain}>"
    if made.pieces and _PLAIN_ADDRESS.fullmatch(email):
        hello = greeting(public_name)
        theirs = {_HELLO: hello, _LINK: link, _TO: email, _NUMBER: number, _ABOUT: about}
        own = {mark.encode(): words.encode() for mark, words in theirs.items()}
        own[_HELLO_IN_HTML] = escape(hello).encode()
        return _Written(made, email, b"".join([own.get(piece, piece) for piece in made.pieces]))
    body, html = for_person(made, public_name=public_name, link=link)
    return _message(made, body=body, html=html, email=email, number=number, about=about, link=link)


class _Written(EmailMultiAlternatives):
    """Whole already: what a mail backend asks of a message."""

    def __init__(self, made: Composed, email: str, raw: bytes) -> None:
        self.from_email, self.to, self.written = made.sender, [email], raw
        self.cc, self.bcc, self.encoding = [], [], None

    def message(self, *, policy: Any = None) -> Any:
        return self

    def as_bytes(self, *args: Any, **kwargs: Any) -> bytes:
        return self.written


def _message(
    made: Composed, *, body: str, html: str, email: str, number: str, about: str, link: str
) -> EmailMultiAlternatives:
    headers = {**made.headers, "Message-ID": number, "List-Unsubscribe": f"<{link}>"}
    headers |= header_of(settings.MAIL_PROVIDER, about)
    message = EmailMultiAlternatives(made.subject, body, made.sender, [email], headers=headers)
    message.attach_alternative(html, "text/html")
    return message
