"""A letter to a contact, as a PDF: its address in the window of an envelope, a QR code of its own."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from common import typeset
from common.qr_codes import drawing
from common.templatetags.ui import full_day
from consultations.contacts.enums import Way
from consultations.contacts.models import Contact, Exchange
from consultations.contacts.services.inviting import BODY, SUBJECT, signature_of
from consultations.contacts.services.keeping import locked
from consultations.contacts.services.noting import touched
from consultations.contacts.services.refusals import LeftAlone, NoPostalAddress
from consultations.contacts.services.visits import own_address
from consultations.framing.models import Consultation

_TEMPLATE = (Path(__file__).parent.parent / "letter.typ").read_bytes()


def write_letter(
    *, contact: Contact, consultation: Consultation, subject: str, words: str, city: Any, by: User, at: datetime
) -> bytes:
    """The PDF; it is noted once a day, however often it is printed.

    Raises NoPostalAddress, LeftAlone, BookContactGone, TextTooLong, TextTooShort.
    """
    subject, words = SUBJECT.cleaned(subject), BODY.cleaned(words)
    with transaction.atomic():
        found = locked(contact)
        if not found.address.strip():
            raise NoPostalAddress
        if found.refused_at:
            raise LeftAlone
        same = Exchange.objects.filter(contact=found, way=Way.LETTER, words=words, at__date=timezone.localdate(at))
        if not same.exists():
            Exchange.objects.create(
                contact=found, way=Way.LETTER, subject=subject, words=words, by=by, at=at, created_at=at
            )
            touched(found, moment=at, at=at)
            record("contact_letter_made", actor=by, subject=found)
    return _letter(found, consultation, subject=subject, words=words, city=city, by=by, at=at)


def _letter(
    contact: Contact, consultation: Consultation, *, subject: str, words: str, city: Any, by: User, at: datetime
) -> bytes:
    address = own_address(contact, consultation, city=city)
    head = [contact.name, *([contact.person] if contact.person else [])]
    asked = _(
        "You get this letter because “%(name)s” stands in the address book of the consultation (source: %(source)s): a "
        "task in the public interest. To get none any more, write to %(email)s."
    )
    content = {
        "title": subject,
        "lang": get_language() or "fr",
        "city": city.name,
        "to": [*head, *contact.address.splitlines()],
        "day": full_day(timezone.localdate(at)),
        "hello": _("Hello,"),
        "words": words,
        "by": signature_of(by),
        "scan": _("To take part, scan this code or type:"),
        "code": _("QR code that leads to %(address)s") % {"address": address},
        "address": address.partition("://")[2],
        "why": asked % {"name": contact.name, "source": contact.source, "email": consultation.contact_email},
    }
    return typeset.pdf(_TEMPLATE, content, exact={"qr": drawing(address)})
