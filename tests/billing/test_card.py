"""A card pays on a page of Stripe's, which a task has made."""

import http.client
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.enums import Method, PaymentKind, SubscriptionState
from billing.models import Invoice, Quote, Subscription
from billing.services.activation import OnlyInAdvance, activate
from billing.services.card import link_of
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.buying import deliver, operator, ordered, work
from tests.billing.fake import BEGINNING, FakeStripe
from tests.billing.test_purchase import ACCEPTED, ORDER, read

PAGE = "/gestion/abonnement/"


@pytest.fixture
def quote(saran: Municipality) -> Quote:
    return ordered(saran)


def asked(quote: Quote, method: str = Method.CARD) -> Subscription:
    activate(quote=quote, actor=operator(), at=timezone.now(), method=method)
    work()
    return Subscription.objects.get()


def press(fake: FakeStripe, link: str, card: str = "good") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", fake.server.server_port)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", link.removeprefix(fake.address), f"card={card}", headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_page_is_there_once_it_is_made_and_paying_on_it_begins_the_subscription(
    fake_stripe: FakeStripe, quote: Quote
) -> None:
    wanted = activate(quote=quote, actor=operator(), at=timezone.now(), method=Method.CARD)
    assert link_of(wanted, at=timezone.now()) == ""
    work()
    wanted.refresh_from_db()
    assert wanted.state == SubscriptionState.PENDING
    link = link_of(wanted, at=timezone.now())
    assert press(fake_stripe, link, "refused") == 200
    assert press(fake_stripe, link) == 303
    deliver(fake_stripe)
    wanted.refresh_from_db()
    assert (wanted.state, link_of(wanted, at=timezone.now())) == (SubscriptionState.ACTIVE, "")
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.left_cents) == ("FAC-00001", 0)
    assert [(each.kind, each.cents) for each in invoice.payments.all()] == [(PaymentKind.CARD, invoice.total_cents)]


def test_asked_for_again_the_page_is_the_same_until_it_is_over(fake_stripe: FakeStripe, quote: Quote) -> None:
    first = asked(quote)
    assert asked(quote).page_url == first.page_url
    over = timezone.now() - timedelta(minutes=1)
    Subscription.objects.update(page_ends_at=over)
    assert link_of(Subscription.objects.get(), at=timezone.now()) == ""
    assert asked(quote).stripe_page != first.stripe_page
    assert len(fake_stripe.fake.state.numbers["checkout.session"]) == 2


def over_soon(quote: Quote) -> Subscription:
    """Its link is led to no more, and whoever has it open may still pay on it."""
    first = asked(quote)
    Subscription.objects.update(page_ends_at=timezone.now() + timedelta(minutes=20))
    return first


def test_another_page_closes_the_one_before(fake_stripe: FakeStripe, quote: Quote) -> None:
    first = over_soon(quote)
    second = asked(quote)
    assert (press(fake_stripe, first.page_url), press(fake_stripe, second.page_url)) == (400, 303)
    deliver(fake_stripe)
    assert len(fake_stripe.fake.state.numbers["subscription"]) == 1


def test_a_page_that_is_paid_while_another_is_asked_for_is_the_subscription(
    fake_stripe: FakeStripe, quote: Quote
) -> None:
    first = over_soon(quote)
    activate(quote=quote, actor=operator(), at=timezone.now(), method=Method.CARD)
    assert press(fake_stripe, first.page_url) == 303
    work()
    kept = Subscription.objects.get()
    assert (kept.state, kept.stripe_page) == (SubscriptionState.ACTIVE, first.stripe_page)
    deliver(fake_stripe)
    assert Invoice.objects.get().left_cents == 0
    assert len(fake_stripe.fake.state.numbers["checkout.session"]) == 1


def test_no_page_is_left_open_beside_a_transfer(fake_stripe: FakeStripe, quote: Quote) -> None:
    links = [over_soon(quote).page_url, asked(quote).page_url]
    asked(quote, Method.TRANSFER)
    assert [press(fake_stripe, each) for each in links] == [400, 400]


