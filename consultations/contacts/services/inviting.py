"""Writing to contacts by e-mail: each once, with a link to be left alone, and noted in the journal of exchanges.

A public body asks associations, schools and companies to take part: RGPD, article 6, paragraph 1, e. The message says
so, where the address comes from (article 14), and how to stop it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.abilities import may
from accounts.audit import record
from accounts.enums import Role
from accounts.mail import send_mail_later
from accounts.models import User
from common.city import present_city
from common.text import Words
from consultations.contacts.abilities import KEEP_CONTACTS
from consultations.contacts.enums import Way
from consultations.contacts.models import Contact, Exchange, Unwilling
from consultations.contacts.selectors import LATELY
from consultations.contacts.services.keeping import lock_book, mark_of_address
from consultations.contacts.services.leaving_alone import leaving_link
from consultations.contacts.services.noting import touched
from consultations.contacts.services.refusals import CityNotVerified, NobodyLeft, NotTheirBook, TooManyAtOnce
from consultations.contacts.services.visits import own_address
from consultations.framing.models import Consultation

SUBJECT = Words(5, 120, one_line=True)
BODY = Words(20, 4000)
AT_ONCE = 200


def reachable(found: QuerySet[Contact] | None = None) -> QuerySet[Contact]:
    """Those who have an address and have not asked to be left alone."""
    every = Contact.objects.all() if found is None else found
    return every.filter(refused_at=None).exclude(email="")


def not_written_to_lately(found: QuerySet[Contact], *, at: datetime) -> QuerySet[Contact]:
    return found.filter(Q(written_at=None) | Q(written_at__lt=at - LATELY))


def write_to_contacts(
    *,
    contacts: Iterable[int],
    subject: str,
    words: str,
    by: User,
    at: datetime,
    consultation: Consultation | None = None,
    again: bool = False,
) -> int:
    """How many were written to. Those who were within the minute, by this very message, are left out: a second press
    sends nothing. `again`: though somebody was in touch with them lately.

    `consultation`: which one the message leads to, by an address of each contact's own.

    Raises NotTheirBook, CityNotVerified, NobodyLeft, TooManyAtOnce, TextTooLong, TextTooShort.
    """
    subject, words = SUBJECT.cleaned(subject), BODY.cleaned(words)
    city = present_city()
    if not may(by, KEEP_CONTACTS):
        raise NotTheirBook
    if city is None or not city.is_verified:
        raise CityNotVerified
    with transaction.atomic():
        lock_book()
        found = reachable(Contact.objects.filter(pk__in=list(contacts)))
        if not again:
            found = not_written_to_lately(found, at=at)
        rows = list(found.exclude(pk__in=_had_it_already(subject, words, at)).order_by("pk")[: AT_ONCE + 1])
        unwilling = set(
            Unwilling.objects.filter(mark__in=[mark_of_address(each.email) for each in rows]).values_list(
                "mark", flat=True
            )
        )
        rows = [each for each in rows if mark_of_address(each.email) not in unwilling]
        if not rows:
            raise NobodyLeft
        if len(rows) > AT_ONCE:
            raise TooManyAtOnce(AT_ONCE)
        for each in rows:
            _write(each, consultation, subject=subject, words=words, by=by, city=city, at=at)
    return len(rows)


def signature_of(user: User) -> str:
    """How somebody of the team signs to people outside: never by their address."""
    if user.role == Role.DELEGATE:
        return str(user.get_role_display())
    name = user.public_name or _("The team of the consultation")
    return f"{name}, {user.function}" if user.public_name and user.function else name


def _had_it_already(subject: str, words: str, at: datetime) -> QuerySet[Any]:
    same = Exchange.objects.filter(way=Way.MAIL, subject=subject, words=words, at__gt=at - timedelta(days=1))
    return same.values("contact")


def _write(
    contact: Contact, consultation: Consultation | None, *, subject: str, words: str, by: User, city: Any, at: datetime
) -> None:
    Exchange.objects.create(contact=contact, way=Way.MAIL, subject=subject, words=words, by=by, at=at, created_at=at)
    touched(contact, moment=at, at=at)
    record("contact_written_to", actor=by, subject=contact)
    root = city.url.rstrip("/")
    link = root + leaving_link(contact)
    send_mail_later(
        template="contacts/email/message",
        to=contact.email,
        context={
            "city": city,
            "title": subject,
            "body": words,
            "contact": contact,
            "root": root,
            "leave": link,
            "address": own_address(contact, consultation, city=city) if consultation else "",
            "by": signature_of(by),
        },
        headers={
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Precedence": "bulk",
            **({"Reply-To": consultation.contact_email} if consultation and consultation.contact_email else {}),
        },
    )
