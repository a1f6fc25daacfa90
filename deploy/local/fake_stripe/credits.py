"""Credit notes: what is taken off an invoice before it is paid, or given back after."""

from typing import Any

from deploy.local.fake_stripe import invoices, money
from deploy.local.fake_stripe.fake import Fake, Object, answers
from deploy.local.fake_stripe.lists import listed, whole_list
from deploy.local.fake_stripe.refusals import Refused, not_in_this_fake

GIVEN_BACK = ("refund_amount", "credit_amount", "out_of_band_amount")


@answers("post", "/v1/credit_notes")
def create_credit_note(fake: Fake, params: dict[str, Any]) -> Object:
    invoice = fake.get("invoice", params["invoice"], "invoice")
    if invoice["status"] not in ("open", "paid"):
        raise Refused(f"You cannot credit an invoice that is {invoice['status']}.", param="invoice")
    for name in ("shipping_cost", "refunds", "effective_at"):
        if name in params:
            raise not_in_this_fake(f"{name} of a credit note")
    lines = [_line(fake, invoice, given, index) for index, given in enumerate(params.get("lines", []))]
    total = sum(line["amount"] + sum(tax["amount"] for tax in line["taxes"]) for line in lines)
    total = total if lines else params.get("amount", 0)
    credited = invoice["pre_payment_credit_notes_amount"] + invoice["post_payment_credit_notes_amount"]
    if total <= 0 or ("amount" in params and params["amount"] != total):
        raise Refused("One of `amount`, `lines` or `shipping_cost` must be given, above zero.", param="amount")
    if total > invoice["total"] - credited:
        left = invoice["total"] - credited
        raise Refused(f"The amount ({total}) is greater than what can still be credited ({left}).", param="amount")
    before = min(total, invoice["amount_remaining"])
    after = total - before
    _check_given_back(fake, invoice, params, after)
    return _issue(fake, invoice, params, lines, before, after)


def _check_given_back(fake: Fake, invoice: Object, params: dict[str, Any], after: int) -> None:
    given = sum(params.get(name, 0) for name in GIVEN_BACK)
    if given != after:
        said = "The sum of credit amount, refund amount and out of band amount"
        raise Refused(f"{said} ({given}) must equal the post payment credit note amount ({after}).")
    if wanted := params.get("refund_amount"):
        intent = _charged(fake, invoice)
        charge = intent and fake.state.objects[intent["latest_charge"]]
        if not charge or wanted > charge["amount"] - charge["amount_refunded"]:
            raise Refused("The invoice has no charge that could be refunded so far.", param="refund_amount")


def _issue(fake: Fake, invoice: Object, params: dict[str, Any], lines: list[Object], before: int, after: int) -> Object:
    total, customer = before + after, fake.state.objects[invoice["customer"]]
    tax = sum(tax["amount"] for line in lines for tax in line["taxes"])
    if not lines and invoice["total"]:
        tax = round(total * (invoice["total"] - invoice["subtotal"]) / invoice["total"])
    note = fake.new(
        "cn",
        "credit_note",
        amount=total,
        amount_shipping=0,
        currency="eur",
        customer=customer["id"],
        customer_balance_transaction=None,
        discount_amount=0,
        discount_amounts=[],
        effective_at=fake.now,
        invoice=invoice["id"],
        lines=whole_list(lines, "/v1/credit_notes/lines"),
        memo=params.get("memo"),
        metadata=params.get("metadata", {}),
        number=f"{invoice['number']}-CN-{fake.next_number(invoice['number']):02d}",
        out_of_band_amount=params.get("out_of_band_amount"),
        post_payment_amount=after,
        pre_payment_amount=before,
        reason=params.get("reason"),
        refunds=[],
        status="issued",
        subtotal=total - tax,
        subtotal_excluding_tax=total - tax,
        total=total,
        total_excluding_tax=total - tax,
        type="mixed" if before and after else "pre_payment" if before else "post_payment",
        voided_at=None,
    )
    if wanted := params.get("refund_amount"):
        refund = money.refund_charge(fake, _charged(fake, invoice) or {}, wanted)
        note["refunds"] = [{"refund": refund["id"], "amount_refunded": wanted, "type": "refund"}]
    if credit := params.get("credit_amount"):
        moved = invoices.move_credit(fake, customer, -credit, "credit_note", credit_note=note["id"])
        note["customer_balance_transaction"] = moved["id"]
    fake.emit("credit_note.created", note)
    with fake.changes(invoice, "invoice.updated"):
        invoice["pre_payment_credit_notes_amount"] += before
        invoice["post_payment_credit_notes_amount"] += after
        invoice["amount_due"] -= before
        invoice["amount_remaining"] -= before
    if before and invoice["amount_remaining"] == 0:
        invoices.settle(fake, invoice)
    return note


def _charged(fake: Fake, invoice: Object) -> Object | None:
    for each in invoice["_payments"]["data"]:
        if each["payment"]["type"] == "payment_intent" and each["status"] == "paid":
            return fake.state.objects[each["payment"]["payment_intent"]]
    return None


def _line(fake: Fake, invoice: Object, given: Object, index: int) -> Object:
    if given["type"] != "invoice_line_item":
        raise not_in_this_fake("lines of a credit note that are not of its invoice")
    source = next((each for each in invoice["lines"]["data"] if each["id"] == given.get("invoice_line_item")), None)
    if source is None:
        raise Refused("No such invoice line item", code="resource_missing", param=f"lines[{index}][invoice_line_item]")
    quantity = given.get("quantity", source["quantity"])
    amount = given.get("amount", source["amount"] * quantity // source["quantity"])
    rates = [fake.state.objects[tax["tax_rate_details"]["tax_rate"]] for tax in source["taxes"]]
    return {
        "id": f"cnli_fake{fake.next_number('credit line'):06d}",
        "object": "credit_note_line_item",
        "amount": amount,
        "description": source["description"],
        "discount_amount": 0,
        "discount_amounts": [],
        "invoice_line_item": source["id"],
        "livemode": False,
        "metadata": given.get("metadata", {}),
        "quantity": quantity,
        "tax_rates": [],
        "taxes": [invoices.tax_of(rate, amount) for rate in rates],
        "type": "invoice_line_item",
        "unit_amount": None,
        "unit_amount_decimal": None,
    }


@answers("get", "/v1/credit_notes/{id}")
def retrieve_credit_note(fake: Fake, params: dict[str, Any], id: str) -> Object:
    return fake.get("credit_note", id)


@answers("get", "/v1/credit_notes")
def list_credit_notes(fake: Fake, params: dict[str, Any]) -> Object:
    return listed(fake.all("credit_note"), params, "/v1/credit_notes")
