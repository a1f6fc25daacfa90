"""What each address of billing answers to whom (tests.support.addresses)."""

from typing import Any

from django.db import connection
from django_tenants.utils import schema_context

from billing.enums import QuoteState
from tenants.models import Municipality
from tests.billing.purchases import a_payment, a_quote, an_invoice, an_order, buyer
from tests.support.roles import ADMINISTRATORS, POST_ONLY, PUBLIC_ROLES, PublicRows, Rows

CITY: Rows = {
    "desk_subscription": (ADMINISTRATORS, None),
    "desk_quote_ask": (POST_ONLY, None),
    "desk_quote_pdf": (ADMINISTRATORS, None),
    "desk_quote_accept": (POST_ONLY, None),
    "desk_quote_set_aside": (POST_ONLY, None),
    "desk_purchase_order": (POST_ONLY, None),
    "desk_purchase_order_file": (ADMINISTRATORS, None),
    "desk_invoice": (ADMINISTRATORS, None),
    "desk_invoice_plain": (ADMINISTRATORS, None),
    "desk_receipt": (ADMINISTRATORS, None),
    "desk_billing_contact": (POST_ONLY, None),
    "desk_billing_contact_remove": (POST_ONLY, None),
    "desk_objection": (POST_ONLY, None),
}
PUBLIC: PublicRows = {
    "stripe_webhook": dict.fromkeys(PUBLIC_ROLES, 405),
}
GRAVE = {
    "desk_quote_accept",
}
EVERYDAY = {
    "desk_quote_ask",
    "desk_quote_set_aside",
    "desk_billing_contact",
    "desk_billing_contact_remove",
    "desk_objection",
    "desk_purchase_order",  # until it is taken up one may send another
}
LOOKED_AT = {
    "desk_subscription",
    "desk_quote_pdf",
    "desk_purchase_order_file",
    "desk_invoice",
    "desk_invoice_plain",
    "desk_receipt",
}


def things(made: dict[str, Any]) -> dict[str, Any]:
    """A quote that is ordered, an invoice that is paid, and who gets it, of the present city."""
    schema = connection.schema_name
    with schema_context("public"):
        city = Municipality.objects.get(schema_name=schema)
        quote = a_quote(buyer(city), state=QuoteState.ACCEPTED)
        an_order(quote, file=b"%PDF-", file_name="bon.pdf")
        invoice = an_invoice(quote)
        contact = quote.account.contacts.create(email="compta@saran.example")
        return {"quote": quote, "invoice": invoice, "payment": a_payment(invoice), "billing_contact": contact}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if not address.route.startswith("gestion/abonnement/"):
        return {}
    by_pk = {"desk_receipt": "payment", "desk_billing_contact_remove": "billing_contact"}
    return {"number": things["quote"].number, "pk": things[by_pk.get(address.name, "invoice")].pk}
