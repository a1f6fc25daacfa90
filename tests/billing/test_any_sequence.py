"""Whatever happens, in whatever order, told twice and late: our rows say what Stripe says, and nothing is lost."""

import itertools
import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from billing.clients import invoices, money, stripe
from billing.clients.errors import CallFailed
from billing.enums import DepositState, GivenBack, InvoiceKind, InvoiceState, Method, SubscriptionState, Timing
from billing.models import RUNNING, Account, Invoice, Payment, Subscription
from billing.selectors import differences as comparing
from billing.selectors.differences import differences, gaps
from billing.services import card_reminders, corrections, last_days, objections, reminders, selling, standing
from billing.services.activation import activate
from billing.services.arrears import invoice_ended_periods
from billing.services.beginning import is_over
from billing.services.deposits import enter_step
from billing.services.ending import end_with_period
from billing.services.payments import NothingToPay, enter_payment
from billing.services.renewing import renew
from common.models import OutboxMessage
from common.refusals import Refusal
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.billing.buying import deliver, issued_at_once, operator, ordered, work
from tests.billing.fake import BEGINNING, FakeStripe
from tests.billing.locks import account_first

PART, LITTLE = 10_000, 1_234
# Three, the same each time, beside those of the examples; `BILLING_SEQUENCES=300` has as many others drawn, and made smaller where one is wrong.
SEQUENCES = int(os.environ.get("BILLING_SEQUENCES", "0"))
EVER = timedelta(days=30_000)
pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once"]


