"""Subscriptions: active at once where an invoice is sent, past due after its date, renewed at the end of a period."""

import calendar
from datetime import UTC, datetime
from typing import Any

from deploy.local.fake_stripe import invoices
from deploy.local.fake_stripe.customers import change_metadata
from deploy.local.fake_stripe.fake import DAY, Fake, Object, answers, moment
from deploy.local.fake_stripe.lists import listed, whole_list
from deploy.local.fake_stripe.refusals import Refused, missing_object, missing_parameter, not_in_this_fake

CREATED_WITH = {
    "customer",
    "items",
    "collection_method",
    "days_until_due",
    "default_tax_rates",
    "description",
    "metadata",
    "trial_end",
    "trial_period_days",
    "payment_settings",
    "proration_behavior",
    "cancel_at_period_end",
    "off_session",
    "currency",
}
CHANGED = {"items", "metadata", "cancel_at_period_end", "default_tax_rates", "days_until_due", "description"}
CHANGED |= {"proration_behavior", "trial_end"}


def later(at: int, recurring: Object) -> int:
    """The end of a period that begins at `at`: the same day of a later month, or that month's last."""
    begun, count = datetime.fromtimestamp(at, UTC), recurring["interval_count"]
    if recurring["interval"] in ("day", "week"):
        return at + DAY * count * (7 if recurring["interval"] == "week" else 1)
    months = begun.month - 1 + count * (12 if recurring["interval"] == "year" else 1)
    year, month = begun.year + months // 12, months % 12 + 1
    day = min(begun.day, calendar.monthrange(year, month)[1])
    return int(begun.replace(year=year, month=month, day=day).timestamp())


@answers("post", "/v1/subscriptions")
def create_subscription(fake: Fake, params: dict[str, Any]) -> Object:
    method = params.get("collection_method", "charge_automatically")
    for name in ("customer", "items"):
        if name not in params:
            raise missing_parameter(name)
    for name in params.keys() - CREATED_WITH:
        raise not_in_this_fake(f"{name} of a subscription")
    customer = fake.get("customer", params["customer"], "customer")
    invoices.check_days(method, params)
    if method == "charge_automatically" and not customer["_card"]:
        said = "This customer has no attached payment source or default payment method."
        raise Refused(said, code="resource_missing")
    subscription = start(fake, customer, params, method)
    latest = fake.state.objects[subscription["latest_invoice"]]
    if method == "charge_automatically" and latest["status"] == "draft":
        # The first one is not left waiting.
        invoices.finalize(fake, latest)
    return subscription


def start(fake: Fake, customer: Object, params: dict[str, Any], method: str) -> Object:
    prices = [_priced(fake, each) for each in params["items"]]
    rates = [fake.get("tax_rate", each, "default_tax_rates") for each in params.get("default_tax_rates") or []]
    trial_end = _end_of_trial(fake, params)
    subscription = fake.new(
        "sub",
        "subscription",
        billing_cycle_anchor=trial_end or fake.now,
        cancel_at=None,
        cancel_at_period_end=params.get("cancel_at_period_end", False),
        canceled_at=None,
        collection_method=method,
        currency="eur",
        customer=customer["id"],
        days_until_due=params.get("days_until_due"),
        default_payment_method=None,
        default_tax_rates=rates,
        description=params.get("description"),
        ended_at=None,
        latest_invoice=None,
        metadata=params.get("metadata") or {},
        payment_settings=params.get("payment_settings"),
        start_date=fake.now,
        status="trialing" if trial_end else "active",
        test_clock=None,
        trial_start=fake.now if trial_end else None,
        trial_end=trial_end,
    )
    subscription["items"] = whole_list(
        [
            _item(fake, subscription, price, given, trial_end)
            for price, given in zip(prices, params["items"], strict=True)
        ],
        f"/v1/subscription_items?subscription={subscription['id']}",
    )
    fake.emit("customer.subscription.created", subscription)
    if trial_end:
        fake.plan(max(fake.now, trial_end - 3 * DAY), "trial_will_end", subscription["id"])
    fake.plan(_end(subscription), "renew", subscription["id"])
    bill(fake, subscription, "subscription_create", free=bool(trial_end))
    return subscription


