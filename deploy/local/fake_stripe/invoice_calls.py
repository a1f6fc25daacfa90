"""What one asks of invoices, and of what has been paid towards them."""

from typing import Any

from deploy.local.fake_stripe.customers import change_metadata
from deploy.local.fake_stripe.fake import HOUR, Fake, Object, answers
from deploy.local.fake_stripe.invoices import (
    add_line,
    add_up,
    announce_draft,
    check_days,
    draft,
    finalize,
    follow,
    record_payment,
)
from deploy.local.fake_stripe.lists import listed
from deploy.local.fake_stripe.refusals import Refused, missing_parameter, not_in_this_fake

CREATED_WITH = {"customer", "collection_method", "days_until_due", "auto_advance", "metadata", "description"}
CREATED_WITH |= {"default_tax_rates", "pending_invoice_items_behavior", "currency", "payment_settings"}


@answers("post", "/v1/invoices")
def create_invoice(fake: Fake, params: dict[str, Any]) -> Object:
    if "customer" not in params:
        raise missing_parameter("customer")
    customer = fake.get("customer", params["customer"], "customer")
    method = params.get("collection_method", "charge_automatically")
    check_days(method, params)
    for name in params.keys() - CREATED_WITH:
        raise not_in_this_fake(f"{name} of an invoice")
    invoice = draft(
        fake,
        customer,
        reason="manual",
        collection_method=method,
        days_until_due=params.get("days_until_due"),
        auto_advance=params.get("auto_advance", False),
        metadata=params.get("metadata"),
        tax_rates=[fake.get("tax_rate", each, "default_tax_rates") for each in params.get("default_tax_rates", [])],
    )
    invoice["description"] = params.get("description")
    announce_draft(fake, invoice)
    return invoice


@answers("post", "/v1/invoiceitems")
def create_invoice_item(fake: Fake, params: dict[str, Any]) -> Object:
    if "invoice" not in params:
        raise not_in_this_fake("items that wait for an invoice")
    invoice = fake.get("invoice", params["invoice"], "invoice")
    if invoice["status"] != "draft":
        raise Refused("You can only add items to a draft invoice.", code="invoice_not_editable", param="invoice")
    if "amount" not in params:
        raise not_in_this_fake("items without an amount")
    rates = [fake.get("tax_rate", each, "tax_rates") for each in params.get("tax_rates", [])]
    period = params.get("period", {"start": fake.now, "end": fake.now})
    item = fake.new(
        "ii",
        "invoiceitem",
        amount=params["amount"],
        currency=params.get("currency", "eur"),
        customer=invoice["customer"],
        date=fake.now,
        description=params.get("description"),
        discountable=True,
        invoice=invoice["id"],
        metadata=params.get("metadata", {}),
        period=period,
        proration=False,
        quantity=1,
        tax_rates=rates,
    )
    details = {"type": "invoice_item_details", "invoice_item_details": {"invoice_item": item["id"]}}
    add_line(
        fake,
        invoice,
        description=params.get("description", ""),
        amount=params["amount"],
        period=(period["start"], period["end"]),
        rates=rates,
        parent=details,
        metadata=params.get("metadata"),
    )
    with fake.changes(invoice, "invoice.updated"):
        add_up(invoice)
    return item


@answers("get", "/v1/invoices/{invoice}")
def retrieve_invoice(fake: Fake, params: dict[str, Any], invoice: str) -> Object:
    return fake.get("invoice", invoice)


@answers("get", "/v1/invoices")
def list_invoices(fake: Fake, params: dict[str, Any]) -> Object:
    found = fake.owned(params["customer"], "invoice") if "customer" in params else fake.all("invoice")
    return listed(found, params, "/v1/invoices")


@answers("get", "/v1/invoice_payments")
def list_payments(fake: Fake, params: dict[str, Any]) -> Object:
    if "payment" in params:
        raise not_in_this_fake("payments by what paid")
    found = fake.all("invoice_payment")
    if "invoice" in params:  # not all of everybody's, for each invoice that is read
        found = reversed(fake.get("invoice", params["invoice"], "invoice")["_payments"]["data"])
    return listed(found, params, "/v1/invoice_payments")