class World:
    """Two cities, Stripe, and what may happen. Each step that is not possible just then does nothing."""

    def __init__(self, fake: FakeStripe, cities: list[Municipality]) -> None:
        self.fake, self.cities, self.steps = fake, cities, 0
        self.operator = operator()
        # Prices that somebody has changed at Stripe are not those that were ordered.
        self.prices_are_ours = True

    def key(self) -> str:
        self.steps += 1
        return f"step:{self.steps}"

    def final(self) -> Invoice | None:
        rows = Invoice.objects.filter(kind=InvoiceKind.INVOICE, number__isnull=False)
        return rows.order_by("pk").last()

    # What cities do

    def buy(self, place: int, method: str, timing: str = Timing.ADVANCE) -> None:
        city = Municipality.objects.get(pk=self.cities[place].pk)
        with suppress(Refusal):
            quote = ordered(city, timing=timing, at=self.fake.now)
            quote.account.contacts.get_or_create(email="compta@ville.example")
            activate(quote=quote, actor=self.operator, at=self.fake.now, method=method)

    def order_what_follows(self, *, years: int = 1) -> None:
        for running in Subscription.objects.filter(state__in=RUNNING).select_related("account__municipality"):
            with suppress(Refusal):
                number = f"ENG-{self.key()}".replace(":", "-")
                quote = ordered(running.account.municipality, years=years, at=self.fake.now, number=number)
                renew(quote=quote, actor=self.operator, at=self.fake.now)

    def renews(self) -> None:
        self.order_what_follows()

    def renews_for_two_years(self) -> None:
        self.order_what_follows(years=2)

    def has_grown_and_renews(self) -> None:
        """Another plan, from the next year on."""
        Municipality.objects.update(population=20_112 + self.steps)
        self.order_what_follows()

    def other_buys_at_the_end_of_the_year(self) -> None:
        self.buy(1, Method.TRANSFER, Timing.ARREARS)

    def objects(self) -> None:
        for account in Account.objects.all():
            with suppress(Refusal):
                objections.object_to(account, "Nous en avons commandé six mois.", actor=self.operator, at=self.fake.now)

    def buys_by_transfer(self) -> None:
        self.buy(0, Method.TRANSFER)

    def other_buys_by_card(self) -> None:
        self.buy(1, Method.CARD)
        work()
        kept = Subscription.objects.filter(stripe_page__gt="", stripe_id="").first()
        if kept is not None:
            page = self.fake.fake.state.objects[kept.stripe_page]
            if page["status"] == "open":
                from deploy.local.fake_stripe import checkout

                with self.fake.fake.lock:
                    checkout.pay(self.fake.fake, kept.stripe_page, "good")

    def pays(self, cents: Callable[[Invoice], int], reference: str = "") -> None:
        invoice = self.final()
        if invoice is not None and cents(invoice) > 0:
            self.fake.transfer(invoice.account.stripe_customer, cents(invoice), reference)

    def pays_whole(self) -> None:
        self.pays(lambda invoice: invoice.left_cents)

    def pays_a_part(self) -> None:
        self.pays(lambda invoice: LITTLE, "Mandat 12")

    def pays_too_much_for_another(self) -> None:
        self.pays(lambda invoice: invoice.left_cents + LITTLE, "FAC-99999")

    # What operators do

    def enters_a_payment(self) -> None:
        invoice = self.final()
        if invoice is not None and invoice.left_cents > 0:
            with suppress(NothingToPay):
                enter_payment(
                    account=invoice.account,
                    invoice=invoice,
                    cents=invoice.left_cents,
                    received_on=BEGINNING.date().replace(month=11, day=1),
                    reference=f"Virement {self.key()}",
                    operator=self.operator,
                    at=self.fake.now,
                )

    def sees_it_at_chorus_pro(self, state: str, *, flow: str = "", note: str = "") -> None:
        for invoice in Invoice.objects.filter(number__isnull=False).defer("facturx", "plain"):
            with suppress(Refusal):
                day = invoice.account.municipality.day_of(self.fake.now)
                enter_step(
                    invoice=invoice,
                    state=state,
                    seen_on=day,
                    operator=self.operator,
                    at=self.fake.now,
                    flow=flow,
                    note=note,
                )

    def sees_it_made_available(self) -> None:
        self.sees_it_at_chorus_pro(DepositState.DEPOSITED, flow="F-1")
        self.sees_it_at_chorus_pro(DepositState.AVAILABLE)

    def sees_it_suspended(self) -> None:
        self.sees_it_at_chorus_pro(DepositState.SUSPENDED, note="Une pièce manque.")

    def answers_objections(self) -> None:
        for account in Account.objects.all():
            with suppress(Refusal):
                objections.settle_objection(account, "La facture est juste.", operator=self.operator, at=self.fake.now)

    def credits_a_part(self) -> None:
        invoice = self.final()
        if invoice is not None:
            for way in GivenBack:
                with suppress(Refusal):
                    corrections.credit(
                        invoice=invoice, net_cents=PART + LITTLE, why="Une part en trop", way=way,
                        actor=self.operator, at=self.fake.now,
                    )  # fmt: skip

    def corrects(self) -> None:
        invoice = self.final()
        if invoice is not None:
            with suppress(Refusal):
                corrections.correct(
                    invoice=invoice, engagement_number="EJ-7", why="Numéro erroné", actor=self.operator,
                    at=self.fake.now,
                )  # fmt: skip

    def credits(self, way: str) -> None:
        invoice = self.final()
        if invoice is None:
            return
        found = invoices.retrieve_invoice(invoice.stripe_id)
        if found.status not in ("open", "paid"):
            return
        after = max(0, 12_000 - found.remaining)
        with suppress(CallFailed):
            invoices.create_credit_note(
                key=self.key(),
                invoice_id=found.id,
                lines={found.lines[0].id: PART},
                reason="order_change",
                memo="Une part annulée",
                metadata={},
                **{way: after},  # type: ignore[arg-type]
            )

    def credits_and_keeps(self) -> None:
        self.credits("credited")

    def credits_and_refunds(self) -> None:
        self.credits("refunded")

    def credits_and_pays_back_elsewhere(self) -> None:
        self.credits("paid_back_elsewhere")

    def refunds(self) -> None:
        paid = Payment.objects.exclude(stripe_intent="").filter(cents__gt=LITTLE).first()
        if paid is not None:
            with suppress(CallFailed):
                money.refund_payment(key=self.key(), payment_intent_id=paid.stripe_intent, amount=LITTLE, metadata={})

    def voids(self) -> None:
        invoice = self.final()
        if invoice is not None:
            with suppress(CallFailed):
                invoices.void_invoice(key=self.key(), invoice_id=invoice.stripe_id)

    def changes_the_plan(self) -> None:
        kept = Subscription.objects.exclude(stripe_id="").first()
        if kept is not None:
            self.prices_are_ours = False
            there = stripe.retrieve_subscription(kept.stripe_id)
            price = stripe.find_price("cheaper")
            if price is None:
                product = stripe.create_product(key="product:cheaper", name="Abonnement", metadata={})
                price = stripe.create_price(key="price:cheaper", product_id=product, amount=9_999, lookup_key="cheaper")
            with suppress(CallFailed):
                stripe.change_price(
                    key=self.key(),
                    subscription_id=there.id,
                    item_id=there.items[0].id,
                    price_id=price.id,
                    # Another one there would rightly be a difference.
                    tax_rate_id=selling.tax_rate_of(kept.rate, at=self.fake.now),
                    metadata={},
                )

    def ends_with_its_period(self) -> None:
        kept = Subscription.objects.exclude(stripe_id="").first()
        if kept is not None:
            with suppress(CallFailed):
                stripe.end_with_period(key=self.key(), subscription_id=kept.stripe_id)

    def is_not_to_be_renewed(self) -> None:
        for kept in Subscription.objects.all():
            with suppress(Refusal):
                end_with_period(
                    subscription=kept, reason="La commune s’en va.", operator=self.operator, at=self.fake.now
                )

    # Time, and what fails

    def an_hour(self) -> None:
        self.fake.later(hours=1)

    def a_month(self) -> None:
        self.fake.later(days=31)

    def almost_a_year(self) -> None:
        self.read_what_cards_paid()
        self.fake.later(days=330)

    def a_year(self) -> None:
        self.read_what_cards_paid()
        self.fake.later(days=366)

    def read_what_cards_paid(self) -> None:
        """Before a season is over: Stripe renews what it was not told to end, and no worker is away for so long."""
        if Subscription.objects.filter(state=SubscriptionState.PENDING).exclude(stripe_page="").exists():
            self.fake.fake.failures.clear()
            deliver(self.fake)

    def a_season(self) -> None:
        self.read_what_cards_paid()
        for _unused in range(12):
            self.fake.later(days=8)
            self.a_night()

    def a_night(self) -> None:
        """What is done each night."""
        at = self.fake.now
        invoice_ended_periods(at=at)
        for invoice in reminders.to_remind(at=at):
            reminders.remind(invoice, at=at)
        for account in standing.to_follow(at=at):
            standing.follow(account, at=at)
        for waiting, do in (
            (card_reminders.to_tell, card_reminders.tell),
            (last_days.to_tell, last_days.tell),
            (last_days.years_to_ask, last_days.ask_for_number),
            (last_days.to_stop, last_days.stop),
        ):
            for pk in waiting(at=at):
                do(pk, at=at)

    def the_card_is_refused_from_now_on(self) -> None:
        for account in Account.objects.exclude(stripe_customer=""):
            self.fake.card(account.stripe_customer, "refused")

    def a_call_is_lost(self) -> None:
        self.fake.fails("lost_after")

    def stripe_fails(self) -> None:
        self.fake.fails("500_after")

    def a_worker_works(self) -> None:
        OutboxMessage.objects.update(due_at=BEGINNING.replace(year=2020))
        work()

    def half_of_the_webhooks_come(self) -> None:
        deliver(self.fake, shuffled=random.Random(self.steps), share=0.5)


