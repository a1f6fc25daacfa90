"""Saying yes to a quote, and the order with which a subscription begins, or goes on; who did it gets it in writing."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django_tenants.utils import schema_context

from accounts.mail import send_mail_later
from accounts.models import User
from billing.documents.amounts import printed
from billing.enums import Method
from billing.models import PurchaseOrder, Quote, Subscription
from billing.services.activation import activate
from billing.services.contacts import ContactExists, add_contact, page_of
from billing.services.purchase_orders import place_order
from billing.services.quotes import accept_quote
from billing.services.renewing import renew
from billing.services.years import running_of
from tenants.models import Municipality


def accept_offer(*, quote: Quote, signed: str, actor: User, at: datetime) -> Quote:
    """`accept_quote`, acknowledged by mail to who did it. Again: nothing happens."""
    with transaction.atomic():
        accepted = accept_quote(quote=quote, signed=signed, actor=actor, at=at)
        if accepted.accepted_at == at:
            _acknowledge("billing/email/quote_accepted", accepted, to=actor.email)
    return accepted


def order_subscription(
    *,
    quote: Quote,
    actor: User | None,
    at: datetime,
    method: str = Method.TRANSFER,
    by_link: str = "",
    invoices_to: str = "",
    **order: Any,
) -> Subscription:
    """Place the order of a quote (`order`: what place_order takes), have its subscription made or renewed, and
    acknowledge it by mail to who sent it.

    `actor`: None where the accountant of the authority sends it, by the link of a mail, whose address is `by_link`.
    `invoices_to`: an address that gets invoices and reminders from then on.
    Again: OrderTaken, and nothing that was sent first is changed. Raises what place_order, activate and renew raise,
    and TooManyContacts.
    """
    with transaction.atomic():
        placed = place_order(quote=quote, actor=actor, at=at, **order)
        if invoices_to:
            _add_contact(quote, invoices_to, actor, at=at)
        with schema_context("public"):
            goes_on = running_of(quote.account)
        if goes_on:
            made = renew(quote=quote, actor=actor, at=at)
        else:
            made = activate(quote=quote, actor=actor, at=at, method=method)
        to = actor.email if actor else by_link
        if to:
            by_card = made.method == Method.CARD
            _acknowledge("billing/email/order_placed", quote, to=to, order=placed, at_desk=bool(actor), by_card=by_card)
    return made


def _add_contact(quote: Quote, email: str, actor: User | None, *, at: datetime) -> None:
    with schema_context("public"):
        city = Municipality.objects.get(billing_account=quote.account_id)
    with suppress(ContactExists):
        add_contact(
            municipality=city, name="", email=email, gets_invoices=True, gets_reminders=True, actor=actor, at=at
        )


def _acknowledge(template: str, quote: Quote, *, to: str, order: PurchaseOrder | None = None, **more: Any) -> None:
    with schema_context("public"):
        city = Municipality.objects.get(billing_account=quote.account_id)
        said = {"city": city, "quote": quote, "price": printed(quote.total_cents), "page": page_of(city)}
        send_mail_later(template=template, to=to, context={**said, "order": order, **more})
