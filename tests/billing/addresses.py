"""What each address of billing answers to whom (tests.support.addresses)."""

from typing import Any

from django.db import connection
from django_tenants.utils import schema_context

from accounts.enums import Role
from billing.enums import QuoteState
from tenants.models import Municipality
from tests.billing.purchases import a_claim, a_payment, a_quote, an_invoice, an_order, buyer
from tests.support.roles import (
    ADMINISTRATORS,
    MOVES_ON,
    NOT_KEPT,
    OPERATORS,
    POST_ONLY,
    PUBLIC_ROLES,
    THEIR_POSTS,
    PublicRows,
    Rows,
)

NOTHING_OF_OURS = {"visitor": 302, Role.OPERATOR: 404}

CITY: Rows = {
    "desk_subscription": (ADMINISTRATORS, None),
    "desk_quote_ask": (POST_ONLY, None),
    "desk_quote_pdf": (ADMINISTRATORS, None),
    "desk_quote_accept": (POST_ONLY, None),
    "desk_quote_set_aside": (POST_ONLY, None),
    "desk_purchase_order": (POST_ONLY, None),
    "desk_purchase_order_file": (ADMINISTRATORS, None),
    "desk_order_link": (POST_ONLY, None),
    "desk_order_link_withdraw": (POST_ONLY, None),
    "order_link": (MOVES_ON, None),
    "order_by_link": (NOT_KEPT, None),
    "order_by_link_quote": (NOT_KEPT, None),
    "desk_pay_by_card": (POST_ONLY, None),
    "desk_pay_by_transfer": (POST_ONLY, None),
    "desk_invoice": (ADMINISTRATORS, None),
    "desk_invoice_plain": (ADMINISTRATORS, None),
    "desk_receipt": (ADMINISTRATORS, None),
    "desk_interest": (ADMINISTRATORS, None),
    "desk_paper": (ADMINISTRATORS, None),
    "desk_pack": (ADMINISTRATORS, None),
    "desk_billing_contact": (POST_ONLY, None),
    "desk_billing_contact_remove": (POST_ONLY, None),
    "desk_billing_facts": (POST_ONLY, None),
    "desk_year_number": (POST_ONLY, None),
    "desk_renewal": (POST_ONLY, None),
    "desk_billing_contact_send": (POST_ONLY, None),
    "desk_objection": (POST_ONLY, None),
}
PUBLIC: PublicRows = {
    "stripe_webhook": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_billing": OPERATORS,
    "ops_accounts": OPERATORS,
    "ops_subscription_end": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_billing_facts": THEIR_POSTS,
    "ops_billing_csv": OPERATORS,
    "ops_billing_year": OPERATORS,
    "ops_billing_find": OPERATORS,
    "ops_plans": OPERATORS,
    "ops_vat": OPERATORS,
    "ops_vat_enter": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_vat_remove": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_billing_contact": THEIR_POSTS,
    "ops_billing_contact_remove": THEIR_POSTS,
    "ops_plan_publish": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_plan_withdraw": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_account": OPERATORS,
    "ops_objection_settle": THEIR_POSTS,
    "ops_objection_take_up": THEIR_POSTS,
    "ops_quote_agree": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_deposit_together": THEIR_POSTS,
    "ops_deposit_files": THEIR_POSTS,
    "ops_flow_available": THEIR_POSTS,
    "ops_step_take_back": THEIR_POSTS,
    # Of what is there: tests/billing/test_ops.py.
    "ops_quote_pdf": NOTHING_OF_OURS,
    "ops_order_file": NOTHING_OF_OURS,
    "ops_quote_withdraw": THEIR_POSTS,
    "ops_difference": NOTHING_OF_OURS,
    "ops_difference_mend": THEIR_POSTS,
    "ops_difference_explain": THEIR_POSTS,
    "ops_invoice": NOTHING_OF_OURS,
    "ops_invoice_file": NOTHING_OF_OURS,
    "ops_invoice_plain": NOTHING_OF_OURS,
    "ops_invoice_step": THEIR_POSTS,
    "ops_invoice_payment": THEIR_POSTS,
    "ops_payment_withdraw": THEIR_POSTS,
    "ops_invoice_credit": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_invoice_correct": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_interest_ask": THEIR_POSTS,
    "ops_interest_waive": THEIR_POSTS,
    "ops_interest_paid": THEIR_POSTS,
    "ops_interest_file": NOTHING_OF_OURS,
    "ops_money": NOTHING_OF_OURS,
    "ops_money_received": THEIR_POSTS,
    "ops_money_sent_back": THEIR_POSTS,
    "ops_cash_refund": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_payment_move": THEIR_POSTS,
    "ops_payment_refund": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_interest_rates": OPERATORS,
}
GRAVE = {
    "ops_plan_publish",
    "ops_plan_withdraw",
    "ops_vat_enter",
    "ops_vat_remove",
    "ops_quote_agree",
    "ops_subscription_end",
    "ops_invoice_credit",
    "ops_invoice_correct",
    "ops_cash_refund",
    "ops_payment_refund",
    "desk_quote_accept",
}
EVERYDAY = {
    "ops_billing_facts",
    "desk_billing_facts",
    "desk_year_number",
    "desk_renewal",
    "ops_deposit_together",
    "ops_deposit_files",
    "ops_flow_available",
    "ops_step_take_back",
    "ops_objection_settle",
    "ops_objection_take_up",
    "ops_quote_withdraw",
    "ops_billing_contact",
    "ops_billing_contact_remove",
    "ops_difference_mend",
    "ops_difference_explain",
    "ops_invoice_step",
    "ops_invoice_payment",
    "ops_payment_withdraw",
    "ops_interest_ask",
    "ops_interest_waive",
    "ops_interest_paid",
    "desk_billing_contact_send",
    "ops_interest_rates",
    "ops_money_received",
    "ops_money_sent_back",
    "ops_payment_move",
    "desk_quote_ask",
    "desk_quote_set_aside",
    "desk_billing_contact",
    "desk_billing_contact_remove",
    "desk_objection",
    "desk_order_link",
    "desk_order_link_withdraw",
    "desk_pay_by_card",
    "desk_pay_by_transfer",
    "desk_purchase_order",  # until it is taken up one may send another
}
LOOKED_AT = {
    "ops_vat",
    "ops_plans",
    "ops_billing",
    "ops_accounts",
    "ops_billing_csv",
    "ops_billing_year",
    "ops_billing_find",
    "ops_account",
    "ops_quote_pdf",
    "ops_order_file",
    "ops_difference",
    "ops_invoice",
    "ops_invoice_file",
    "ops_invoice_plain",
    "ops_money",
    "desk_subscription",
    "desk_quote_pdf",
    "desk_purchase_order_file",
    "desk_invoice",
    "desk_invoice_plain",
    "desk_receipt",
    "desk_paper",
    "desk_pack",
    "desk_interest",
    "ops_interest_file",
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
        claim = a_claim(invoice)
        made = {"quote": quote, "invoice": invoice, "payment": a_payment(invoice), "billing_contact": contact}
        return {**made, "claim": claim}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if not address.route.startswith("gestion/abonnement/"):
        return {"number": "D-2026-0001", "year": "2026"} if address.name in PUBLIC else {}
    by_pk = {"desk_receipt": "payment", "desk_interest": "claim"}
    by_pk |= dict.fromkeys(("desk_billing_contact_remove", "desk_billing_contact_send"), "billing_contact")
    return {"kind": "securite", "number": things["quote"].number, "pk": things[by_pk.get(address.name, "invoice")].pk}
