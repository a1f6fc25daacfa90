"""A city buys, is invoiced and pays; another one is late, only reads, pays and writes again. Stripe is the fake."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Locator, Page, expect

from accounts.enums import Role
from billing.enums import SubscriptionState
from billing.models import Account, Contact, Invoice, Subscription
from billing.services.activation import activate
from billing.services.reminders import DAYS, remind
from billing.services.standing import follow as follow_terms
from consultations.participation.counts import recount
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.buying import operator, ordered, siret_of
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, follow, go, press
from tests.browser.test_moderation_story import clean
from tests.participation.factories import ProposalFactory
from tests.processes import eventually

pytestmark = pytest.mark.browser

BEGINNING = """async (path) => {
  const answer = await fetch(path);
  return [answer.status, (await answer.text()).slice(0, 5)];
}"""
TEXT = "Un banc sous les tilleuls, et l’on attendrait le bus à l’ombre."


def known(slug: str, siren: str, population: int) -> Municipality:
    """As the directory and an operator's check have it; on trial."""
    said = {"siren": siren, "population": population, "verified_at": timezone.now(), "state": LifecycleState.TRIAL}
    with schema_context("public"):
        Municipality.objects.filter(slug=slug).update(**said)
        Account.objects.filter(municipality__slug=slug).update(siren=siren)
        return Municipality.objects.get(slug=slug)


def at_work(live: Live, page: Page, visit: Callable[..., Any], city: Municipality | None = None) -> Page:
    """Who works for the city, or for the service."""
    with schema_context(city.schema_name if city else "public"):
        user = UserFactory(role=Role.ADMINISTRATOR if city else Role.OPERATOR)
    come_in(page, live.city(city.slug) if city else live.public, visit(city, user))
    return page


def shown_in_time(page: Page, what: Locator) -> None:
    """What a worker does shows on the page that is asked for again."""

    def there() -> bool:
        page.reload()
        return what.count() > 0

    assert eventually(there), f"{page.url}: {page.locator('main').inner_text()}"
    expect(what.first).to_be_visible()


def enter_step(page: Page, state: str, day: Any, flow: str = "") -> None:
    page.get_by_label("Ce que dit Chorus Pro").select_option(label=state)
    page.get_by_label("Depuis le").fill(day.isoformat())
    page.get_by_label("Numéro de flux").fill(flow)
    go(page, "Enregistrer l’étape")
    expect(page.get_by_text("L’étape est enregistrée.")).to_be_visible()


def issued(account: Account) -> Invoice:
    found = Invoice.objects.filter(account=account, facturx__isnull=False).defer("facturx", "plain")
    assert eventually(found.exists), list(Invoice.objects.values("state", "problems"))
    return found.get()


