"""Money that comes in: cards that are charged, and transfers, which Stripe spreads over what is to be paid."""

from itertools import combinations
from typing import Any

from deploy.local.fake_stripe import invoices
from deploy.local.fake_stripe.customers import cash_balance, change_metadata
from deploy.local.fake_stripe.fake import DAY, Fake, Object, answers, moment
from deploy.local.fake_stripe.lists import listed
from deploy.local.fake_stripe.refusals import Refused, missing_object, not_in_this_fake

# A card that was refused is tried again after so many days.
RETRIES = (3, 5, 7)
# A transfer pays by itself what is not due yet, or has not been for longer than this.
OVERDUE_AT_MOST = 30 * DAY
# Two pages of Stripe's say two things: whether what is not enough pays a part, or waits for the rest.
IN_PART = True
# Stripe looks for as many invoices that make the very sum.
TOGETHER = 5


def collect(fake: Fake, invoice: Object) -> None:
    """Take what an invoice that has just become final may take: from the card, or from money that waits."""
    customer = fake.state.objects[invoice["customer"]]
    if invoice["collection_method"] == "charge_automatically":
        charge_card(fake, invoice, customer)
    else:
        await_funds(fake, invoice, customer)
        spread(fake, customer)


def await_funds(fake: Fake, invoice: Object, customer: Object) -> None:
    """What an invoice that is sent asks for, from the moment at which it is final."""
    intent = payment_intent(fake, customer, invoice["amount_remaining"], "customer_balance")
    invoice["_intent"] = intent["id"]
    invoices.note_payment(fake, invoice, {"type": "payment_intent", "payment_intent": intent["id"]})


# Cards


@moment("retry")
def retry(fake: Fake, invoice: Object) -> None:
    if invoice["status"] == "open" and invoice["next_payment_attempt"]:
        charge_card(fake, invoice, fake.state.objects[invoice["customer"]])


def charge_card(fake: Fake, invoice: Object, customer: Object) -> None:
    invoice["attempted"] = True
    invoice["attempt_count"] += 1
    if customer["_card"] == "good":
        paid = payment_intent(fake, customer, invoice["amount_remaining"], "card")
        succeed(fake, paid)
        record = {"type": "payment_intent", "payment_intent": paid["id"]}
        invoices.record_payment(fake, invoice, invoice["amount_remaining"], record)
        return
    tries = invoice["attempt_count"] - 1
    invoice["next_payment_attempt"] = fake.now + DAY * RETRIES[tries] if tries < len(RETRIES) else None
    if invoice["next_payment_attempt"]:
        fake.plan(invoice["next_payment_attempt"], "retry", invoice["id"])
    fake.emit("invoice.payment_failed", invoice)
    invoices.follow(fake, invoice, "past_due")


def payment_intent(fake: Fake, customer: Object, amount: int, method: str) -> Object:
    return fake.new(
        "pi",
        "payment_intent",
        amount=amount,
        amount_received=0,
        currency="eur",
        customer=customer["id"],
        latest_charge=None,
        metadata={},
        payment_method_types=[method],
        status="requires_payment_method",
    )


def succeed(fake: Fake, intent: Object) -> None:
    charge = fake.new(
        "ch",
        "charge",
        amount=intent["amount"],
        amount_refunded=0,
        currency="eur",
        customer=intent["customer"],
        metadata={},
        paid=True,
        payment_intent=intent["id"],
        refunded=False,
        status="succeeded",
    )
    intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"])
    fake.emit("charge.succeeded", charge)
    fake.emit("payment_intent.succeeded", intent)


# Transfers


def iban_of(customer: Object) -> str:
    """A French account of the customer's own, with its right check digits."""
    bank, counter = "99999", "00001"
    account = customer["id"].removeprefix("cus_fake").rjust(11, "0")
    key = 97 - (89 * int(bank) + 15 * int(counter) + 3 * int(account)) % 97
    national = f"{bank}{counter}{account}{key:02d}"
    return f"FR{98 - int(national + '152700') % 97:02d}{national}"


