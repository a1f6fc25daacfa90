"""A city orders and pays by card, on the page that Stripe has made for it. Stripe is the fake."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from billing.enums import SubscriptionState
from billing.models import Subscription
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.billing.buying import siret_of
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import go
from tests.browser.test_billing_story import BEGINNING, at_work, known, shown_in_time
from tests.browser.test_moderation_story import clean
from tests.processes import eventually

pytestmark = pytest.mark.browser


def test_from_the_order_to_a_year_that_is_paid_by_card(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    brest = without_subscription(live)
    desk = at_work(live, open_page(DESKTOP), visit, brest)
    place = f"{live.city('brest')}/gestion/abonnement/"
    accept(desk, place)
    fill(desk, brest)
    expect(desk.get_by_label("Par mandat administratif, sur facture")).to_be_checked()
    desk.get_by_label("Par carte bancaire").check()
    clean(desk)
    go(desk, "Envoyer le bon de commande")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Il reste à payer par carte")
    pay = desk.get_by_role("link", name=re.compile(r"^\s*Payer "))
    shown_in_time(desk, pay)
    clean(desk)

    # One gives up, comes back; the bank refuses the card; then it pays.
    pay.click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Payer 2")
    desk.get_by_role("link", name="Revenir sans payer").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Il reste à payer par carte")
    pay.click()
    desk.get_by_role("button", name="Refuser la carte").click()
    expect(desk.get_by_role("alert")).to_contain_text("refusée")
    desk.get_by_role("button", name="Payer", exact=True).click()
    desk.wait_for_url(f"{place}?carte=payee")
    shown_in_time(desk, desk.get_by_role("heading", name="Votre abonnement est en cours"))
    assert Municipality.objects.get(slug="brest").state == LifecycleState.ACTIVE
    begun = Subscription.objects.get(account__municipality=brest, state=SubscriptionState.ACTIVE)
    assert eventually(lambda: begun.invoices.filter(facturx__isnull=False).exists())
    invoice = begun.invoices.defer("facturx", "plain").get()
    receipt = desk.get_by_role("link", name=f"Reçu de la facture {invoice.number}")
    shown_in_time(desk, receipt)
    clean(desk)
    assert invoice.left_cents == 0
    for link in (receipt, desk.get_by_role("link", name=re.compile(rf"^\s*Facture {invoice.number}"))):
        assert desk.evaluate(BEGINNING, link.first.get_attribute("href")) == [200, "%PDF-"]


def without_subscription(live: Live) -> Municipality:
    """Other stories of this run may have had it buy."""
    city = known("brest", "212900195", 9_000)
    Subscription.objects.filter(account__municipality=city).update(state=SubscriptionState.ENDED)
    live.stripe.fake.advance(to=max(live.stripe.fake.now, int(time.time())))
    return city


def accept(desk: Page, place: str) -> None:
    desk.goto(place)
    go(desk, "Obtenir le devis")
    desk.get_by_label("Prénom et nom").fill("Camille Dupont")
    desk.get_by_label("Fonction").fill("maire")
    go(desk, "Accepter le devis")


def fill(page: Page, city: Municipality) -> None:
    page.get_by_label("Numéro d’engagement").fill("2026-0042")
    page.get_by_label("SIRET").fill(siret_of(city))
    page.get_by_label("Adresse de la collectivité").fill("2 rue Frézier")
    page.get_by_label("Code postal").fill("29200")
    page.get_by_label("Ville").fill("Brest")


def test_the_accountant_fills_in_the_order_without_an_account(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    brest = without_subscription(live)
    desk, accountant = at_work(live, open_page(DESKTOP), visit, brest), open_page(PHONE, javascript=False)
    place = f"{live.city('brest')}/gestion/abonnement/"
    accept(desk, place)
    desk.get_by_label("Adresse électronique de la comptabilité").fill("compta@brest.example")
    go(desk, "Envoyer le lien")
    expect(desk.get_by_text("Un lien a été envoyé à compta@brest.example")).to_be_visible()
    clean(desk)

    link = re.search(r"http\S+/bon-de-commande/\S+", live.inbox.take("compta@brest.example"))
    assert link
    accountant.goto(link[0])
    expect(accountant.get_by_role("heading", level=1)).to_contain_text("Le bon de commande")
    fill(accountant, brest)
    accountant.get_by_label("SIRET").fill("1")
    accountant.get_by_label("Prénom et nom").fill("Jeanne Petit")
    accountant.get_by_label("Fonction").fill("comptable")
    go(accountant, "Envoyer le bon de commande")
    expect(accountant.get_by_text("pas un SIRET").first).to_be_visible()
    accountant.get_by_label("SIRET").fill(siret_of(brest))
    go(accountant, "Envoyer le bon de commande")
    expect(accountant.get_by_role("heading", level=1)).to_have_text("Merci, le bon de commande est arrivé")
    shown_in_time(desk, desk.get_by_role("heading", name="Votre abonnement est en cours"))
    expect(desk.get_by_text("Jeanne Petit, comptable")).to_be_visible()
    clean(desk)