def test_a_city_that_was_late_only_reads_and_writes_again_once_it_has_paid(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    saran = known("saran", "214503021", 16_412)
    bought_at = live.stripe.now
    account = buy_long_ago(saran, at=bought_at)
    live.stripe.later(hours=1)
    invoice = issued(account)

    desk = at_work(live, open_page(DESKTOP), visit)
    desk.goto(f"{live.public}/ops/facturation/")
    clean(desk)
    follow(desk.get_by_role("link", name=re.compile(rf"^\s*{invoice.number}")).first)
    day = saran.day_of(bought_at)
    enter_step(desk, "Déposée", day + timedelta(days=1), "CPP-4711")
    enter_step(desk, "Mise à disposition", day + timedelta(days=2))
    clean(desk)
    site, writer = live.city("saran"), open_page(PHONE)
    with schema_context(saran.schema_name):
        place = ProposalFactory().get_absolute_url()
        recount()
        come_in(writer, site, visit(saran, UserFactory()))
    team = at_work(live, open_page(PHONE), visit, saran)
    is_overdue_and_told(live, account, since=bought_at + timedelta(days=2))

    writer.goto(site + place)
    expect(writer.get_by_role("heading", level=1)).to_be_visible()
    expect(writer.get_by_text("Donner un argument")).to_have_count(0)
    team.goto(f"{site}/gestion/abonnement/")
    expect(team.get_by_role("heading", level=1)).to_contain_text("lecture seule")
    clean(team)

    desk.get_by_label("Montant reçu, en euros").fill("4 080,00")
    desk.get_by_label("Référence du virement").fill("MANDAT 1482")
    paid_at = time.monotonic()
    go(desk, "Enregistrer le paiement")
    argue(writer, site + place)
    assert time.monotonic() - paid_at < 60
    told = live.stripe.fake.state.objects[invoice.stripe_id]
    assert eventually(lambda: told["status"] == "paid")
    team.reload()
    expect(team.get_by_role("heading", level=1)).to_have_text("Votre abonnement est en cours")


def buy_long_ago(city: Municipality, *, at: datetime) -> Account:
    with schema_context("public"):
        quote = ordered(city, at=at)
        Account.objects.update(address="Place de la Liberté", postcode="45770", town="Saran")
        Contact.objects.create(account=quote.account, email="finances@saran.example")
        quote.refresh_from_db()
        made = activate(quote=quote, actor=operator(), at=at)
    begun = Subscription.objects.filter(pk=made.pk, state=SubscriptionState.ACTIVE)
    assert eventually(begun.exists)
    return quote.account


def is_overdue_and_told(live: Live, account: Account, *, since: datetime) -> None:
    """What the daily task does on those days, of which the last is today."""
    number = issued(account).number
    assert number in live.inbox.take("finances@saran.example"), "the invoice itself"
    with schema_context("public"):
        for day in DAYS:
            assert remind(issued(account), at=since + timedelta(days=day))
            follow_terms(account, at=since + timedelta(days=day))
            assert account.stopped_at is None
        follow_terms(account, at=timezone.now())
    for _day in DAYS:
        assert number in live.inbox.take("finances@saran.example")
    assert Municipality.objects.get(slug="saran").state == LifecycleState.READ_ONLY


def argue(page: Page, address: str) -> None:
    page.goto(address)
    press(page, "Donner un argument")
    page.locator(".chip").get_by_text("pour", exact=True).click()
    page.get_by_label("Votre argument").fill(TEXT)
    press(page, "Publier mon argument")
    expect(page.get_by_text("Votre argument est publié.")).to_be_visible()


def test_from_the_trial_to_the_receipt(live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]) -> None:
    brest = known("brest", "212900195", 9_000)
    # Two hours ago: what is final an hour later is of the past.
    live.stripe.fake.advance(to=int(time.time()) - 7200)
    desk = at_work(live, open_page(DESKTOP), visit, brest)
    place = f"{live.city('brest')}/gestion/abonnement/"
    buy(desk, place, brest)
    account = Account.objects.get(municipality=brest)
    invoice = is_invoiced(live, desk, place, account)

    ops = at_work(live, open_page(DESKTOP), visit)
    ops.goto(f"{live.public}/ops/facturation/")
    follow(ops.get_by_role("link", name=re.compile(rf"^\s*{invoice.number}")).first)
    assert invoice.issued_on
    enter_step(ops, "Déposée", invoice.issued_on, "CPP-4712")
    enter_step(ops, "Mise à disposition", invoice.issued_on)

    live.stripe.transfer(account.stripe_customer, invoice.total_cents, f"MANDAT 77 {invoice.number}")
    shown_in_time(desk, desk.get_by_role("link", name=f"Reçu de la facture {invoice.number}"))
    # The receipt is made before its invoice is said to be paid.
    shown_in_time(desk, desk.get_by_text("payée"))
    clean(desk)
    shown_in_time(ops, ops.get_by_text("MANDAT 77"))
    for name in (f"Facture {invoice.number}", "Reçu de la facture", "Devis D-"):
        path = desk.get_by_role("link", name=re.compile(rf"^\s*{name}")).first.get_attribute("href")
        assert desk.evaluate(BEGINNING, path) == [200, "%PDF-"]


def buy(desk: Page, place: str, city: Municipality) -> None:
    desk.goto(place)
    expect(desk.get_by_role("heading", level=1)).to_have_text("Pour continuer, demandez votre devis")
    clean(desk)
    go(desk, "Obtenir le devis")
    clean(desk)
    desk.get_by_label("Prénom et nom").fill("Camille Dupont")
    desk.get_by_label("Fonction").fill("maire")
    go(desk, "Accepter le devis")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Il manque votre bon de commande")
    desk.get_by_label("Numéro d’engagement").fill("2026-0042")
    desk.get_by_label("SIRET").fill(siret_of(city))
    desk.get_by_label("Adresse de la collectivité").fill("2 rue Frézier")
    desk.get_by_label("Code postal").fill("29200")
    desk.get_by_label("Ville").fill("Brest")
    clean(desk)
    go(desk, "Envoyer le bon de commande")
    shown_in_time(desk, desk.get_by_role("heading", name="Votre abonnement est en cours"))
    assert Municipality.objects.get(slug="brest").state == LifecycleState.ACTIVE


def is_invoiced(live: Live, desk: Page, place: str, account: Account) -> Invoice:
    desk.get_by_text("Ajouter quelqu’un").click()
    desk.locator("#id_contact-email").fill("finances@brest.example")
    follow(desk.get_by_role("button", name="Ajouter", exact=True))
    live.stripe.later(hours=1)
    invoice = issued(account)
    desk.goto(place)
    expect(desk.get_by_text(f"La facture {invoice.number} est à payer")).to_be_visible()
    assert str(invoice.number) in live.inbox.take("finances@brest.example")
    return invoice
