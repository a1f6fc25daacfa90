"""From Stripe's objects, as dictionaries, to our records. An object that stands for its number is its number."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from billing.clients import records

Data = dict[str, Any]


def customer(data: Data) -> records.Customer:
    numbers = (data.get("tax_ids") or {}).get("data", [])
    return records.Customer(
        id=data["id"],
        name=data.get("name") or "",
        email=data.get("email") or "",
        tax_numbers=tuple(tax_number(each) for each in numbers),
        balance=data.get("balance") or 0,
        metadata=_metadata(data),
        cash=cash(data.get("cash_balance") or {}),
    )


def cash(data: Data) -> int:
    return int((data.get("available") or {}).get("eur", 0))


def tax_number(data: Data) -> records.TaxNumber:
    return records.TaxNumber(kind=data["type"], value=data["value"], id=data["id"])


def price(data: Data) -> records.Price:
    return records.Price(
        id=data["id"],
        product_id=_id(data["product"]),
        amount=data["unit_amount"],
        interval=(data.get("recurring") or {}).get("interval", ""),
        lookup_key=data.get("lookup_key") or "",
        is_active=data["active"],
    )


def tax_rate(data: Data) -> records.TaxRate:
    percentage = Decimal(str(data["percentage"]))
    return records.TaxRate(id=data["id"], name=data["display_name"], percentage=percentage, is_active=data["active"])


def subscription(data: Data) -> records.Subscription:
    return records.Subscription(
        id=data["id"],
        customer_id=_id(data["customer"]),
        status=data["status"],
        collection_method=data["collection_method"],
        days_until_due=data.get("days_until_due"),
        items=tuple(
            records.SubscriptionItem(
                id=item["id"],
                price_id=_id(item["price"]),
                quantity=item.get("quantity") or 1,
                period_start=_moment(item["current_period_start"]),
                period_end=_moment(item["current_period_end"]),
            )
            for item in data["items"]["data"]
        ),
        cancel_at_period_end=data["cancel_at_period_end"],
        trial_end=_perhaps(data.get("trial_end")),
        vat_basis_points=sum(round(100 * each["percentage"]) for each in data.get("default_tax_rates") or []),
        latest_invoice_id=_id(data.get("latest_invoice")),
        metadata=_metadata(data),
        created_at=_moment(data["created"]),
        ended_at=_perhaps(data.get("ended_at")),
    )


def invoice(data: Data) -> records.Invoice:
    parent = (data.get("parent") or {}).get("subscription_details") or {}
    times = data["status_transitions"]
    return records.Invoice(
        id=data["id"],
        number=data.get("number") or "",
        status=data.get("status") or "",
        customer_id=_id(data["customer"]),
        subscription_id=_id(parent.get("subscription")),
        reason=data.get("billing_reason") or "",
        subtotal=data["subtotal"],
        tax=_tax(data.get("total_taxes")),
        total=data["total"],
        due=data["amount_due"],
        paid=data["amount_paid"],
        paid_off_stripe=data.get("amount_paid_off_stripe") or 0,
        remaining=data["amount_remaining"],
        credited_before_payment=data["pre_payment_credit_notes_amount"],
        credited_after_payment=data["post_payment_credit_notes_amount"],
        lines=tuple(_line(each) for each in data["lines"]["data"]),
        metadata=_metadata(data),
        created_at=_moment(data["created"]),
        finalized_at=_perhaps(times.get("finalized_at")),
        due_at=_perhaps(data.get("due_date")),
        paid_at=_perhaps(times.get("paid_at")),
        voided_at=_perhaps(times.get("voided_at")),
    )


def credit_note(data: Data) -> records.CreditNote:
    return records.CreditNote(
        id=data["id"],
        number=data["number"],
        status=data["status"],
        invoice_id=_id(data["invoice"]),
        customer_id=_id(data["customer"]),
        subtotal=data["subtotal"],
        tax=data["total"] - data["subtotal"],
        total=data["total"],
        before_payment=data["pre_payment_amount"],
        after_payment=data["post_payment_amount"],
        refunded=sum(each["amount_refunded"] for each in data.get("refunds") or []),
        paid_back_elsewhere=data.get("out_of_band_amount") or 0,
        reason=data.get("reason") or "",
        memo=data.get("memo") or "",
        refund_ids=tuple(_id(each["refund"]) for each in data.get("refunds") or [] if each.get("refund")),
        metadata=_metadata(data),
        created_at=_moment(data["created"]),
    )


def payment(data: Data) -> records.Payment:
    return records.Payment(
        id=data["id"],
        invoice_id=_id(data["invoice"]),
        amount=data.get("amount_paid") or 0,
        status=data["status"],
        payment_intent_id=_id(data["payment"].get("payment_intent")),
        paid_at=_perhaps(data["status_transitions"].get("paid_at")),
    )


def refund(data: Data) -> records.Refund:
    return records.Refund(
        id=data["id"],
        amount=data["amount"],
        status=data.get("status") or "",
        payment_intent_id=_id(data.get("payment_intent")),
        customer_id=_id(data.get("customer")),
        metadata=_metadata(data),
        created_at=_moment(data["created"]),
    )


def bank_account(data: Data) -> records.BankAccount:
    addresses = data["bank_transfer"]["financial_addresses"]
    iban = next(each["iban"] for each in addresses if each["type"] == "iban")
    return records.BankAccount(holder=iban["account_holder_name"], iban=iban["iban"], bic=iban["bic"])


def cash_movement(data: Data) -> records.CashMovement:
    transfer = (data.get("funded") or {}).get("bank_transfer") or {}
    applied = data.get("applied_to_payment") or {}
    return records.CashMovement(
        id=data["id"],
        kind=data["type"],
        amount=data["net_amount"],
        balance_after=data["ending_balance"],
        reference=transfer.get("reference") or "",
        payment_intent_id=_id(applied.get("payment_intent")),
        created_at=_moment(data["created"]),
    )


def credit_movement(data: Data) -> records.CreditMovement:
    return records.CreditMovement(
        id=data["id"],
        kind=data["type"],
        amount=data["amount"],
        balance_after=data["ending_balance"],
        invoice_id=_id(data.get("invoice")),
        credit_note_id=_id(data.get("credit_note")),
        created_at=_moment(data["created"]),
    )


def checkout_page(data: Data) -> records.CheckoutPage:
    return records.CheckoutPage(
        id=data["id"],
        url=data.get("url") or "",
        status=data.get("status") or "",
        customer_id=_id(data.get("customer")),
        subscription_id=_id(data.get("subscription")),
        metadata=_metadata(data),
        expires_at=_moment(data["expires_at"]),
    )


def event(data: Data) -> records.Event:
    about = data["data"]["object"]
    # A cash balance has no number but its customer's, and what moves it is read with it.
    of_cash = about["object"] in ("cash_balance", "customer_cash_balance_transaction")
    return records.Event(
        id=data["id"],
        kind=data["type"],
        object_kind=about["object"],
        # Some are about what has no number, such as an invoice to come: nothing follows from them.
        object_id=_id(about["customer"]) if of_cash else about.get("id") or "",
        created_at=_moment(data["created"]),
    )


def _line(data: Data) -> records.InvoiceLine:
    pricing = (data.get("pricing") or {}).get("price_details") or {}
    return records.InvoiceLine(
        id=data["id"],
        description=data.get("description") or "",
        amount=data["amount"],
        tax=_tax(data.get("taxes")),
        quantity=data.get("quantity") or 1,
        price_id=_id(pricing.get("price")),
        period_start=_moment(data["period"]["start"]),
        period_end=_moment(data["period"]["end"]),
    )


def _tax(taxes: list[Data] | None) -> int:
    return sum(each["amount"] for each in taxes or [])


def _id(value: Any) -> str:
    return str(value["id"]) if isinstance(value, dict) else value or ""


def _metadata(data: Data) -> dict[str, str]:
    return dict(data.get("metadata") or {})


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _perhaps(seconds: int | None) -> datetime | None:
    return None if seconds is None else _moment(seconds)