@answers("post", "/v1/invoices/{invoice}")
def update_invoice(fake: Fake, params: dict[str, Any], invoice: str) -> Object:
    found = fake.get("invoice", invoice)
    for name in params.keys() - {"metadata", "auto_advance", "description"}:
        raise not_in_this_fake(f"changing {name} of an invoice")
    if found["status"] != "draft" and params.keys() - {"metadata"}:
        raise Refused("Finalized invoices can't be updated in this way.", code="invoice_not_editable")
    with fake.changes(found, "invoice.updated"):
        change_metadata(found, params.pop("metadata", None))
        found.update(params)
        if "auto_advance" in params:
            found["automatically_finalizes_at"] = fake.now + HOUR if params["auto_advance"] else None
            fake.plan(fake.now + HOUR, "finalize", found["id"])
    return found


@answers("delete", "/v1/invoices/{invoice}")
def delete_invoice(fake: Fake, params: dict[str, Any], invoice: str) -> Object:
    found = fake.get("invoice", invoice)
    if found["status"] != "draft" or found["_subscription"]:
        raise Refused("You can only delete draft invoices that no subscription made.", code="invoice_not_editable")
    fake.remove(found)
    fake.emit("invoice.deleted", found)
    return {"id": invoice, "object": "invoice", "deleted": True}


@answers("post", "/v1/invoices/{invoice}/finalize")
def finalize_invoice(fake: Fake, params: dict[str, Any], invoice: str) -> Object:
    found = fake.get("invoice", invoice)
    finalize(fake, found)
    return found


@answers("post", "/v1/invoices/{invoice}/pay")
def pay_invoice(fake: Fake, params: dict[str, Any], invoice: str) -> Object:
    found = fake.get("invoice", invoice)
    if found["status"] == "paid":
        raise Refused("Invoice is already paid", code="invoice_already_paid")
    if found["status"] == "void":
        raise Refused("This invoice is void and cannot be paid.", code="invoice_not_editable")
    if not params.get("paid_out_of_band"):
        raise not_in_this_fake("paying an invoice otherwise than out of band")
    if found["status"] == "draft":
        finalize(fake, found)
    if found["status"] == "open":
        record = {"type": "payment_record", "payment_record": f"pr_fake{fake.next_number('record'):06d}"}
        record_payment(fake, found, found["amount_remaining"], record, off_stripe=True)
    return found


@answers("post", "/v1/payment_records/report_payment")
def report_payment(fake: Fake, params: dict[str, Any]) -> Object:
    """What was paid elsewhere, whole and for good; it says nothing of what for until it is attached."""
    if params.get("outcome") != "guaranteed" or params["payment_method_details"].get("type") != "custom":
        raise not_in_this_fake("records of other than what has come, in a way of one's own")
    asked = dict(params["amount_requested"])
    nothing = {"currency": asked["currency"], "value": 0}
    record = fake.new(
        "pr", "payment_record", amount=asked, amount_requested=asked, amount_guaranteed=asked, amount_refunded=nothing,
        metadata={}, _attached=False,
    )  # fmt: skip
    change_metadata(record, params.get("metadata"))
    return record


@answers("post", "/v1/invoices/{invoice}/attach_payment")
def attach_payment(fake: Fake, params: dict[str, Any], invoice: str) -> Object:
    found = fake.get("invoice", invoice)
    if "payment_record" not in params:
        raise not_in_this_fake("attaching other than a record of what came elsewhere")
    record = fake.get("payment_record", params["payment_record"], "payment_record")
    amount = record["amount_guaranteed"]["value"]
    if found["status"] != "open" or record["_attached"] or amount > found["amount_remaining"]:
        raise Refused("This payment cannot be attached to this invoice.", param="payment_record")
    record["_attached"] = True
    with fake.changes(found, "invoice.updated"):
        payment = {"type": "payment_record", "payment_record": record["id"]}
        record_payment(fake, found, amount, payment, off_stripe=True)
    return found


@answers("post", "/v1/invoices/{invoice}/void")
def void_invoice(fake: Fake, params: dict[str, Any], invoice: str) -> Object:
    found = fake.get("invoice", invoice)
    if found["status"] not in ("open", "uncollectible"):
        said = f"You can only void open or uncollectible invoices. This invoice is {found['status']}."
        raise Refused(said, code="invoice_not_editable")
    if found["amount_paid"]:
        raise Refused("You cannot void an invoice that has been partly paid.", code="invoice_not_editable")
    found.update(status="void", next_payment_attempt=None)
    found["status_transitions"]["voided_at"] = fake.now
    fake.emit("invoice.voided", found)
    follow(fake, found, "active")
    return found