def bill(fake: Fake, subscription: Object, reason: str, *, free: bool = False) -> Object:
    customer = fake.state.objects[subscription["customer"]]
    invoice = invoices.draft(
        fake,
        customer,
        reason=reason,
        collection_method=subscription["collection_method"],
        days_until_due=subscription["days_until_due"],
        subscription=subscription,
        tax_rates=subscription["default_tax_rates"],
    )
    for item in subscription["items"]["data"]:
        price = item["price"]
        details = {"subscription": subscription["id"], "subscription_item": item["id"], "proration": False}
        invoices.add_line(
            fake,
            invoice,
            # As Stripe says it.
            description=f"{item['quantity']} × {fake.state.objects[price['product']]['name']} "
            f"(at €{price['unit_amount'] / 100:,.2f} / {price['recurring']['interval']})",
            amount=0 if free else price["unit_amount"] * item["quantity"],
            quantity=item["quantity"],
            price=price,
            period=(item["current_period_start"], item["current_period_end"]),
            rates=item["tax_rates"],
            parent={"type": "subscription_item_details", "subscription_item_details": details},
        )
    subscription["latest_invoice"] = invoice["id"]
    invoices.announce_draft(fake, invoice)
    if free:
        invoices.finalize(fake, invoice)
    return invoice


@moment("trial_will_end")
def warn_of_the_end(fake: Fake, subscription: Object) -> None:
    if subscription["status"] == "trialing":
        fake.emit("customer.subscription.trial_will_end", subscription)


@moment("renew")
def renew(fake: Fake, subscription: Object) -> None:
    if subscription["status"] in ("canceled", "incomplete_expired") or fake.now < _end(subscription):
        return
    if subscription["cancel_at_period_end"]:
        _end_it(fake, subscription)
        return
    with fake.changes(subscription, "customer.subscription.updated"):
        if subscription["status"] == "trialing":
            subscription["status"] = "active"
        for item in subscription["items"]["data"]:
            item["current_period_start"] = item["current_period_end"]
            item["current_period_end"] = later(item["current_period_end"], item["price"]["recurring"])
    fake.plan(_end(subscription), "renew", subscription["id"])
    bill(fake, subscription, "subscription_cycle")


def _end_it(fake: Fake, subscription: Object) -> None:
    subscription.update(status="canceled", ended_at=fake.now, canceled_at=subscription["canceled_at"] or fake.now)
    for invoice in fake.owned(subscription["customer"], "invoice"):
        if invoice["_subscription"] == subscription["id"] and invoice["status"] == "draft":
            # Left to whoever ended it; those that are final are still owed.
            invoice.update(auto_advance=False, automatically_finalizes_at=None)
    fake.emit("customer.subscription.deleted", subscription)


# Calls


@answers("get", "/v1/subscriptions/{subscription_exposed_id}")
def retrieve_subscription(fake: Fake, params: dict[str, Any], subscription_exposed_id: str) -> Object:
    return fake.get("subscription", subscription_exposed_id)


@answers("get", "/v1/subscriptions")
def list_subscriptions(fake: Fake, params: dict[str, Any]) -> Object:
    status = params.pop("status", None)
    if status not in (None, "all"):
        params["status"] = status
    # Those that have ended are left out unless they are asked for.
    found = (each for each in fake.all("subscription") if status or each["status"] != "canceled")
    return listed(found, params, "/v1/subscriptions")