PARTS = ("key", "final", "buy", "order_what_follows", "pays", "credits", "sees_it_at_chorus_pro")
STEPS = [name for name, each in vars(World).items() if callable(each) and not name.startswith("_")]
STEPS = [name for name in STEPS if name not in PARTS]
# Across the year, with another plan after it: few random ones get there.
RENEWED = [
    "a_worker_works",
    "an_hour",
    "pays_whole",
    "almost_a_year",
    "has_grown_and_renews",
    "a_season",
    "pays_a_part",
]


def everything_comes(world: World, seed: int) -> None:
    world.fake.fake.failures.clear()
    for _unused in range(3):
        world.a_worker_works()
        deliver(world.fake, copies=2, shuffled=random.Random(seed))
    world.a_night()
    world.a_worker_works()
    deliver(world.fake)


def rows() -> dict[str, list[Any]]:
    """All that is kept, but when it was written down."""
    apart = {"created_at", "activated_at", "facturx", "plain"}
    return {
        kind.__name__: [
            {name: value for name, value in row.items() if name not in apart}
            for row in kind._default_manager.order_by("pk").values()
        ]
        for kind in (Account, Subscription, Invoice, Payment)
    }


def wrong(world: World) -> Iterator[str]:
    with mock.patch.object(comparing, "LOOKED_AT", EVER):
        yield from (f"differs: {each} {each.facts}" for each in differences(at=world.fake.now + timedelta(hours=2)))
    yield from (f"gap: {each.object_id}" for each in gaps(Invoice.objects.values_list("number", flat=True)))
    for account in Account.objects.all():
        theirs = Invoice.objects.filter(account=account)
        owed = [each for each in theirs.filter(kind=InvoiceKind.INVOICE) if not each.voided_on]
        notes = theirs.filter(kind=InvoiceKind.CREDIT_NOTE)
        paid = sum(each.cents for each in account.payments.exclude(invoice=None) if not each.invoice.voided_on)
        balance = sum(each.total_cents for each in owed) - paid - sum(each.total_cents for each in notes)
        if balance != sum(each.left_cents for each in owed):
            yield f"balance of {account}: {balance}"
        final = [each for each in invoices.invoices(customer_id=account.stripe_customer) if each.number]
        there = sum(each.remaining for each in final if each.status != "void")
        sent_back = -sum(each.cents for each in account.payments.filter(kind="REFUND", stripe_id__startswith="re_"))
        credited = sum(each.refunded for each in notes_at_stripe(account))
        # What came twice: an operator entered it, and a transfer paid.
        by_hand = account.payments.filter(kind="BY_HAND", stripe_id="", invoice__voided_on=None)
        twice = sum(each.cents for each in by_hand.exclude(invoice=None))
        twice -= sum(each.paid_off_stripe for each in final if each.status != "void")
        if sum(each.left_cents for each in owed if each.number) != there + sent_back - credited - twice:
            yield f"Stripe says that {there} is left of {account}"
        yield from wrong_state(account, at=world.fake.now)
    for subscription in Subscription.objects.select_related("account__municipality"):
        yield from wrong_years(
            subscription, on=subscription.account.municipality.day_of(world.fake.now), prices=world.prices_are_ours
        )
    if OutboxMessage.objects.filter(task__startswith="billing.").exists():
        yield "something waits"
    yield from (f"{each} is {each.state}" for each in Invoice.objects.all() if not is_in_its_state(each))