@answers("post", "/v1/customers/{customer}/funding_instructions")
def funding_instructions(fake: Fake, params: dict[str, Any], customer: str) -> Object:
    found, asked = fake.get("customer", customer), params["bank_transfer"]
    if params["currency"] != "eur" or asked["type"] != "eu_bank_transfer":
        raise not_in_this_fake("transfers other than in euros")
    country = asked.get("eu_bank_transfer", {}).get("country")
    if country not in ("DE", "FR", "IE", "NL"):
        raise Refused("Invalid country: must be one of DE, FR, IE, NL", param="bank_transfer[eu_bank_transfer]")
    if country != "FR":
        raise not_in_this_fake("accounts outside France")
    address = {"line1": "1 rue du Faux", "city": "Paris", "postal_code": "75001", "country": "FR"}
    iban = {
        "account_holder_name": "Territoires résilients",
        "account_holder_address": address,
        "bank_address": address,
        "bic": "FAUXFRPPXXX",
        "country": "FR",
        "iban": iban_of(found),
    }
    addresses = [{"type": "iban", "iban": iban, "supported_networks": ["sepa"]}]
    transfer = {"type": "eu_bank_transfer", "country": "FR", "financial_addresses": addresses}
    return {
        "object": "funding_instructions",
        "bank_transfer": transfer,
        "currency": "eur",
        "funding_type": "bank_transfer",
        "livemode": False,
    }


def receive(fake: Fake, *, amount: int, iban: str = "", customer: str = "", reference: str = "") -> Object:
    """A transfer comes to a customer's account. What it does not pay waits there, in cash."""
    found = next((each for each in fake.all("customer") if customer == each["id"] or iban == iban_of(each)), None)
    if found is None:
        raise missing_object("customer", customer or iban)
    if amount <= 0:
        raise Refused("A transfer brings at least a cent.", param="amount")
    funded = {
        "bank_transfer": {
            "type": "eu_bank_transfer",
            "reference": reference or None,
            "eu_bank_transfer": {"bic": "TRPUFRP1XXX", "iban_last4": "0143", "sender_name": "TRESOR PUBLIC"},
        }
    }
    moved = _move_cash(fake, found, amount, "funded", funded=funded)
    fake.emit("cash_balance.funds_available", cash_balance(found))
    spread(fake, found, reference)
    return moved


def spread(fake: Fake, customer: Object, reference: str = "") -> None:
    """Pay with a customer's cash, in Stripe's order.

    First the invoice whose number the reference holds, then those (five at most) that make the very sum, then the
    oldest ones, the last of them in part. One that has been overdue for over thirty days is left alone.
    """
    waiting = [
        each
        for each in reversed(list(fake.owned(customer["id"], "invoice")))
        if each["status"] == "open"
        and each["collection_method"] == "send_invoice"
        and fake.now <= each["due_date"] + OVERDUE_AT_MOST
    ]
    named = [each for each in waiting if each["number"] in reference.split()]
    for invoice in named or _making(waiting, customer["_cash"]) or waiting:
        if customer["_cash"] >= (1 if IN_PART else invoice["amount_remaining"]):
            _pay_with_cash(fake, customer, invoice, min(customer["_cash"], invoice["amount_remaining"]))
    if named and customer["_cash"]:
        spread(fake, customer)


@answers("post", "/v1/payment_intents/{intent}/apply_customer_balance")
def apply_cash(fake: Fake, params: dict[str, Any], intent: str) -> Object:
    """However long the invoice has been overdue; its intent is paid whole, or not at all."""
    found = fake.get("payment_intent", intent)
    invoice = next((each for each in fake.owned(found["customer"], "invoice") if each.get("_intent") == intent), None)
    if invoice is None:
        raise not_in_this_fake("cash for an intent that no invoice has made")
    if invoice["status"] != "open":
        raise Refused("This PaymentIntent is not awaiting funds.", code="payment_intent_unexpected_state")
    customer = fake.state.objects[found["customer"]]
    if customer["_cash"] < invoice["amount_remaining"]:
        raise Refused("The customer's cash balance is not enough.", code="insufficient_funds")
    _pay_with_cash(fake, customer, invoice, invoice["amount_remaining"])
    return found


def _making(waiting: list[Object], cash: int) -> list[Object]:
    for count in range(1, min(TOGETHER, len(waiting)) + 1):
        for group in combinations(waiting, count):
            if sum(each["amount_remaining"] for each in group) == cash:
                return list(group)
    return []


def _pay_with_cash(fake: Fake, customer: Object, invoice: Object, amount: int) -> None:
    intent = fake.state.objects[invoice["_intent"]]
    _move_cash(fake, customer, -amount, "applied_to_payment", applied_to_payment={"payment_intent": intent["id"]})
    intent["amount_received"] += amount
    if amount == invoice["amount_remaining"]:
        intent["amount"] = intent["amount_received"]
        succeed(fake, intent)
    else:
        intent["status"] = "requires_action"
        fake.emit("payment_intent.partially_funded", intent)
    record = {"type": "payment_intent", "payment_intent": intent["id"]}
    with fake.changes(invoice, "invoice.updated"):
        invoices.record_payment(fake, invoice, amount, record)


