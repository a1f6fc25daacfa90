"""What the fake refuses, in Stripe's words: all that the installed library does not know."""

import importlib
import operator
import re
import typing
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from billing.clients import stripe
from billing.clients.errors import Refused
from deploy.local.fake_stripe import contract
from deploy.local.fake_stripe.fake import _answers
from deploy.local.fake_stripe.refusals import Refused as Refusal
from tests.billing import fake as a
from tests.billing.fake import FakeStripe, opener, said, whole_life

ASKED = ("post", "/v1/subscriptions")


def test_every_call_that_it_answers_is_one_of_the_library_s_with_types_that_can_be_read() -> None:
    def walk(params: Any, seen: set[Any]) -> None:
        if params in seen:
            return
        seen.add(params)
        for note, _required in contract._fields(params).values():
            for kind in contract._alternatives(note, params.__module__):
                inner = (
                    contract._alternatives(typing.get_args(kind)[0], params.__module__)
                    if typing.get_args(kind) and typing.get_origin(kind) is list
                    else [kind]
                )
                for each in inner:
                    if hasattr(each, "__total__"):
                        walk(each, seen)

    seen: set[Any] = set()
    for call in _answers:
        params = contract.routes()[call].params_class
        assert params is not None, call
        walk(params, seen)
    assert len(seen) > 150


def test_every_service_that_the_client_asks_is_answered() -> None:
    library = importlib.import_module("stripe")
    client = library.StripeClient("sk_test_fake_x", base_addresses={"api": "http://127.0.0.1:1"}).v1
    answered = {contract.routes()[call].module for call in _answers}
    asked = set()
    for file in Path(stripe.__file__).parent.glob("*.py"):
        asked |= set(re.findall(r"\bstripe\.([a-z_.]+)\.[a-z_]+\(", file.read_text()))
    assert len(asked) > 12
    for name in asked:
        assert type(operator.attrgetter(name)(client)).__module__ in answered, name


@pytest.mark.parametrize(
    ("given", "code", "param"),
    [
        ({"customer": "cus_1", "items": {"0": {"prix": "x"}}}, "parameter_unknown", "items[0][prix]"),
        ({"customer": "cus_1", "facture": "x"}, "parameter_unknown", "facture"),
        ({"customer": "cus_1", "days_until_due": "trente"}, "parameter_invalid_integer", "days_until_due"),
        ({"customer": "cus_1", "cancel_at_period_end": "yes"}, "parameter_invalid_boolean", "cancel_at_period_end"),
        ({"customer": "cus_1", "collection_method": "facture"}, None, "collection_method"),
        ({"customer": ""}, "parameter_invalid_empty", "customer"),
        ({"customer": {"id": "cus_1"}}, None, "customer"),
        ({"items": {"0": {"price": "price_1"}}}, "parameter_missing", "customer"),
        ({"customer": "cus_none", "items": {"0": {"price": "price_1"}}}, "resource_missing", "customer"),
    ],
)
def test_parameters_that_the_library_does_not_know_are_refused(
    fake_stripe: FakeStripe, given: dict[str, Any], code: str | None, param: str
) -> None:
    status, error = said(fake_stripe, *ASKED, given)
    assert status == (404 if code == "resource_missing" else 400)
    assert (error.get("code"), error["param"]) == (code, param)
    assert fake_stripe.kinds == []


def test_two_services_with_one_name_for_their_parameters_have_each_its_own() -> None:
    """Names are resolved through what the service itself imports."""
    names: dict[str, set[str]] = {}
    for route in contract.routes().values():
        if route.params:
            names.setdefault(route.params, set()).add(contract._imports(route.module)[route.params])
    shared = [name for name, modules in names.items() if len(modules) > 1]
    assert shared
    assert (
        contract.routes()["post", "/v1/checkout/sessions"].params_class.__module__
        == "stripe.params.checkout._session_create_params"
    )


def test_an_invoice_that_is_sent_has_a_term(fake_stripe: FakeStripe) -> None:
    given = {"customer": a.customer().id, "items": {"0": {"price": a.price().id}}, "collection_method": "send_invoice"}
    status, error = said(fake_stripe, *ASKED, given)
    assert (status, error["param"]) == (400, "days_until_due")


def test_what_stripe_has_and_the_fake_has_not_is_an_error_and_never_a_wrong_answer(fake_stripe: FakeStripe) -> None:
    assert said(fake_stripe, "post", "/v1/quotes", {})[0] == 501
    assert said(fake_stripe, "get", "/v1/nothing", {})[0] == 404
    subscription = a.subscription()
    status, error = said(
        fake_stripe,
        "post",
        f"/v1/subscriptions/{subscription.id}",
        {"items": {"0": {"id": subscription.items[0].id, "price": a.price().id}}},
    )
    assert (status, error["code"]) == (501, "not_in_this_fake")


def test_only_who_has_the_key_and_the_version_is_answered(fake_stripe: FakeStripe, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_fake_of_another"
    with pytest.raises(Refused) as refusal:
        stripe.retrieve_customer("cus_1")
    assert refusal.value.status == 401
    request = urllib.request.Request(f"{fake_stripe.address}/v1/events")
    request.add_header("Authorization", f"Bearer {fake_stripe.server.key}")
    request.add_header("Stripe-Version", "2020-08-27")
    with pytest.raises(urllib.error.HTTPError, match="400"):
        opener().open(request)


def test_answers_have_the_fields_that_the_library_reads(fake_stripe: FakeStripe) -> None:
    library = importlib.import_module("stripe")
    whole_life(fake_stripe)
    classes = {
        "customer": library.Customer,
        "tax_id": library.TaxId,
        "price": library.Price,
        "tax_rate": library.TaxRate,
        "subscription": library.Subscription,
        "invoice": library.Invoice,
        "invoice_payment": library.InvoicePayment,
        "credit_note": library.CreditNote,
        "refund": library.Refund,
        "payment_intent": library.PaymentIntent,
        "customer_cash_balance_transaction": library.CustomerCashBalanceTransaction,
        "checkout.session": library.checkout.Session,
    }
    for kind, known in classes.items():
        found = list(fake_stripe.fake.all(kind))
        assert found, kind
        unknown = {name for each in found for name in each if not name.startswith("_")} - set(known.__annotations__)
        assert unknown == set(), kind


CALLS = sorted(call for call in _answers if call in contract.routes())


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_each_call_refuses_what_its_types_do_not_have_lack_or_say_otherwise(call: tuple[str, str]) -> None:
    """Of every service that we use: an unknown name, one that must be there, a number, a yes or no and a list mistyped."""
    route = contract.routes()[call]
    fields = contract._fields(route.params_class)
    needed = {name for name, (_note, required) in fields.items() if required}

    def refusal(given: dict[str, Any]) -> tuple[str | None, str]:
        with pytest.raises(Refusal) as told:
            contract.check(route, given)
        return told.value.body["error"].get("code"), told.value.body["error"]["param"]

    assert refusal({"inconnu": "x"}) == ("parameter_unknown", "inconnu")
    if needed:
        assert refusal({}) == ("parameter_missing", next(name for name in fields if name in needed))
    for name, (note, _required) in fields.items():
        kinds = contract._alternatives(note, route.params_class.__module__)
        for kind, code in ((int, "parameter_invalid_integer"), (bool, "parameter_invalid_boolean")):
            if kinds == [kind]:
                assert refusal({name: "trente"}) == (code, name)
        if kinds == [str]:
            assert refusal({name: {"0": "x"}})[1] == name
        if all(typing.get_origin(each) is list for each in kinds):
            assert refusal({name: "x"})[1] == name
