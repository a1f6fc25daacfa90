"""Customers, their tax numbers, and what they may be billed."""

import re
from typing import Any

from deploy.local.fake_stripe.fake import Fake, Object, answers
from deploy.local.fake_stripe.lists import listed, whole_list
from deploy.local.fake_stripe.refusals import Refused, missing_parameter, not_in_this_fake

TAX_NUMBERS = {
    "fr_siret": re.compile(r"\d{14}"),
    "fr_siren": re.compile(r"\d{9}"),
    "eu_vat": re.compile(r"[A-Z]{2}[0-9A-Z]{2,12}"),
}
KEPT = ("name", "email", "phone", "description", "address", "business_name", "preferred_locales", "tax_exempt")


@answers("post", "/v1/customers")
def create_customer(fake: Fake, params: dict[str, Any]) -> Object:
    numbers = params.pop("tax_id_data", [])
    for number in numbers:
        _check_tax_number(number["type"], number["value"])
    customer = fake.new(
        "cus",
        "customer",
        balance=params.pop("balance", 0),
        currency=None,
        delinquent=False,
        invoice_settings={"default_payment_method": None, "footer": None, "custom_fields": None},
        metadata={},
        shipping=None,
        test_clock=None,
        **dict.fromkeys(KEPT),
        _tax_ids=whole_list([], "/v1/tax_ids"),
        _cash=0,
        _card=None,
    )
    customer["tax_exempt"], customer["preferred_locales"] = "none", []
    _change(customer, params)
    for number in numbers:
        _add_tax_number(fake, customer, number["type"], number["value"])
    fake.emit("customer.created", customer)
    return customer


@answers("get", "/v1/customers/{customer}")
def retrieve_customer(fake: Fake, params: dict[str, Any], customer: str) -> Object:
    return _with_cash(fake.get("customer", customer))


@answers("get", "/v1/customers")
def list_customers(fake: Fake, params: dict[str, Any]) -> Object:
    return listed((_with_cash(each) for each in fake.all("customer")), params, "/v1/customers")


def cash_balance(customer: Object) -> Object:
    return {
        "object": "cash_balance",
        "available": {"eur": customer["_cash"]} if customer["_cash"] else None,
        "customer": customer["id"],
        "livemode": False,
        "settings": {"reconciliation_mode": "automatic", "using_merchant_default": True},
    }


def _with_cash(customer: Object) -> Object:
    """As it is shown to whoever asks for it (`expand`)."""
    return {**customer, "_cash_balance": cash_balance(customer)}


@answers("post", "/v1/customers/{customer}")
def update_customer(fake: Fake, params: dict[str, Any], customer: str) -> Object:
    found = fake.get("customer", customer)
    with fake.changes(found, "customer.updated"):
        _change(found, params)
    return found


@answers("post", "/v1/customers/{customer}/tax_ids")
def create_tax_id(fake: Fake, params: dict[str, Any], customer: str) -> Object:
    found = fake.get("customer", customer)
    _check_tax_number(params["type"], params["value"])
    return _add_tax_number(fake, found, params["type"], params["value"])


@answers("get", "/v1/customers/{customer}/tax_ids")
def list_tax_ids(fake: Fake, params: dict[str, Any], customer: str) -> Object:
    return listed(fake.get("customer", customer)["_tax_ids"]["data"], params, f"/v1/customers/{customer}/tax_ids")


@answers("delete", "/v1/customers/{customer}/tax_ids/{id}")
def delete_tax_id(fake: Fake, params: dict[str, Any], customer: str, id: str) -> Object:
    found, number = fake.get("customer", customer), fake.get("tax_id", id)
    found["_tax_ids"]["data"] = [each for each in found["_tax_ids"]["data"] if each["id"] != id]
    fake.remove(number)
    fake.emit("customer.tax_id.deleted", number)
    return {"id": id, "object": "tax_id", "deleted": True}


def change_metadata(found: Object, given: Any) -> None:
    """Merge, as Stripe does: an empty value takes its key away, an empty `metadata` all of them."""
    if given == "":
        found["metadata"] = {}
    elif given:
        found["metadata"] = {name: text for name, text in {**found["metadata"], **given}.items() if text != ""}


