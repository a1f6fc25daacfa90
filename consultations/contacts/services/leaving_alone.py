"""The link at the end of each message to a contact: no more of them, by one press, without signing in.

It names the contact and the mark of the address that was written to: it works when the contact was deleted since, or
has another address.
"""

from datetime import datetime
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.db import connection
from common.refusals import Refusal
from consultations.contacts.models import Contact, Unwilling
from consultations.contacts.services.keeping import leave_alone, mark_of_address


class ContactLinkForged(Refusal):
    code = "contact_link_forged"
    status = 404
    message = _("This link does not work")


def leaving_link(contact: Contact) -> str:
    """Its path on the city's address."""
    token = _signer().sign(f"{contact.pk}-{mark_of_address(contact.email).hex}")
    return reverse("contact_stop", args=[token])


def has_left(token: str) -> bool:
    """Whether that address is left alone already. Raises ContactLinkForged."""
    return Unwilling.objects.filter(mark=_read(token)[1]).exists()


def leave_by_link(*, token: str, at: datetime) -> None:
    """Again changes nothing. Raises ContactLinkForged."""
    pk, mark = _read(token)
    with transaction.atomic():
        found = Contact.objects.filter(pk=pk).first()
        if found is not None and mark_of_address(found.email) == mark:
            leave_alone(contact=found, by=None, at=at)
        Unwilling.objects.get_or_create(mark=mark, defaults={"since": at})


def _read(token: str) -> tuple[int, UUID]:
    try:
        pk, mark = _signer().unsign(token).split("-")
        return int(pk), UUID(hex=mark)
    except (BadSignature, ValueError):
        raise ContactLinkForged from None


def _signer() -> Signer:
    # As in every message that was ever sent: another word would make their links void.
    return Signer(salt=f"contacts.leaving.{connection.schema_name}", sep=".")
