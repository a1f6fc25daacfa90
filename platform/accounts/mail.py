"""Mail: written in the request, sent by a worker, never lost (common.outbox)."""

from copy import copy
from email.utils import formataddr, make_msgid, parseaddr
from typing import Any

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from accounts.selectors import person_of, undoable_changes
from accounts.tasks import send_mail
from common.languages import in_language, kept_language, links_in, offered, present_language
from common.outbox import enqueue
from common.text import in_one_line
from common.tones import INK, INK_SOFT, NIGHT, NIGHT_INK_SOFT, PAPER, SOURCES, tones

# No "out of office" in reply, RFC 3834: every message of ours is written by a machine.
_ALWAYS = {"Auto-Submitted": "auto-generated"}


def send_mail_later(
    *,
    template: str,
    to: str,
    context: dict[str, Any],
    headers: dict[str, str] | None = None,
    is_awaited: bool = False,
    language: str = "",
) -> None:
    """Render `<template>_subject.txt` and `<template>_message.txt` now; a worker sends them after commit.

    Where there is a `<template>_message.html` too (on `common/email/layout.html`), it goes along as the same in
    colour: the text stays whole by itself. The sender bears the name of `context["city"]`, as all of the message,
    once the city is verified. `headers` are added to the usual ones. `is_awaited`: it waits behind nobody (enqueue).
    It is in `language`; else in that of whoever came in with the address, or in the present one if nobody did. What of
    `context` is said in words is a function: it is asked in that language.

    Anybody can have us write to any address: what they typed must not be in it (tests/test_mails.py).
    """
    if mail := mail_of(template=template, to=to, context=context, headers=headers, language=language):
        enqueue(send_mail, is_awaited=is_awaited, **mail)


def mail_of(
    *,
    template: str,
    to: str,
    context: dict[str, Any],
    headers: dict[str, str] | None = None,
    language: str = "",
) -> dict[str, Any] | None:
    """What `send_mail` is to send, for a task that adds files to it; None where nobody reads."""
    if to.endswith(".invalid"):  # by RFC 2606: accounts that are no person's mailbox
        return None
    language = language or _language_of(to, context.get("city"))
    with in_language(language):
        mail = _mail_of(template=template, to=to, context=context, headers=headers or {})
    city = context.get("city")
    if city is not None and offered(city):
        root = city.url.rstrip("/")
        mail["headers"] = {name: links_in(words, root=root, code=language) for name, words in mail["headers"].items()}
        mail |= {part: links_in(mail[part], root=root, code=language) for part in ("body", "html") if part in mail}
    return mail


def language_for(user: User, city: Any) -> str:
    """Of what we write to a person: their own as long as the city offers it, French to the team."""
    return kept_language("" if user.has_role else user.language, city)


def _language_of(address: str, city: Any) -> str:
    if not offered(city):
        return str(settings.LANGUAGE_CODE)
    user = person_of(address)
    # Of whoever never came in nothing is known: somebody else may have had the account made.
    return language_for(user, city) if user is not None and user.has_come_in else present_language()


def _mail_of(*, template: str, to: str, context: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    context = {
        "service_name": settings.SERVICE_NAME,
        "service_url": settings.PUBLIC_BASE_URL + "/",
        "city": None,
        **context,
    }
    city = context["city"] = _as_mails_say(context["city"])
    subject = in_one_line(render_to_string(f"{template}_subject.txt", context))
    body = render_to_string(f"{template}_message.txt", context).strip() + "\n"
    html = _in_colour(f"{template}_message.html", {**context, "subject": subject})
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    sender = formataddr((in_one_line(city.name) if city and city.verified_at else name, address))
    return {
        "to": to,
        "subject": subject,
        "body": body,
        "sender": sender,
        # Of the sender's domain, not of the machine; and the same when a worker sends it twice.
        "headers": {**_ALWAYS, "Message-ID": make_msgid(domain=address.rpartition("@")[2]), **headers},
        **({"html": html} if html else {}),
    }


def send_security_notice(*, user: User, what: Any, city: Any, subject: Any = "", to_do: Any = "") -> None:
    """Tell somebody, at the address of their account, that what signs them in has changed. `what` is the sentence.

    `subject`, where it is no change; `to_do`, where whoever asked for it has to do something.
    Told to the addresses too that may still take the account back: whoever took it over would be told alone.
    `city` is that of the account (request.tenant), None for an operator's.
    """
    urlconf = settings.ROOT_URLCONF if city else settings.PUBLIC_SCHEMA_URLCONF
    base = city.url if city else settings.PUBLIC_BASE_URL
    url = base.rstrip("/") + reverse("mfa_index", urlconf=urlconf)
    context = {"city": city, "what": what, "about": subject, "to_do": to_do, "url": url}
    former = {change.former_email for change in undoable_changes(user, at=timezone.now())} - {user.email}
    for address in (user.email, *sorted(former)):
        send_mail_later(
            template="accounts/email/security_changed",
            to=address,
            context={**context, "is_former": address != user.email},
        )


def _as_mails_say(city: Any) -> Any:
    """The city; without its name until an operator has verified it: whoever made it may have called it anything."""
    if city is None or city.verified_at:
        return city
    city = copy(city)
    city.name = gettext("your authority")
    return city


def _in_colour(name: str, context: dict[str, Any]) -> str:
    """The message as a page in the tones of the city, or of the service; empty where it is only text."""
    try:
        template = get_template(name)
    except TemplateDoesNotExist as missing:
        if missing.args[0] != name:  # what it stands on
            raise
        return ""
    day, night = tones(context["city"].colour if context["city"] else SOURCES["service"])
    ground = {"paper": PAPER, "ink": INK, "soft": INK_SOFT, "night": NIGHT, "night_soft": NIGHT_INK_SOFT}
    return template.render({**context, "tones": day, "night": night, "ground": ground}).strip() + "\n"