def _change(customer: Object, params: dict[str, Any]) -> None:
    change_metadata(customer, params.pop("metadata", None))
    if settings := params.pop("invoice_settings", None):
        customer["invoice_settings"] |= settings
    for name in KEPT:
        if name in params:
            customer[name] = params.pop(name) or None
    if params:
        raise not_in_this_fake(f"{', '.join(params)} of a customer")


def _check_tax_number(kind: str, value: str) -> None:
    if kind not in TAX_NUMBERS:
        raise not_in_this_fake(f"tax numbers of type {kind}")
    if not TAX_NUMBERS[kind].fullmatch(value):
        raise Refused(f"Invalid value for {kind}.", code="tax_id_invalid", param="value")


def _add_tax_number(fake: Fake, customer: Object, kind: str, value: str) -> Object:
    country = value[:2] if kind == "eu_vat" else "FR"
    owner = {"type": "customer", "customer": customer["id"]}
    verification = {"status": "pending", "verified_name": None, "verified_address": None}
    number = fake.new(
        "txi",
        "tax_id",
        customer=customer["id"],
        type=kind,
        value=value,
        country=country,
        owner=owner,
        verification=verification,
    )
    customer["_tax_ids"]["data"].append(number)
    fake.emit("customer.tax_id.created", number)
    return number


# What is sold


@answers("post", "/v1/products")
def create_product(fake: Fake, params: dict[str, Any]) -> Object:
    product = fake.new(
        "prod",
        "product",
        name=params["name"],
        active=params.get("active", True),
        description=params.get("description"),
        metadata=params.get("metadata", {}),
        updated=fake.now,
    )
    fake.emit("product.created", product)
    return product


@answers("get", "/v1/products")
def list_products(fake: Fake, params: dict[str, Any]) -> Object:
    ids = params.pop("ids", None)
    found = (each for each in fake.all("product") if ids is None or each["id"] in ids)
    return listed(found, params, "/v1/products")


@answers("get", "/v1/products/{id}")
def retrieve_product(fake: Fake, params: dict[str, Any], id: str) -> Object:
    return fake.get("product", id)


@answers("post", "/v1/prices")
def create_price(fake: Fake, params: dict[str, Any]) -> Object:
    if "product" not in params or "unit_amount" not in params:
        raise missing_parameter("unit_amount" if "product" in params else "product")
    lookup = params.get("lookup_key")
    holder = next((each for each in fake.all("price") if lookup and each["lookup_key"] == lookup), None)
    if holder and not params.get("transfer_lookup_key"):
        raise Refused(f"A price already uses the lookup key {lookup}.", param="lookup_key")
    recurring = params.get("recurring")
    price = fake.new(
        "price",
        "price",
        active=params.get("active", True),
        billing_scheme="per_unit",
        currency=params["currency"],
        lookup_key=lookup,
        metadata=params.get("metadata", {}),
        nickname=params.get("nickname"),
        product=fake.get("product", params["product"], "product")["id"],
        recurring=recurring and {"interval_count": 1, "usage_type": "licensed", "meter": None, **recurring},
        tax_behavior=params.get("tax_behavior", "unspecified"),
        type="recurring" if recurring else "one_time",
        unit_amount=params["unit_amount"],
        unit_amount_decimal=str(params["unit_amount"]),
    )
    if holder:
        holder["lookup_key"] = None
    fake.emit("price.created", price)
    return price


@answers("get", "/v1/prices/{price}")
def retrieve_price(fake: Fake, params: dict[str, Any], price: str) -> Object:
    return fake.get("price", price)


@answers("get", "/v1/prices")
def list_prices(fake: Fake, params: dict[str, Any]) -> Object:
    keys = params.pop("lookup_keys", None)
    found = (each for each in fake.all("price") if keys is None or each["lookup_key"] in keys)
    return listed(found, params, "/v1/prices")


@answers("post", "/v1/tax_rates")
def create_tax_rate(fake: Fake, params: dict[str, Any]) -> Object:
    return fake.new(
        "txr",
        "tax_rate",
        active=params.get("active", True),
        country=params.get("country"),
        description=params.get("description"),
        display_name=params["display_name"],
        inclusive=params["inclusive"],
        metadata=params.get("metadata", {}),
        percentage=params["percentage"],
    )


@answers("get", "/v1/tax_rates")
def list_tax_rates(fake: Fake, params: dict[str, Any]) -> Object:
    return listed(fake.all("tax_rate"), params, "/v1/tax_rates")
