"""Invoices by mail, to those whom the authority named for them."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.mail import mail_of
from accounts.tasks import send_mail
from billing.documents.amounts import printed
from billing.enums import InvoiceKind
from billing.models import Invoice
from billing.seller import seller
from common.outbox import enqueue, outbox_task
from tenants.enums import LifecycleState

PDF = "application/pdf"


def file_name(invoice: Invoice, *, plain: bool = False) -> str:
    """Fifty signs at most: Chorus Pro takes no more."""
    return f"{invoice.number}{'-simple' if plain else ''}.pdf"


def mail_document(invoice: Invoice) -> None:
    """Write to each contact who gets invoices; sent by a worker, with the file as it stands on the row by then.

    To nobody where nobody has verified that the authority is one: the addresses are what somebody typed.
    """
    city = invoice.account.municipality
    if not city.verified_at:
        return
    is_gone = city.state == LifecycleState.DELETED
    context = {
        "city": city,
        "invoice": invoice,
        "total": printed(invoice.total_cents),
        "is_paid": invoice.left_cents <= 0,
        "service_email": seller().email,
        "corrected": invoice.corrects,
        "is_credit": invoice.kind == InvoiceKind.CREDIT_NOTE,
        "page": "" if is_gone else city.url.rstrip("/") + reverse("desk_subscription", urlconf=settings.ROOT_URLCONF),
    }
    for contact in invoice.account.contacts.filter(gets_invoices=True):
        mail_with_document(invoice, template="billing/email/invoice", to=contact.email, context=context)


def mail_with_document(invoice: Invoice, *, template: str, to: str, context: dict[str, Any]) -> None:
    if mail := mail_of(template=template, to=to, context=context):
        enqueue(send_with_document, invoice_id=invoice.pk, mail=mail)


@outbox_task
def send_with_document(*, invoice_id: int, mail: dict[str, Any], **kwargs: Any) -> None:
    invoice = Invoice.objects.only("number", "facturx").get(pk=invoice_id)
    assert invoice.facturx
    send_mail(**mail, files=[(file_name(invoice), bytes(invoice.facturx), PDF)])
