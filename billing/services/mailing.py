"""Invoices by mail, to those whom the authority named for them."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import mail_of
from accounts.models import User
from accounts.tasks import send_mail
from billing.documents.amounts import printed
from billing.documents.identifiers import grouped
from billing.enums import InvoiceKind, InvoiceState
from billing.models import Account, Contact, Invoice
from billing.seller import seller
from billing.services.bank import known_bank_of
from billing.services.contacts import administrators_of, page_of
from billing.services.standing import locked
from common.outbox import enqueue, outbox_task
from common.refusals import Refusal

PDF = "application/pdf"
# Whoever presses twice wants one mail.
_A_SECOND_PRESS = timedelta(minutes=1)


def file_name(invoice: Invoice, *, plain: bool = False) -> str:
    """Fifty signs at most: Chorus Pro takes no more."""
    return f"{invoice.number}{'-simple' if plain else ''}.pdf"


def mail_document(invoice: Invoice, *, to: str = "") -> None:
    """Write to those who get invoices; sent by a worker, with the file as it stands on the row by then.

    `to`: to this address alone; the contacts that the city has named for invoices, or else its administrators.
    To nobody where nobody has verified that the authority is one: the addresses are what somebody typed.
    """
    city = invoice.account.municipality
    if not city.verified_at:
        return
    context = {
        "city": city,
        "invoice": invoice,
        "is_paid": invoice.left_cents <= 0,
        "service_email": seller().email,
        "corrected": invoice.corrects,
        "is_credit": invoice.kind == InvoiceKind.CREDIT_NOTE,
        **to_pay(invoice),
        "page": page_of(city),
    }
    named = list(invoice.account.contacts.filter(gets_invoices=True).values_list("email", flat=True))
    for address in [to] if to else named or administrators_of(city):
        mail_with_document(invoice, template="billing/email/invoice", to=address, context=context)


class NothingOpen(Refusal):
    code = "nothing_open"
    message = gettext_lazy("No invoice is open, or this person does not get invoices: there is nothing to send.")


def send_open_invoices(*, contact: Contact, actor: User, at: datetime) -> bool:
    """Mail to a contact for invoices each that is still to be paid; False where somebody just did: nothing happens.

    Called from the city's own schema, whose trail keeps it. Raises NothingOpen.
    """
    with transaction.atomic():
        with schema_context("public"):
            account = locked(contact.account)
            contact = Contact.objects.get(pk=contact.pk)
            if contact.sent_at and at - contact.sent_at < _A_SECOND_PRESS:
                return False
            opened = list(open_invoices(account)) if contact.gets_invoices and account.municipality.verified_at else []
            if not opened:
                raise NothingOpen
            contact.sent_at = at
            contact.save(update_fields=["sent_at"])
            for invoice in opened:
                invoice.account = account
                mail_document(invoice, to=contact.email)
        record("open_invoices_sent", actor=actor, subject=contact, count=len(opened))
    return True


def open_invoices(account: Account) -> QuerySet[Invoice]:
    """Which have left and are still to be paid, the oldest first."""
    issued = account.invoices.filter(kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED, facturx__isnull=False)
    left = issued.filter(total_cents__gt=F("paid_cents") + F("credited_cents"))
    return left.defer("facturx", "plain").order_by("issued_on", "pk")


def to_pay(invoice: Invoice) -> dict[str, Any]:
    """All that an accountant needs in order to pay it, for billing/email/_to_pay.txt."""
    bank, left = known_bank_of(invoice.account), invoice.left_cents - invoice.lying_cents
    off = invoice.total_cents - left
    return {
        "total": printed(invoice.total_cents),
        "off": printed(off) if off else "",
        "left": printed(left),
        "iban": grouped(bank.iban, *[4] * 9) if bank else "",
        "bank": bank,
    }


def mail_with_document(invoice: Invoice, *, template: str, to: str, context: dict[str, Any]) -> None:
    if mail := mail_of(template=template, to=to, context=context):
        enqueue(send_with_document, invoice_id=invoice.pk, mail=mail)


@outbox_task
def send_with_document(*, invoice_id: int, mail: dict[str, Any], **kwargs: Any) -> None:
    invoice = Invoice.objects.only("number", "facturx").get(pk=invoice_id)
    assert invoice.facturx
    send_mail(**mail, files=[(file_name(invoice), bytes(invoice.facturx), PDF)])