@pytest.mark.parametrize("how", ["lost_before", "lost_after", "429", "500_after"])
def test_a_call_that_ends_badly_leaves_one_page_to_pay_on(fake_stripe: FakeStripe, quote: Quote, how: str) -> None:
    fake_stripe.fails(how, "post /v1/checkout/sessions")
    assert asked(quote).page_url == ""
    OutboxMessage.objects.update(due_at=BEGINNING.replace(year=2020))
    work()
    assert link_of(Subscription.objects.get(), at=timezone.now())


def test_a_card_that_has_not_paid_gives_way_to_a_transfer(fake_stripe: FakeStripe, quote: Quote) -> None:
    link = asked(quote).page_url
    kept = asked(quote, Method.TRANSFER)
    assert (kept.method, kept.state) == (Method.TRANSFER, SubscriptionState.ACTIVE)
    assert press(fake_stripe, link) == 400  # nobody pays on it any more
    assert len(fake_stripe.fake.state.numbers["subscription"]) == 1


def test_a_card_that_pays_at_the_last_moment_is_the_subscription(fake_stripe: FakeStripe, quote: Quote) -> None:
    link = asked(quote).page_url
    activate(quote=quote, actor=operator(), at=timezone.now(), method=Method.TRANSFER)
    press(fake_stripe, link)
    work()
    deliver(fake_stripe)
    assert len(fake_stripe.fake.state.numbers["subscription"]) == 1
    kept = Subscription.objects.get()
    assert (kept.method, kept.state) == (Method.CARD, SubscriptionState.ACTIVE)
    assert Invoice.objects.get().left_cents == 0


# The page of the city's desk


def ordered_at_desk(desk: Client, **changes: str) -> Quote:
    desk.post(f"{PAGE}devis/", {"timing": "ADVANCE", "years": "1"} | changes)
    quote = Quote.objects.latest("pk")
    desk.post(f"{PAGE}devis/{quote.number}/accepter/", ACCEPTED)
    return quote


def order_by_card(desk: Client, quote: Quote) -> int:
    return desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", {**ORDER, "method": "CARD"}).status_code


def test_a_transfer_is_the_first_way_and_a_card_pays_in_advance_only(fake_stripe: FakeStripe, desk: Client) -> None:
    ordered_at_desk(desk)
    form = desk.get(PAGE).context["order_form"]
    assert (form["method"].initial, [value for value, _words in form.fields["method"].choices]) == (
        Method.TRANSFER,
        [Method.TRANSFER, Method.CARD],
    )
    quote = ordered_at_desk(desk, timing="ARREARS")
    assert "method" not in desk.get(PAGE).context["order_form"].fields
    assert order_by_card(desk, quote) == 302
    assert Subscription.objects.get().method == Method.TRANSFER
    with pytest.raises(OnlyInAdvance):
        Subscription.objects.all().delete()
        activate(quote=quote, actor=operator(), at=timezone.now(), method=Method.CARD)


def test_at_the_desk_the_page_is_prepared_then_linked_to_then_the_subscription_runs(
    fake_stripe: FakeStripe, desk: Client
) -> None:
    quote = ordered_at_desk(desk)
    assert order_by_card(desk, quote) == 302
    shown = read(desk.get(PAGE))
    assert "Il reste à payer par carte" in shown
    assert "se prépare" in shown
    work()
    answer = desk.get(PAGE)
    link = Subscription.objects.get().page_url
    assert f'href="{link}"' in answer.content.decode()
    assert "Payer 4 080 €" in read(answer).replace("\u202f", " ").replace("\xa0", " ")
    assert order_by_card(desk, quote) == 302  # a second press
    assert desk.post(f"{PAGE}devis/{quote.number}/carte/").status_code == 302
    work()
    assert Subscription.objects.get().page_url == link
    assert press(fake_stripe, link) == 303
    # Back before Stripe has told: one is not asked to pay again.
    shown = read(desk.get(f"{PAGE}?carte=payee"))
    assert "nous le confirme" in shown
    assert "Payer 4 080" not in shown
    deliver(fake_stripe)
    shown = read(desk.get(f"{PAGE}?carte=payee"))
    assert "Votre abonnement est en cours" in shown
    assert "Reçu de la facture FAC-00001" in shown