def wrong_state(account: Account, *, at: Any) -> Iterator[str]:
    """The city's state is that of what it has bought and owes."""
    city, subscriptions = account.municipality, account.subscriptions.exclude(state=SubscriptionState.PENDING)
    today = city.day_of(at)
    overdue = list(account.invoices.overdue(on=today).order_by("available_on", "pk"))
    living = subscriptions.exclude(state=SubscriptionState.ENDED).first()
    if living and living.state != (SubscriptionState.LATE if overdue else SubscriptionState.ACTIVE):
        yield f"{living} is {living.state}, with {len(overdue)} overdue"
    is_stopped = not account.is_suspended and standing._reason_to_stop(account, overdue, on=today) is not None
    if is_stopped is not (account.stopped_at is not None):
        yield f"{account} is stopped: {account.stopped_at}"
    is_closed, last = is_over(account, on=today), subscriptions.first()
    if is_closed and last and last.told_days != last_days.OVER:
        return  # nobody works for a month: what was not announced stops nothing
    reads = is_stopped or is_closed
    if subscriptions.exists() and city.state != (LifecycleState.READ_ONLY if reads else LifecycleState.ACTIVE):
        yield f"{account}: its city is {city.state}, {city.last_move}"


def wrong_years(subscription: Subscription, *, on: Any, prices: bool) -> Iterator[str]:
    """What was ordered follows without a gap, ends when the subscription does, and each year is invoiced once."""
    years = list(subscription.years.select_related("quote"))
    for before, after in itertools.pairwise(years):
        if after.begins_on != before.ends_on + timedelta(days=1):
            yield f"{after} does not follow {before}"
    if subscription.runs and subscription.ends_on != years[-1].ends_on:
        yield f"{subscription} ends on {subscription.ends_on}, and its last year on {years[-1].ends_on}"
    invoiced = list(subscription.invoices.filter(kind=InvoiceKind.INVOICE).defer("facturx", "plain"))
    for year in years:
        of_it = [
            each for each in invoiced if (each.period_begins_on, each.period_ends_on) == (year.begins_on, year.ends_on)
        ]
        in_force = [each for each in of_it if not each.voided_on and each.state != InvoiceState.CANCELLED]
        if len(in_force) > 1:
            yield f"{year} is invoiced {len(in_force)} times"
        if prices and any(each.net_cents != year.quote.yearly_cents for each in of_it):
            yield f"{year} is invoiced at another price"
        due = year.ends_on if year.quote.timing == Timing.ARREARS else year.begins_on
        if subscription.runs and due + timedelta(days=2) < on and not of_it:
            yield f"{year} is not invoiced"
    known = {(each.begins_on, each.ends_on) for each in years}
    strange = [each for each in invoiced if (each.period_begins_on, each.period_ends_on) not in known]
    yield from (f"{each} is of {each.period_begins_on}, which nobody ordered" for each in strange)