@answers("post", "/v1/subscriptions/{subscription_exposed_id}")
def update_subscription(fake: Fake, params: dict[str, Any], subscription_exposed_id: str) -> Object:
    found = fake.get("subscription", subscription_exposed_id)
    for name in params.keys() - CHANGED:
        raise not_in_this_fake(f"changing {name} of a subscription")
    if found["status"] == "canceled" and params.keys() - {"metadata"}:
        raise Refused("A canceled subscription can only update its cancellation_details and metadata.")
    changes = [_change_of_item(fake, found, given) for given in params.get("items", [])]
    if changes and params.get("proration_behavior") != "none":
        raise not_in_this_fake("prorations: pass proration_behavior=none")
    rates = [fake.get("tax_rate", each, "default_tax_rates") for each in params.get("default_tax_rates") or []]
    with fake.changes(found, "customer.subscription.updated"):
        change_metadata(found, params.get("metadata"))
        for item, price, quantity in changes:
            item.update(price=price, plan=_plan_of(price), quantity=quantity)
        if "default_tax_rates" in params:
            found["default_tax_rates"] = rates
        for name in ("days_until_due", "description"):
            if name in params:
                found[name] = params[name]
        if "cancel_at_period_end" in params:
            ends = params["cancel_at_period_end"]
            found.update(cancel_at_period_end=ends, canceled_at=fake.now if ends else None)
            found["cancel_at"] = _end(found) if ends else None
        if "trial_end" in params:
            _move_end_of_trial(fake, found, params["trial_end"])
    return found


@answers("delete", "/v1/subscriptions/{subscription_exposed_id}")
def cancel_subscription(fake: Fake, params: dict[str, Any], subscription_exposed_id: str) -> Object:
    found = fake.get("subscription", subscription_exposed_id)
    if params.get("prorate") or params.get("invoice_now"):
        raise not_in_this_fake("prorations")
    if found["status"] == "canceled":
        raise missing_object("subscription", subscription_exposed_id)
    _end_it(fake, found)
    return found


# Parts


def _end(subscription: Object) -> int:
    return min(int(item["current_period_end"]) for item in subscription["items"]["data"])


def _end_of_trial(fake: Fake, params: dict[str, Any]) -> int | None:
    if "trial_period_days" in params:
        return fake.now + DAY * int(params["trial_period_days"])
    end = params.get("trial_end")
    if end in (None, "now"):
        return None
    if end <= fake.now:
        raise Refused("The trial must end in the future.", param="trial_end")
    return int(end)


def _move_end_of_trial(fake: Fake, found: Object, given: Any) -> None:
    if found["status"] != "trialing":
        raise not_in_this_fake("a trial that begins later")
    end = fake.now if given == "now" else int(given)
    found.update(trial_end=end, billing_cycle_anchor=end)
    for item in found["items"]["data"]:
        item["current_period_end"] = end
    fake.plan(end, "renew", found["id"])


def _priced(fake: Fake, given: Object) -> Object:
    if "price" not in given:
        raise missing_parameter("items[0][price]")
    price = fake.get("price", given["price"], "items[0][price]")
    if not price["recurring"]:
        raise Refused("The price specified is set to `type=one_time`.", param="items[0][price]")
    return price


def _item(fake: Fake, subscription: Object, price: Object, given: Object, trial_end: int | None) -> Object:
    return {
        "id": f"si_fake{fake.next_number('item'):06d}",
        "object": "subscription_item",
        "created": fake.now,
        "current_period_start": fake.now,
        "current_period_end": trial_end or later(fake.now, price["recurring"]),
        "discounts": [],
        "metadata": given.get("metadata", {}),
        "plan": _plan_of(price),
        "price": price,
        "quantity": given.get("quantity", 1),
        "subscription": subscription["id"],
        "tax_rates": [fake.get("tax_rate", each, "items[0][tax_rates]") for each in given.get("tax_rates") or []],
    }


def _plan_of(price: Object) -> Object:
    """The older name of a price, which the library still wants to find."""
    return {"id": price["id"], "object": "plan", "amount": price["unit_amount"], "currency": price["currency"]}


def _change_of_item(fake: Fake, found: Object, given: Object) -> tuple[Object, Object, int]:
    item = next((each for each in found["items"]["data"] if each["id"] == given.get("id")), None)
    if item is None:
        raise not_in_this_fake("a change that is not of one of its items, by `id`")
    price = _priced(fake, given) if "price" in given else item["price"]
    if price["recurring"]["interval"] != item["price"]["recurring"]["interval"]:
        raise not_in_this_fake("a change to another length of period")
    return item, price, int(given.get("quantity", item["quantity"]))