def test_a_page_that_is_over_is_asked_for_anew(fake_stripe: FakeStripe, desk: Client) -> None:
    quote = ordered_at_desk(desk)
    order_by_card(desk, quote)
    work()
    Subscription.objects.update(page_ends_at=timezone.now() - timedelta(minutes=1))
    former = Subscription.objects.get()
    answer = desk.get(PAGE)
    assert former.page_url not in answer.content.decode()
    assert "n’est plus ouverte" in read(answer)
    assert desk.post(f"{PAGE}devis/{quote.number}/carte/").status_code == 302
    assert "se prépare" in read(desk.get(PAGE))
    work()
    assert Subscription.objects.get().page_url != former.page_url
    assert Subscription.objects.get().page_url in desk.get(PAGE).content.decode()


def test_who_would_rather_pay_by_transfer_goes_back_to_it_and_not_to_the_card_again(
    fake_stripe: FakeStripe, desk: Client
) -> None:
    quote = ordered_at_desk(desk)
    order_by_card(desk, quote)
    work()
    link = Subscription.objects.get().page_url
    answer = desk.post(f"{PAGE}devis/{quote.number}/virement/", follow=True)
    assert "Vous payez par virement, sauf si une carte a déjà payé" in read(answer)
    work(only="activation")
    # Stripe has it, and our row does not know yet: a card would be a second subscription.
    assert desk.post(f"{PAGE}devis/{quote.number}/carte/").status_code == 302
    work()
    kept = Subscription.objects.get()
    assert (kept.method, kept.state) == (Method.TRANSFER, SubscriptionState.ACTIVE)
    assert press(fake_stripe, link) == 400
    assert len(fake_stripe.fake.state.numbers["checkout.session"]) == 1
    assert "plus rien ne change" in read(desk.post(f"{PAGE}devis/{quote.number}/carte/", follow=True))
    assert len(fake_stripe.fake.state.numbers["subscription"]) == 1


def test_operators_see_an_order_until_its_card_has_paid(
    fake_stripe: FakeStripe, desk: Client, visit: Callable[..., Client]
) -> None:
    quote = ordered_at_desk(desk)
    order_by_card(desk, quote)
    work()
    ops, title = visit(None, UserFactory(operator=True, email="operation@example.org")), "carte n’a pas encore payé"
    page = read(ops.get("/ops/facturation/"))
    assert title in page
    assert f"{quote.number}, Commune de Saran" in page
    press(fake_stripe, Subscription.objects.get().page_url)
    deliver(fake_stripe)
    assert title not in read(ops.get("/ops/facturation/"))


def test_a_card_asked_for_beside_a_transfer_that_has_not_begun_says_just_that(
    fake_stripe: FakeStripe, desk: Client
) -> None:
    quote = ordered_at_desk(desk)
    order_by_card(desk, quote)
    answer = desk.post(f"{PAGE}devis/{quote.number}/virement/", follow=True)
    assert "Vous payez par virement : la facture arrive ici" in read(answer)  # there was no page to pay on yet
    Subscription.objects.update(stripe_id="sub_of_tests")
    words = read(desk.post(f"{PAGE}devis/{quote.number}/carte/", follow=True))
    assert "virement a été choisi entre-temps" in words
    assert "commencé entre-temps" not in words


def test_a_quote_that_was_set_aside_is_not_paid(desk: Client) -> None:
    quote = ordered_at_desk(desk)
    assert desk.post(f"{PAGE}devis/{quote.number}/ecarter/").status_code == 302
    for path in ("carte", "virement"):
        assert desk.post(f"{PAGE}devis/{quote.number}/{path}/").status_code == 409
    assert not Subscription.objects.exists()
