"""Invoices: drafts, final for ever after an hour, due, paid, void. Their numbers are one series without a hole."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from deploy.local.fake_stripe.fake import DAY, HOUR, Fake, Object, moment
from deploy.local.fake_stripe.lists import whole_list
from deploy.local.fake_stripe.refusals import Refused, not_in_this_fake

SERIES = "FAC"
NOTHING_YET = ("amount_paid", "amount_paid_off_stripe", "amount_overpaid", "attempt_count")
NOTHING_YET += ("pre_payment_credit_notes_amount", "post_payment_credit_notes_amount")


def draft(
    fake: Fake,
    customer: Object,
    *,
    reason: str,
    collection_method: str,
    days_until_due: int | None,
    subscription: Object | None = None,
    auto_advance: bool = True,
    metadata: dict[str, str] | None = None,
    tax_rates: list[Object] | None = None,
) -> Object:
    """An empty one; `announce_draft` once its lines are there."""
    details = subscription and {"subscription": subscription["id"], "metadata": dict(subscription["metadata"])}
    return fake.new(
        "in",
        "invoice",
        **dict.fromkeys(NOTHING_YET, 0),
        auto_advance=auto_advance,
        automatically_finalizes_at=fake.now + HOUR if auto_advance else None,
        attempted=False,
        billing_reason=reason,
        collection_method=collection_method,
        currency="eur",
        **_as_billed(customer),
        default_tax_rates=tax_rates or [],
        description=None,
        due_date=None,
        effective_at=None,
        ending_balance=None,
        hosted_invoice_url=None,
        invoice_pdf=None,
        last_finalization_error=None,
        lines=whole_list([], "/v1/invoices/lines"),
        metadata=metadata or {},
        next_payment_attempt=None,
        number=None,
        parent=details and {"type": "subscription_details", "subscription_details": details, "quote_details": None},
        period_start=fake.now,
        period_end=fake.now,
        starting_balance=customer["balance"],
        status="draft",
        status_transitions=dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
        test_clock=None,
        _days=days_until_due,
        _subscription=subscription and subscription["id"],
        _payments=whole_list([], "/v1/invoice_payments"),
    )


def _as_billed(customer: Object) -> Object:
    """Who the customer is today: it stays so on the invoice."""
    numbers = [{name: each[name] for name in ("type", "value")} for each in customer["_tax_ids"]["data"]]
    named = {f"customer_{name}": customer[name] for name in ("name", "email", "address")}
    return {"customer": customer["id"], "customer_tax_ids": numbers, **named}


def announce_draft(fake: Fake, invoice: Object) -> None:
    add_up(invoice)
    fake.emit("invoice.created", invoice)
    if invoice["auto_advance"]:
        fake.plan(invoice["automatically_finalizes_at"], "finalize", invoice["id"])


def add_line(
    fake: Fake,
    invoice: Object,
    *,
    description: str,
    amount: int,
    quantity: int = 1,
    price: Object | None = None,
    period: tuple[int, int] | None = None,
    rates: list[Object],
    parent: Object | None = None,
    metadata: dict[str, str] | None = None,
) -> Object:
    start, end = period or (fake.now, fake.now)
    of_price = price and {"price": price["id"], "product": price["product"]}
    each = Decimal(amount) / quantity
    line = {
        "id": f"il_fake{fake.next_number('line'):06d}",
        "object": "line_item",
        "amount": amount,
        "subtotal": amount,
        "currency": "eur",
        "description": description,
        "discountable": True,
        "discounts": [],
        "discount_amounts": [],
        "invoice": invoice["id"],
        "livemode": False,
        "metadata": metadata or {},
        "parent": parent,
        "period": {"start": start, "end": end},
        "pricing": {"type": "price_details", "price_details": of_price, "unit_amount_decimal": str(each)},
        "quantity": quantity,
        "taxes": [tax_of(rate, amount) for rate in rates or invoice["default_tax_rates"]],
    }
    invoice["lines"]["data"].append(line)
    return line


def tax_of(rate: Object, amount: int) -> Object:
    if rate["inclusive"]:
        raise not_in_this_fake("prices with tax inside")
    # Stripe rounds the tax of every line, and adds the lines up.
    exact = Decimal(amount) * Decimal(str(rate["percentage"])) / 100
    return {
        "amount": int(exact.quantize(Decimal(1), ROUND_HALF_UP)),
        "taxable_amount": amount,
        "tax_behavior": "exclusive",
        "taxability_reason": "not_available",
        "tax_rate_details": {"tax_rate": rate["id"]},
        "type": "tax_rate_details",
    }


def add_up(invoice: Object) -> None:
    lines, rates = invoice["lines"]["data"], {}
    for tax in (tax for line in lines for tax in line["taxes"]):
        total = rates.setdefault(tax["tax_rate_details"]["tax_rate"], {**tax, "amount": 0, "taxable_amount": 0})
        total["amount"] += tax["amount"]
        total["taxable_amount"] += tax["taxable_amount"]
    subtotal = sum(line["amount"] for line in lines)
    total = subtotal + sum(tax["amount"] for tax in rates.values())
    due = max(0, total + invoice["starting_balance"])
    invoice.update(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal,
        total=total,
        total_excluding_tax=subtotal,
        total_taxes=list(rates.values()),
        amount_due=due,
        amount_remaining=due,
    )


@moment("finalize")
def finalize_after_an_hour(fake: Fake, invoice: Object) -> None:
    if invoice["status"] == "draft" and invoice["auto_advance"]:
        finalize(fake, invoice)


def finalize(fake: Fake, invoice: Object) -> None:
    if invoice["status"] != "draft":
        said = "This invoice is already finalized, you can't re-finalize a non-draft invoice."
        raise Refused(said, code="invoice_not_editable")
    customer = fake.state.objects[invoice["customer"]]
    invoice["starting_balance"] = customer["balance"]
    add_up(invoice)
    used = invoice["amount_due"] - invoice["total"]
    invoice["ending_balance"] = customer["balance"] - used
    if used:
        move_credit(fake, customer, -used, "applied_to_invoice", invoice=invoice["id"])
    sends = invoice["collection_method"] == "send_invoice"
    invoice.update(
        status="open",
        number=f"{SERIES}-{fake.next_number(SERIES):05d}",
        due_date=fake.now + DAY * invoice["_days"] if sends else None,
        effective_at=fake.now,
        automatically_finalizes_at=None,
    )
    invoice["status_transitions"]["finalized_at"] = fake.now
    fake.emit("invoice.finalized", invoice)
    if invoice["due_date"]:
        fake.plan(invoice["due_date"], "overdue", invoice["id"])
    if invoice["amount_remaining"] == 0:
        settle(fake, invoice)
        return
    from deploy.local.fake_stripe import money  # what is there pays what has just become due

    money.collect(fake, invoice)


@moment("overdue")
def become_overdue(fake: Fake, invoice: Object) -> None:
    if invoice["status"] == "open":
        fake.emit("invoice.overdue", invoice)
        follow(fake, invoice, "past_due")


def settle(fake: Fake, invoice: Object) -> None:
    """Nothing remains to be paid."""
    with fake.changes(invoice, "invoice.updated"):
        invoice.update(status="paid", next_payment_attempt=None)
        invoice["status_transitions"]["paid_at"] = fake.now
    fake.emit("invoice.paid", invoice)
    fake.emit("invoice.payment_succeeded", invoice)
    follow(fake, invoice, "active")


def follow(fake: Fake, invoice: Object, status: str) -> None:
    """A subscription is what its latest invoice is: paying an older one changes nothing."""
    subscription = fake.state.objects.get(invoice["_subscription"] or "")
    if subscription and subscription["latest_invoice"] == invoice["id"]:
        allowed = {"active": ("past_due", "incomplete", "unpaid"), "past_due": ("active",)}
        if subscription["status"] in allowed[status]:
            with fake.changes(subscription, "customer.subscription.updated"):
                subscription["status"] = status


def record_payment(fake: Fake, invoice: Object, amount: int, payment: Object, *, off_stripe: bool = False) -> None:
    """Note what came for an open invoice, whole or in part."""
    invoice["amount_paid"] += amount
    invoice["amount_remaining"] -= amount
    if off_stripe:
        invoice["amount_paid_off_stripe"] += amount
    whole = invoice["amount_remaining"] == 0
    noted = next(
        (each for each in invoice["_payments"]["data"] if each["status"] == "open" and each["payment"] == payment), None
    )
    noted = noted or note_payment(fake, invoice, payment)
    noted["amount_paid"] += amount
    if whole or off_stripe:
        noted["status"], noted["status_transitions"]["paid_at"] = "paid", fake.now
        fake.emit("invoice_payment.paid", noted)
    if whole:
        for each in invoice["_payments"]["data"]:
            if each["status"] == "open":
                each["status"], each["status_transitions"]["canceled_at"] = "canceled", fake.now
        settle(fake, invoice)


def note_payment(fake: Fake, invoice: Object, payment: Object) -> Object:
    noted = fake.new(
        "inpay",
        "invoice_payment",
        amount_paid=0,
        amount_requested=invoice["amount_due"],
        currency="eur",
        invoice=invoice["id"],
        is_default=True,
        payment=payment,
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
    )
    invoice["_payments"]["data"].append(noted)
    return noted


def move_credit(fake: Fake, customer: Object, amount: int, kind: str, **fields: Any) -> Object:
    """Change what a customer owes (above zero) or has to their credit (below)."""
    with fake.changes(customer, "customer.updated"):
        customer["balance"] += amount
    return fake.new(
        "cbtxn",
        "customer_balance_transaction",
        amount=amount,
        currency="eur",
        customer=customer["id"],
        description=fields.get("description"),
        ending_balance=customer["balance"],
        credit_note=fields.get("credit_note"),
        invoice=fields.get("invoice"),
        metadata=fields.get("metadata", {}),
        type=kind,
    )


def check_days(method: str, params: dict[str, Any]) -> None:
    if method == "send_invoice" and "days_until_due" not in params:
        said = "If you specify `collection_method=send_invoice`, you must also specify `days_until_due`."
        raise Refused(said, code="parameter_missing", param="days_until_due")
    if method != "send_invoice" and "days_until_due" in params:
        said = "You can only set `days_until_due` if `collection_method` is `send_invoice`."
        raise Refused(said, param="days_until_due")
