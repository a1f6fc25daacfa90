"""A city orders and pays by card, on the page that Stripe has made for it. Stripe is the fake."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from billing.models import Account
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.billing.buying import siret_of
from tests.browser.conftest import DESKTOP, Live
from tests.browser.people import go
from tests.browser.test_billing_story import BEGINNING, at_work, known, shown_in_time
from tests.browser.test_moderation_story import clean

pytestmark = pytest.mark.browser


def test_from_the_order_to_a_year_that_is_paid_by_card(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    brest = known("brest", "212900195", 9_000)
    live.stripe.fake.advance(to=int(time.time()))
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
    receipt = desk.get_by_role("link", name="Reçu de la facture")
    shown_in_time(desk, receipt)
    clean(desk)
    invoice = Account.objects.get(municipality=brest).invoices.get()
    assert invoice.left_cents == 0
    for link in (receipt, desk.get_by_role("link", name=re.compile(rf"^\s*Facture {invoice.number}"))):
        assert desk.evaluate(BEGINNING, link.first.get_attribute("href")) == [200, "%PDF-"]


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
