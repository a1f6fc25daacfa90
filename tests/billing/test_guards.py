"""What binds an authority: who may say yes in its name, until when, and to how much at a time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.enums import QuoteState, SubscriptionState
from billing.models import PurchaseOrder, Quote, QuotePdf, Subscription
from billing.services.activation import activate
from billing.services.ordering import order_subscription
from billing.services.purchase_orders import OrderTaken, OrderTooLate
from billing.services.quote_documents import quote_document
from billing.services.quotes import AlreadySubscribed, NotVerified, accept_quote, issue_quote, waiting_quotes
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.buying import ordered, siret_of
from tests.billing.purchases import a_quote, an_order, buyer, subscribed
from tests.billing.test_ops import ops
from tests.billing.test_purchase import ACCEPTED, ORDER, PAGE, asked, read

__all__ = ["ops"]


def unverified(city: Municipality) -> Municipality:
    Municipality.objects.filter(pk=city.pk).update(verified_at=None)
    city.refresh_from_db()
    return city


def an_order_of(quote: Quote, *, at: datetime) -> Subscription:
    return order_subscription(
        quote=quote,
        actor=UserFactory(),
        at=at,
        siret=siret_of(quote.account.municipality),
        engagement_number="",
        service_code="",
        file=None,
    )


# Whoever has signed a city up may be anybody


def test_a_city_that_nobody_has_verified_reads_its_price_and_binds_nobody(desk: Client, saran: Municipality) -> None:
    unverified(saran)
    quote = asked(desk)
    assert desk.get(f"{PAGE}devis/{quote.number}.pdf").status_code == 200
    page = desk.get(PAGE)
    assert "Personne n’a encore vérifié que vous parlez au nom de la collectivité" in read(page)
    assert f'href="{reverse("desk_verification")}"' in page.content.decode()
    assert "/accepter/" not in page.content.decode()
    answer = desk.post(f"{PAGE}devis/{quote.number}/accepter/", ACCEPTED)
    assert (answer.status_code, "Personne n’a encore vérifié" in read(answer)) == (409, True)
    Quote.objects.update(state=QuoteState.ACCEPTED)
    assert "bon-de-commande/" not in desk.get(PAGE).content.decode()
    assert desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", ORDER).status_code == 409
    assert not PurchaseOrder.objects.exists()


def test_the_services_refuse_it_whoever_calls_them(saran: Municipality) -> None:
    quote, now = ordered(saran, at=timezone.now()), timezone.now()
    unverified(saran)
    with pytest.raises(NotVerified):
        activate(quote=quote, actor=UserFactory(), at=now)
    with pytest.raises(NotVerified):
        an_order_of(quote, at=now)
    with pytest.raises(NotVerified):
        accept_quote(quote=a_quote(quote.account), signed="Un Inconnu, maire", actor=UserFactory(), at=now)
    assert not Subscription.objects.exists()


def test_operators_see_that_nobody_has_verified_it(ops: Client, saran: Municipality) -> None:
    a_quote(buyer(saran))
    addresses = ("/ops/facturation/", "/ops/facturation/comptes/", f"/ops/facturation/collectivites/{saran.pk}/")
    for verified in (False, True):
        Municipality.objects.filter(pk=saran.pk).update(verified_at=timezone.now() if verified else None)
        assert [("non vérifiée" in read(ops.get(each))) for each in addresses] == [not verified] * 3


# One at a time


def test_a_city_with_a_subscription_takes_no_option_on_todays_price(desk: Client, saran: Municipality) -> None:
    account = buyer(saran)
    running = a_quote(account, state=QuoteState.ACCEPTED)
    an_order(running)
    left_over = a_quote(account)
    subscribed(running, state=SubscriptionState.ACTIVE)
    answer = desk.post(f"{PAGE}devis/", {"timing": "ARREARS", "years": "2"})
    assert (answer.status_code, "Il se renouvelle à partir de 90 jours" in read(answer)) == (409, True)
    assert desk.post(f"{PAGE}devis/{left_over.number}/accepter/", ACCEPTED).status_code == 409
    now = timezone.now()
    with pytest.raises(AlreadySubscribed):
        issue_quote(municipality=saran, timing="ADVANCE", actor=UserFactory(), at=now)
    with pytest.raises(AlreadySubscribed):
        accept_quote(quote=left_over, signed="Élise Morin, maire", actor=UserFactory(), at=now)
    Subscription.objects.update(state=SubscriptionState.ENDED)
    issue_quote(municipality=saran, timing="ADVANCE", actor=UserFactory(), at=now)


# An accepted quote is ordered in its time


def test_an_accepted_quote_is_ordered_within_its_validity_or_a_month(desk: Client, saran: Municipality) -> None:
    quote = asked(desk)
    today = timezone.localdate()
    Quote.objects.update(valid_until=today)
    desk.post(f"{PAGE}devis/{quote.number}/accepter/", ACCEPTED)
    quote.refresh_from_db()
    assert quote.order_until == today + timedelta(days=30)
    assert "Il manque votre bon de commande" in read(desk.get(PAGE))

    Quote.objects.update(order_until=today - timedelta(days=1))
    assert not waiting_quotes(quote.account, at=timezone.now()).exists()
    answer = desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", ORDER)
    assert (answer.status_code, "Le délai pour commander ce devis est passé" in read(answer)) == (409, True)
    with pytest.raises(OrderTooLate):
        an_order_of(quote, at=timezone.now())
    # Another one in one press, which then counts.
    assert 'action="/gestion/abonnement/devis/"' in answer.content.decode()
    another = asked(desk)
    assert "Votre devis attend votre accord" in read(desk.get(PAGE))
    desk.post(f"{PAGE}devis/{another.number}/accepter/", ACCEPTED)
    quote.refresh_from_db()
    assert quote.state == QuoteState.WITHDRAWN


def test_operators_see_that_the_time_to_order_is_over(ops: Client, saran: Municipality) -> None:
    quote = a_quote(buyer(saran), state=QuoteState.ACCEPTED)
    assert "il manque le bon de commande" in read(ops.get("/ops/facturation/"))
    Quote.objects.filter(pk=quote.pk).update(order_until=timezone.localdate() - timedelta(days=1))
    assert "dépassé" in read(ops.get("/ops/facturation/"))


# The second click on an order


def test_an_order_sent_twice_says_that_it_is_there_and_changes_nothing(desk: Client, saran: Municipality) -> None:
    quote = a_quote(buyer(saran, siren="214503021"), state=QuoteState.ACCEPTED)
    place = f"{PAGE}devis/{quote.number}/bon-de-commande/"
    assert desk.post(place, ORDER).status_code == 302
    answer = desk.post(place, ORDER | {"engagement_number": "AUTRE"}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    page = read(answer)
    assert ("Le bon de commande est déjà enregistré" in page, "Corriger le bon de commande" in page) == (True, False)
    assert PurchaseOrder.objects.get().engagement_number == ORDER["engagement_number"]
    with pytest.raises(OrderTaken):
        an_order_of(quote, at=timezone.now())


# What was read stays what it was


def test_a_quotes_file_is_the_same_for_ever(desk: Client, saran: Municipality, settings: Any) -> None:
    quote = asked(desk)
    file = f"{PAGE}devis/{quote.number}.pdf"
    before = desk.get(file).content
    desk.post(f"{PAGE}devis/{quote.number}/accepter/", ACCEPTED)
    assert desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", ORDER).status_code == 302
    settings.SELLER = {**settings.SELLER, "NAME": "Une autre raison sociale"}
    assert desk.get(file).content == before
    # Read for the first time after the order, it says of them what was known when it was made.
    quote.refresh_from_db()
    QuotePdf.objects.all().delete()
    assert quote.account.siret
    assert quote_document(quote).buyer.siret == ""
    assert quote_document(quote).buyer.name == quote.account.legal_name
