"""The fake lives as Stripe does: what it refuses, what happens when, and what it says of it."""

import threading
from datetime import timedelta

import pytest

from billing.clients import invoices, money, stripe
from billing.clients.errors import Busy, Refused, Reused, Unsure
from deploy.local.fake_stripe import fake
from tests.billing import fake as a
from tests.billing.fake import FakeStripe, pay_by_card, said

ASKED = ("post", "/v1/subscriptions")


# An invoice's life


def test_a_subscription_is_active_at_once_and_its_invoice_final_an_hour_later(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    assert subscription.status == "active"
    draft = invoices.retrieve_invoice(subscription.latest_invoice_id)
    assert (draft.status, draft.number, draft.due_at, draft.total) == ("draft", "", None, 288_000)

    fake_stripe.later(minutes=59)
    assert invoices.retrieve_invoice(draft.id).status == "draft"
    fake_stripe.later(minutes=1)
    final = invoices.retrieve_invoice(draft.id)
    assert (final.status, final.number) == ("open", "FAC-00001")
    assert final.finalized_at == a.BEGINNING + timedelta(hours=1)
    assert final.due_at == final.finalized_at + timedelta(days=30)
    assert final.subscription_id == subscription.id
    assert subscription.items[0].period_end == a.BEGINNING.replace(year=2027)


def test_it_is_past_due_after_its_day_and_active_again_once_it_is_paid(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    fake_stripe.later(days=30, minutes=59)
    assert stripe.retrieve_subscription(subscription.id).status == "active"
    fake_stripe.later(minutes=1)
    assert stripe.retrieve_subscription(subscription.id).status == "past_due"
    assert "invoice.overdue" in fake_stripe.kinds

    paid = invoices.mark_paid(key="paid", invoice_id=subscription.latest_invoice_id)
    assert (paid.status, paid.paid_off_stripe, paid.paid, paid.remaining) == ("paid", 288_000, 288_000, 0)
    assert fake_stripe.kinds.count("invoice.paid") == 1
    assert stripe.retrieve_subscription(subscription.id).status == "active"
    (payment,) = (each for each in invoices.payments(paid.id) if each.status == "paid")
    assert payment.payment_intent_id == ""


def test_it_is_renewed_a_year_later_and_paying_the_older_one_leaves_it_past_due(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    fake_stripe.later(days=365)
    renewed = stripe.retrieve_subscription(subscription.id)
    assert renewed.status == "past_due"
    assert renewed.items[0].period_start == a.BEGINNING.replace(year=2027)
    fake_stripe.later(days=40)
    new, old = invoices.invoices(customer_id=subscription.customer_id)
    assert [(each.number, each.reason, each.status) for each in (new, old)] == [
        ("FAC-00002", "subscription_cycle", "open"),
        ("FAC-00001", "subscription_create", "open"),
    ]
    invoices.mark_paid(key="old", invoice_id=old.id)
    assert stripe.retrieve_subscription(subscription.id).status == "past_due"
    invoices.mark_paid(key="new", invoice_id=new.id)
    assert stripe.retrieve_subscription(subscription.id).status == "active"


def test_a_year_begun_on_29_february_ends_on_28(fake_stripe: FakeStripe) -> None:
    fake_stripe.fake.reset(at=int(a.BEGINNING.replace(year=2028, month=2, day=29).timestamp()))
    assert a.subscription().items[0].period_end == a.BEGINNING.replace(year=2029, month=2, day=28)


def test_a_trial_ends_with_its_first_invoice(fake_stripe: FakeStripe) -> None:
    given = {
        "customer": a.customer().id,
        "items": {"0": {"price": a.price().id}},
        "collection_method": "send_invoice",
        "days_until_due": "30",
        "trial_period_days": "14",
    }
    _status, made = said(fake_stripe, *ASKED, given)
    assert made["status"] == "trialing"
    assert invoices.retrieve_invoice(made["latest_invoice"]).total == 0
    fake_stripe.later(days=11)
    assert "customer.subscription.trial_will_end" in fake_stripe.kinds
    fake_stripe.later(days=3)
    begun = stripe.retrieve_subscription(made["id"])
    assert begun.status == "active"
    assert invoices.retrieve_invoice(begun.latest_invoice_id).total == 240_000


def test_numbers_are_one_series_without_a_hole_for_the_whole_account(fake_stripe: FakeStripe) -> None:
    saran, brest = a.customer(), a.customer("Brest", key="brest")
    shared = {"price_id": a.price().id, "tax_rate_id": a.tax_rate().id}
    a.subscription(saran, "one", **shared)
    draft = invoices.create_invoice(
        key="late", customer_id=brest.id, description="Intérêts", amount=4_000, tax_rate_id=None, metadata={}
    )
    said(fake_stripe, "delete", f"/v1/invoices/{draft.id}", {})
    fake_stripe.later(hours=2)
    a.subscription(brest, "two", **shared)
    invoices.void_invoice(key="void", invoice_id=next(invoices.invoices(customer_id=saran.id)).id)
    fake_stripe.later(days=800)
    numbers = sorted(each.number for each in invoices.invoices() if each.status != "draft")
    assert numbers == [f"FAC-{number:05d}" for number in range(1, len(numbers) + 1)]
    assert len(numbers) == 6


def test_what_is_final_stays_as_it_is(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    fake_stripe.later(hours=1)
    invoice_id = subscription.latest_invoice_id
    for call in (
        lambda: invoices.finalize_invoice(key="again", invoice_id=invoice_id),
        lambda: invoices.void_invoice(key="void-twice", invoice_id=invoice_id),
        lambda: invoices.mark_paid(key="paid-void", invoice_id=invoice_id),
    ):
        if invoices.retrieve_invoice(invoice_id).status == "open":
            with pytest.raises(Refused):
                invoices.finalize_invoice(key="again", invoice_id=invoice_id)
            invoices.void_invoice(key="void", invoice_id=invoice_id)
        with pytest.raises(Refused):
            call()
    assert invoices.retrieve_invoice(invoice_id).status == "void"


def test_one_that_ends_with_its_period_is_not_billed_again(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    stripe.end_with_period(key="end", subscription_id=subscription.id)
    fake_stripe.later(days=366)
    ended = stripe.retrieve_subscription(subscription.id)
    assert (ended.status, ended.ended_at) == ("canceled", a.BEGINNING.replace(year=2027))
    assert len(list(invoices.invoices())) == 1
    # A payment for it is still taken: it is owed.
    fake_stripe.fake.state.objects[subscription.latest_invoice_id]["due_date"] = fake_stripe.fake.now
    fake_stripe.transfer(subscription.customer_id, 288_000)
    assert invoices.retrieve_invoice(subscription.latest_invoice_id).status == "paid"
    assert stripe.retrieve_subscription(subscription.id).status == "canceled"


def test_a_change_of_price_is_for_the_next_period(fake_stripe: FakeStripe) -> None:
    subscription, dearer = a.subscription(), a.price(300_000, "band-4-2026")
    stripe.change_price(
        key="change",
        subscription_id=subscription.id,
        item_id=subscription.items[0].id,
        price_id=dearer.id,
        tax_rate_id=None,
        metadata={},
    )
    fake_stripe.later(days=365)
    assert [each.total for each in invoices.invoices()] == [300_000, 288_000]


# Money


def test_a_part_leaves_the_rest_to_be_paid_and_too_much_waits_in_cash(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    fake_stripe.later(hours=1)
    fake_stripe.transfer(subscription.customer_id, 88_000, "FAC-00001")
    part = invoices.retrieve_invoice(subscription.latest_invoice_id)
    assert (part.status, part.paid, part.remaining) == ("open", 88_000, 200_000)
    assert "invoice.paid" not in fake_stripe.kinds
    fake_stripe.transfer(subscription.customer_id, 200_500, "FAC-99999 of somebody else")
    assert invoices.retrieve_invoice(part.id).status == "paid"
    assert stripe.retrieve_customer(subscription.customer_id).cash == 500
    back = money.refund_cash(key="back", customer_id=subscription.customer_id, amount=500, metadata={})
    assert (back.status, stripe.retrieve_customer(subscription.customer_id).cash) == ("pending", 0)
    fake_stripe.later(days=1)
    assert money.retrieve_refund(back.id).status == "succeeded"


def test_a_transfer_pays_the_invoice_that_it_names_then_the_very_sum_then_the_oldest(fake_stripe: FakeStripe) -> None:
    customer = a.customer()
    made = [
        invoices.finalize_invoice(
            key=f"final:{amount}",
            invoice_id=invoices.create_invoice(
                key=f"{amount}",
                customer_id=customer.id,
                description="Frais",
                amount=amount,
                tax_rate_id=None,
                metadata={},
            ).id,
        )
        for amount in (1_000, 2_000, 4_000, 7_000)
    ]

    def statuses() -> list[str]:
        return [invoices.retrieve_invoice(each.id).status for each in made]

    fake_stripe.transfer(customer.id, 2_000, made[1].number)
    assert statuses() == ["open", "paid", "open", "open"]
    fake_stripe.transfer(customer.id, 7_000)
    assert statuses() == ["open", "paid", "open", "paid"]
    fake_stripe.transfer(customer.id, 1_500)
    assert statuses() == ["paid", "paid", "open", "paid"]
    assert invoices.retrieve_invoice(made[2].id).remaining == 3_500


def test_a_transfer_does_not_pay_by_itself_what_has_been_overdue_for_over_thirty_days(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    fake_stripe.later(days=62)
    fake_stripe.transfer(subscription.customer_id, 288_000)
    assert invoices.retrieve_invoice(subscription.latest_invoice_id).status == "open"
    assert stripe.retrieve_customer(subscription.customer_id).cash == 288_000


def test_one_pays_by_card_on_a_page_and_a_card_that_fails_later_is_tried_again(fake_stripe: FakeStripe) -> None:
    address = pay_by_card(fake_stripe)
    page = money.retrieve_checkout_page(address.partition("page=")[2])
    assert page.status == "complete"
    subscription = stripe.retrieve_subscription(page.subscription_id)
    assert (subscription.status, subscription.metadata) == ("active", {"quote": "D-1"})
    invoice = invoices.retrieve_invoice(subscription.latest_invoice_id)
    assert (invoice.status, invoice.paid_off_stripe) == ("paid", 0)

    fake_stripe.card(subscription.customer_id, "refused")
    fake_stripe.later(days=366)
    assert stripe.retrieve_subscription(subscription.id).status == "past_due"
    assert "invoice.payment_failed" in fake_stripe.kinds
    fake_stripe.card(subscription.customer_id, "good")
    fake_stripe.later(days=3)
    assert stripe.retrieve_subscription(subscription.id).status == "active"


def test_a_card_that_is_refused_makes_no_subscription_and_the_page_ends_after_a_day(fake_stripe: FakeStripe) -> None:
    pay_by_card(fake_stripe, card="refused")
    assert list(stripe.subscriptions()) == []
    fake_stripe.later(days=1)
    (page,) = fake_stripe.fake.all("checkout.session")
    assert (page["status"], page["url"]) == ("expired", None)


def test_a_credit_note_gives_back_exactly_what_was_paid_of_it(fake_stripe: FakeStripe) -> None:
    subscription = a.subscription()
    fake_stripe.later(hours=1)
    invoice = invoices.retrieve_invoice(subscription.latest_invoice_id)
    note = {"invoice_id": invoice.id, "reason": "order_change", "memo": "Mise en service annulée", "metadata": {}}
    line = invoice.lines[0].id
    before = invoices.create_credit_note(key="1", lines={line: 40_000}, **note)  # type: ignore[arg-type]
    assert (before.total, before.before_payment, before.number) == (48_000, 48_000, "FAC-00001-CN-01")
    invoices.mark_paid(key="paid", invoice_id=invoice.id)
    for wrong in ({}, {"paid_back_elsewhere": 11_999}, {"refunded": 12_000}):
        with pytest.raises(Refused):
            invoices.create_credit_note(key=f"wrong{wrong}", lines={line: 10_000}, **note, **wrong)  # type: ignore[arg-type]
    after = invoices.create_credit_note(
        key="2", lines={line: 10_000}, **note, credited=2_000, paid_back_elsewhere=10_000
    )  # type: ignore[arg-type]
    assert (after.after_payment, after.before_payment) == (12_000, 0)
    assert stripe.retrieve_customer(subscription.customer_id).balance == -2_000
    with pytest.raises(Refused):
        invoices.create_credit_note(key="3", lines={line: 240_000}, **note, paid_back_elsewhere=288_000)  # type: ignore[arg-type]

    fake_stripe.later(days=370)
    renewed = next(invoices.invoices())
    assert (renewed.total, renewed.due) == (288_000, 286_000)
    assert stripe.retrieve_customer(subscription.customer_id).balance == 0


# Keys and failures


def test_the_same_key_is_the_same_call_for_a_day(fake_stripe: FakeStripe) -> None:
    first = a.customer()
    assert a.customer().id == first.id
    with pytest.raises(Reused) as refusal:
        a.customer("Commune de Brest")
    assert refusal.value.code == "idempotency_error"
    fake_stripe.later(days=1)
    assert a.customer().id != first.id


def test_the_same_key_while_the_first_call_goes_on_is_for_later(
    fake_stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end, made = threading.Event(), threading.Event(), []

    def wait(seconds: float) -> None:
        begun.set()
        may_end.wait(10)

    monkeypatch.setattr(fake.time, "sleep", wait)
    fake_stripe.fails("slow")
    thread = threading.Thread(target=lambda: made.append(a.customer().id))
    thread.start()
    assert begun.wait(10)
    with pytest.raises(Busy) as busy:
        a.customer()
    may_end.set()
    thread.join()
    assert (busy.value.status, busy.value.code) == (409, "idempotency_key_in_use")
    assert a.customer().id == made[0]


@pytest.mark.parametrize(
    ("how", "raised", "made"),
    [
        ("lost_before", Unsure, False),
        ("lost_after", Unsure, True),
        ("500_after", Unsure, True),
        ("500", Unsure, False),
        ("409", Busy, False),
        ("429", Busy, False),
    ],
)
def test_what_fails_is_done_once_in_the_end(fake_stripe: FakeStripe, how: str, raised: type, made: bool) -> None:
    fake_stripe.fails(how, "post /v1/customers")
    with pytest.raises(raised):
        a.customer()
    assert (len(list(fake_stripe.fake.all("customer"))) == 1) is made
    if how.startswith("500"):
        # Stripe keeps the failure: the key is of no more use.
        with pytest.raises(Unsure) as spent:
            a.customer()
        assert spent.value.key_is_spent
    else:
        a.customer()
        assert len(list(fake_stripe.fake.all("customer"))) == 1


# Lists


def test_lists_come_a_page_at_a_time(fake_stripe: FakeStripe) -> None:
    customer = a.customer()
    for number in range(5):
        invoices.create_invoice(
            key=str(number), customer_id=customer.id, description="x", amount=number + 1, tax_rate_id=None, metadata={}
        )
    pages, after = [], {}
    while True:
        _status, page = said(fake_stripe, "get", "/v1/invoices", {"limit": "2", **after})
        pages.append([each["total"] for each in page["data"]])
        if not page["has_more"]:
            break
        after = {"starting_after": page["data"][-1]["id"]}
    assert pages == [[5, 4], [3, 2], [1]]
    _status, back = said(fake_stripe, "get", "/v1/invoices", {"limit": "2", "ending_before": page["data"][0]["id"]})
    assert [each["total"] for each in back["data"]] == [3, 2]
    assert said(fake_stripe, "get", "/v1/invoices", {"limit": "101"})[0] == 400
    _status, wide = said(fake_stripe, "get", "/v1/invoices", {"expand": {"0": "data.customer"}})
    assert wide["data"][0]["customer"]["name"] == customer.name
    assert said(fake_stripe, "get", "/v1/invoices", {"expand": {"0": "data.status"}})[0] == 400


def test_events_are_kept_for_thirty_days(fake_stripe: FakeStripe) -> None:
    a.subscription()
    assert list(stripe.events(since=a.BEGINNING))
    fake_stripe.later(days=30)
    assert {each.kind for each in stripe.events(since=a.BEGINNING)} == {"invoice.finalized"}