def notes_at_stripe(account: Account) -> Iterator[Any]:
    for invoice in account.invoices.filter(kind=InvoiceKind.INVOICE, number__isnull=False):
        yield from invoices.credit_notes(invoice_id=invoice.stripe_id)


def is_in_its_state(invoice: Invoice) -> bool:
    if invoice.number is None:
        return invoice.state == InvoiceState.DRAFT
    if invoice.state == InvoiceState.PAID:
        return invoice.left_cents <= 0
    if invoice.state == InvoiceState.ISSUED:
        return invoice.left_cents > 0
    return invoice.state == InvoiceState.CANCELLED and invoice.credited_cents >= invoice.total_cents


@settings(
    max_examples=SEQUENCES or 3,
    deadline=None,
    derandomize=not SEQUENCES,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if SEQUENCES else [])],
)
@example(steps=RENEWED, seed=1)
@example(steps=["renews", "other_buys_by_card", "a_year"], seed=0)
@given(steps=st.lists(st.sampled_from(STEPS), min_size=3, max_size=14), seed=st.integers(0, 1000))
def test_whatever_happens_our_rows_say_what_stripe_says(
    saran: Municipality, brest: Municipality, fake_stripe: FakeStripe, steps: list[str], seed: int
) -> None:
    with transaction.atomic():
        fake_stripe.reset()
        world = World(fake_stripe, [saran, brest])
        # Workers read the clock that the fake and the nights have.
        with account_first(), mock.patch.object(timezone, "now", side_effect=lambda: fake_stripe.now):
            for step in ["buys_by_transfer", *steps]:
                with suppress(CallFailed):
                    getattr(world, step)()
            everything_comes(world, seed)
        assert list(wrong(world)) == []
        before = rows()
        deliver(world.fake, copies=1, shuffled=random.Random(seed + 1), anew=True)
        assert rows() == before
        transaction.set_rollback(True)


def test_an_account_that_is_late_and_pays_is_late_no_more(saran: Municipality, fake_stripe: FakeStripe) -> None:
    world = World(fake_stripe, [saran])
    world.buys_by_transfer()
    everything_comes(world, 1)
    world.an_hour()
    everything_comes(world, 1)
    Invoice.objects.update(available_on=BEGINNING.date().replace(year=2025))
    account = Account.objects.get()
    standing.follow(account, at=fake_stripe.now)
    assert Subscription.objects.get().state == SubscriptionState.LATE
    world.pays_whole()
    deliver(fake_stripe)
    assert Subscription.objects.get().state == SubscriptionState.ACTIVE