def _move_cash(fake: Fake, customer: Object, amount: int, kind: str, **fields: Any) -> Object:
    customer["_cash"] += amount
    moved = fake.new(
        "ccsbtxn",
        "customer_cash_balance_transaction",
        currency="eur",
        customer=customer["id"],
        ending_balance=customer["_cash"],
        net_amount=amount,
        type=kind,
        **fields,
    )
    fake.emit("customer_cash_balance_transaction.created", moved)
    return moved


@answers("get", "/v1/customers/{customer}/cash_balance")
def retrieve_cash_balance(fake: Fake, params: dict[str, Any], customer: str) -> Object:
    return cash_balance(fake.get("customer", customer))


@answers("get", "/v1/customers/{customer}/cash_balance_transactions")
def list_cash_movements(fake: Fake, params: dict[str, Any], customer: str) -> Object:
    of_them = fake.owned(customer, "customer_cash_balance_transaction")
    return listed(of_them, params, f"/v1/customers/{customer}/cash_balance_transactions")


# What a customer has to their credit


@answers("get", "/v1/customers/{customer}/balance_transactions")
def list_credits(fake: Fake, params: dict[str, Any], customer: str) -> Object:
    of_them = fake.owned(customer, "customer_balance_transaction")
    return listed(of_them, params, f"/v1/customers/{customer}/balance_transactions")


@answers("post", "/v1/customers/{customer}/balance_transactions")
def create_credit(fake: Fake, params: dict[str, Any], customer: str) -> Object:
    found = fake.get("customer", customer)
    words = {name: params[name] for name in ("description", "metadata") if params.get(name)}
    return invoices.move_credit(fake, found, params["amount"], "adjustment", **words)


# Money that goes back


@answers("post", "/v1/refunds")
def create_refund(fake: Fake, params: dict[str, Any]) -> Object:
    if params.get("origin") == "customer_balance":
        return _refund_cash(fake, params)
    if "payment_intent" not in params:
        raise not_in_this_fake("refunds of other than a payment intent or cash")
    intent = fake.get("payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise Refused("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
    refund = refund_charge(fake, intent, params.get("amount"), params.get("reason"))
    change_metadata(refund, params.get("metadata"))
    return refund


def refund_charge(fake: Fake, intent: Object, amount: int | None, reason: str | None = None) -> Object:
    charge = fake.state.objects[intent["latest_charge"]]
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise Refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise Refused(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    refund = _refund(fake, amount, reason, charge=charge["id"], payment_intent=intent["id"], status="succeeded")
    fake.emit("charge.refunded", charge)
    return refund


def _refund_cash(fake: Fake, params: dict[str, Any]) -> Object:
    customer, amount = fake.get("customer", params.get("customer"), "customer"), params.get("amount")
    if params.get("currency") != "eur" or amount is None:
        raise Refused("A refund of cash has an amount and a currency.", param="amount")
    if not 0 < amount <= customer["_cash"]:
        raise Refused(f"The cash balance ({customer['_cash']}) is too small.", param="amount")
    refund = _refund(fake, amount, params.get("reason"), customer=customer["id"], status="pending")
    change_metadata(refund, params.get("metadata"))
    _move_cash(fake, customer, -amount, "refunded_from_payment", refunded_from_payment={"refund": refund["id"]})
    fake.plan(fake.now + DAY, "refund_arrives", refund["id"])
    return refund


def _refund(fake: Fake, amount: int, reason: str | None, **fields: Any) -> Object:
    whole = {"charge": None, "payment_intent": None, "customer": None, **fields}
    refund = fake.new(
        "re", "refund", amount=amount, currency="eur", reason=reason, metadata={}, failure_reason=None, **whole
    )
    del refund["livemode"]  # the one object that does not say it
    fake.emit("refund.created", refund)
    return refund


@moment("refund_arrives")
def refund_arrives(fake: Fake, refund: Object) -> None:
    with fake.changes(refund, "refund.updated"):
        refund["status"] = "succeeded"


@answers("get", "/v1/refunds/{refund}")
def retrieve_refund(fake: Fake, params: dict[str, Any], refund: str) -> Object:
    return fake.get("refund", refund)


@answers("get", "/v1/refunds")
def list_refunds(fake: Fake, params: dict[str, Any]) -> Object:
    return listed(fake.all("refund"), params, "/v1/refunds")


@answers("get", "/v1/payment_intents/{intent}")
def retrieve_payment_intent(fake: Fake, params: dict[str, Any], intent: str) -> Object:
    return fake.get("payment_intent", intent)
