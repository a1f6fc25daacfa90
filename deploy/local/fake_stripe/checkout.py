"""Checkout: a page of the fake's own, where one pays by card or has the card refused."""

from html import escape
from typing import Any

from deploy.local.fake_stripe import invoices, money, subscriptions
from deploy.local.fake_stripe.fake import DAY, Fake, Object, answers, moment
from deploy.local.fake_stripe.lists import listed
from deploy.local.fake_stripe.refusals import Refused, missing_parameter, not_in_this_fake

KNOWN = {"mode", "customer", "line_items", "success_url", "cancel_url", "metadata", "client_reference_id"}
KNOWN |= {"subscription_data", "locale", "payment_method_types", "expires_at"}
PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Payer {amount} – faux Stripe</title></head>
<body><main><h1>Payer {amount}</h1>
<p>Ceci est le faux Stripe de cette machine : aucune carte n’est demandée, rien n’est payé.</p>
<p>{customer}</p>{said}
<form method="post"><button name="card" value="good">Payer</button>
<button name="card" value="refused">Refuser la carte</button></form>
<p><a href="{cancel}">Revenir sans payer</a></p></main></body></html>
"""
REFUSED = "<p role='alert'>La carte a été refusée. Rien n’a été payé.</p>"
OVER = "<!doctype html><html lang='fr'><title>Terminé</title><h1>Cette page de paiement n’est plus valable.</h1></html>"


@answers("post", "/v1/checkout/sessions")
def create_session(fake: Fake, params: dict[str, Any]) -> Object:
    for name in params.keys() - KNOWN:
        raise not_in_this_fake(f"{name} of a checkout session")
    if params.get("mode") != "subscription":
        raise not_in_this_fake("checkout sessions other than for a subscription")
    for name in ("customer", "line_items", "success_url"):
        if name not in params:
            raise missing_parameter(name)
    customer, items = fake.get("customer", params["customer"], "customer"), []
    for index, given in enumerate(params["line_items"]):
        price = fake.get("price", given.get("price"), f"line_items[{index}][price]")
        if not price["recurring"]:
            raise not_in_this_fake("what is paid once, beside a subscription")
        items.append({"price": price["id"], "quantity": given.get("quantity", 1), "tax_rates": given.get("tax_rates")})
    amount = sum(fake.state.objects[item["price"]]["unit_amount"] * item["quantity"] for item in items)
    data = params.get("subscription_data", {})
    for name in data.keys() - {"metadata", "default_tax_rates", "description"}:
        raise not_in_this_fake(f"subscription_data[{name}]")
    rates = [fake.get("tax_rate", each, "default_tax_rates") for each in data.get("default_tax_rates", [])]
    session = fake.new(
        "cs",
        "checkout.session",
        amount_subtotal=amount,
        amount_total=amount + sum(invoices.tax_of(rate, amount)["amount"] for rate in rates),
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        currency="eur",
        customer=customer["id"],
        expires_at=params.get("expires_at", fake.now + DAY),
        invoice=None,
        metadata=params.get("metadata", {}),
        mode="subscription",
        payment_status="unpaid",
        status="open",
        subscription=None,
        success_url=params["success_url"],
        _start={**data, "items": items},
    )
    session["url"] = f"{fake.address}/checkout/{session['id']}"
    fake.plan(session["expires_at"], "session_expires", session["id"])
    return session


@answers("get", "/v1/checkout/sessions/{session}")
def retrieve_session(fake: Fake, params: dict[str, Any], session: str) -> Object:
    return fake.get("checkout.session", session)


@answers("get", "/v1/checkout/sessions")
def list_sessions(fake: Fake, params: dict[str, Any]) -> Object:
    return listed(fake.all("checkout.session"), params, "/v1/checkout/sessions")


@answers("post", "/v1/checkout/sessions/{session}/expire")
def expire_session(fake: Fake, params: dict[str, Any], session: str) -> Object:
    found = fake.get("checkout.session", session)
    if found["status"] != "open":
        raise Refused(f"Only Checkout Sessions with a status in ['open'] can be expired. It is {found['status']}.")
    session_expires(fake, found)
    return found


@moment("session_expires")
def session_expires(fake: Fake, session: Object) -> None:
    if session["status"] == "open":
        session.update(status="expired", url=None)
        fake.emit("checkout.session.expired", session)


def page(fake: Fake, number: str, *, refused: bool = False) -> str:
    session = fake.get("checkout.session", number)
    if session["status"] != "open":
        return OVER
    euros, cents = divmod(session["amount_total"], 100)
    return PAGE.format(
        amount=f"{euros},{cents:02d}\u00a0€",
        customer=escape(fake.state.objects[session["customer"]]["name"] or ""),
        cancel=escape(session["cancel_url"] or session["success_url"]),
        said=REFUSED if refused else "",
    )


def pay(fake: Fake, number: str, card: str) -> str | None:
    """Press a button of the page. Returns where the browser goes then, or None where the card was refused."""
    session = fake.get("checkout.session", number)
    if session["status"] != "open":
        raise Refused("This session is over.")
    customer = fake.state.objects[session["customer"]]
    if card != "good":
        intent = money.payment_intent(fake, customer, session["amount_total"], "card")
        fake.emit("payment_intent.payment_failed", intent)
        return None
    customer["_card"] = "good"
    subscription = subscriptions.start(fake, customer, session["_start"], "charge_automatically")
    invoices.finalize(fake, fake.state.objects[subscription["latest_invoice"]])
    session.update(
        status="complete",
        payment_status="paid",
        subscription=subscription["id"],
        invoice=subscription["latest_invoice"],
        url=None,
    )
    fake.emit("checkout.session.completed", session)
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
