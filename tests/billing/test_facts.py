"""What the next invoices say of an authority is corrected by it and by operators; what has left stays as it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from billing.enums import DepositState, InvoiceState
from billing.models import Account, Invoice, OrderedYear, Subscription
from billing.services import issuing
from billing.services.deposits import enter_step
from billing.services.facts import YearInvoiced, give_number
from billing.services.papers import document_of
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.billing.buying import deliver, finalised, issued_at_once, operator, siret_of, subscribed, work
from tests.billing.fake import FakeStripe
from tests.billing.purchases import a_quote, an_order, buyer
from tests.billing.purchases import subscribed as a_subscription
from tests.billing.test_ops import ops
from tests.billing.test_purchase import read

pytestmark = pytest.mark.usefixtures("issued_at_once")
__all__ = ["issued_at_once", "ops"]
PAGE = "/gestion/abonnement/"
FACTS = {
    "siret": "214 503 021 00013",
    "service_code": "FINANCES",
    "address": "1 rue Neuve",
    "postcode": "45770",
    "town": "Saran",
}


@pytest.fixture
def running(saran: Municipality) -> Subscription:
    """Of two years; its first one is invoiced by nobody yet."""
    today = timezone.localdate()
    quote = a_quote(buyer(saran, siren="214503021"), state="ACCEPTED", years=2)
    an_order(quote)
    made = a_subscription(
        quote,
        state="ACTIVE",
        activated_at=timezone.now(),
        stripe_id="sub_1",
        period_begins_on=today,
        period_ends_on=today + timedelta(days=364),
        ends_on=today + timedelta(days=729),
    )
    for number in (1, 2):
        made.years.create(
            quote=quote,
            number=number,
            begins_on=today + timedelta(days=365 * (number - 1)),
            ends_on=today + timedelta(days=365 * number - 1),
            engagement_number="2026-0042" if number == 1 else "",
        )
    return made


def sent(running: Subscription, **changes: str) -> dict[str, str]:
    with schema_context("public"):
        numbers = {f"year_{year.pk}": year.engagement_number for year in running.years.all()}
    return {**FACTS, **numbers, **changes}


def test_until_the_invoice_is_made_the_city_corrects_its_order(desk: Client, running: Subscription) -> None:
    page = read(desk.get(PAGE))
    assert "ou peu après" in page
    assert "2026-0042" in page
    year = running.years.first()
    assert year
    for wrong in ({"siret": "1"}, {f"year_{year.pk}": "é"}, {"postcode": "abc"}):
        answer = desk.post(f"{PAGE}donnees/", sent(running, address="2 rue Vieille", **wrong))
        assert (answer.status_code, "2 rue Vieille" in answer.content.decode()) == (422, True)
    assert desk.post(f"{PAGE}donnees/", sent(running, **{f"year_{year.pk}": "2026-0043"})).status_code == 302
    account = Account.objects.get()
    assert (account.siret, account.service_code, account.address) == ("21450302100013", "FINANCES", "1 rue Neuve")
    assert account.facts_changed_at
    year.refresh_from_db()
    assert year.engagement_number == "2026-0043"
    assert "2026-0043" in read(desk.get(PAGE))


def test_the_number_of_the_next_year_is_one_field_sixty_days_before(desk: Client, running: Subscription) -> None:
    assert "de l’année suivante" not in read(desk.get(PAGE))
    with schema_context("public"):
        later = running.years.get(number=2)
        OrderedYear.objects.filter(pk=later.pk).update(begins_on=timezone.localdate() + timedelta(days=60))
    assert "de l’année suivante" in read(desk.get(PAGE))
    assert desk.post(f"{PAGE}annees/{later.pk}/engagement/", {"number": "é"}).status_code == 422
    assert desk.post(f"{PAGE}annees/{later.pk}/engagement/", {"number": "2027-0077"}).status_code == 302
    later.refresh_from_db()
    assert later.engagement_number == "2027-0077"
    assert "de l’année suivante" not in read(desk.get(PAGE))
    assert desk.post(f"{PAGE}annees/{later.pk + 99}/engagement/", {"number": "1"}).status_code == 404


def test_a_year_that_is_invoiced_keeps_its_number_and_one_that_was_rejected_does_not(
    saran: Municipality, fake_stripe: FakeStripe
) -> None:
    finalised(saran, fake_stripe)
    kept = Subscription.objects.get()
    year, invoice = kept.years.get(), Invoice.objects.get()
    given: dict[str, Any] = {"account": kept.account, "year_id": year.pk, "actor": operator(), "at": fake_stripe.now}
    with pytest.raises(YearInvoiced):
        give_number(number="2026-0099", **given)
    day = saran.day_of(fake_stripe.now)
    invoice.issued_on = day
    invoice.save()
    steps: dict[str, Any] = {"invoice": invoice, "seen_on": day, "operator": None, "at": fake_stripe.now}
    enter_step(state=DepositState.DEPOSITED, flow="CPP1", **steps)
    enter_step(state=DepositState.REJECTED, note="Code service inconnu.", **steps)
    assert not Invoice.objects.to_deposit().get().is_prepared
    given["at"] += timedelta(hours=1)
    give_number(number="2026-0099", **given)
    assert Invoice.objects.to_deposit().get().is_prepared
    invoice.refresh_from_db()
    assert invoice.engagement_number == "ENG-2026-0042"


def test_an_invoice_without_the_number_that_it_needs_is_held_back_and_leaves_with_it(
    saran: Municipality, fake_stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = subscribed(saran, fake_stripe, years=2)
    fake_stripe.later(days=366)
    deliver(fake_stripe)
    later = Invoice.objects.order_by("pk").last()
    assert later
    assert later.engagement_number == ""
    Invoice.objects.filter(pk=later.pk).update(state=InvoiceState.BLOCKED)
    OutboxMessage.objects.all().delete()
    year = kept.years.get(number=2)
    given: dict[str, Any] = {"actor": operator(), "at": fake_stripe.now}
    give_number(account=kept.account, year_id=year.pk, number="2027-0077", **given)
    assert OutboxMessage.objects.filter(task__endswith="issue_invoice").count() == 1
    monkeypatch.setattr(issuing, "_make", lambda invoice: [])
    monkeypatch.setattr(issuing, "mail_document", lambda invoice: None)
    issuing.issue(invoice_id=later.pk, at=fake_stripe.now)
    later.refresh_from_db()
    assert later.engagement_number == "2027-0077"


def test_an_operator_corrects_it_and_says_whether_a_number_is_needed(ops: Client, running: Subscription) -> None:
    city = running.account.municipality_id
    path = f"/ops/facturation/collectivites/{city}/"
    assert ops.post(f"{path}donnees/", sent(running, siret="1")).status_code == 422
    assert ops.post(f"{path}donnees/", sent(running, needs_engagement="on")).status_code == 302
    account = Account.objects.get()
    assert (account.needs_engagement, account.town) == (True, "Saran")
    entry = AuditEntry.objects.get(action="facts_changed")
    assert set(entry.details["changed"]) == {"siret", "service_code", "address", "postcode", "needs_engagement"}
    assert "jusqu’au" in read(ops.get(path))


def test_an_operator_ends_it_with_a_reason(ops: Client, running: Subscription) -> None:
    path = f"/ops/facturation/collectivites/{running.account.municipality_id}/fin/"
    assert ops.post(path, {"reason": "non"}).status_code == 422
    assert ops.post(path, {"reason": "Demandé par lettre du maire."}).status_code == 302
    running.refresh_from_db()
    assert running.ends_on == running.period_ends_on


def test_a_rejected_invoice_is_made_anew_with_what_is_right(
    ops: Client, saran: Municipality, fake_stripe: FakeStripe
) -> None:
    invoice = finalised(saran, fake_stripe)
    kept = Subscription.objects.get()
    shown = ops.get(f"/ops/facturation/factures/{invoice.pk}/")
    assert shown.context["correct"].initial["engagement_number"] == "ENG-2026-0042"
    right = {**FACTS, "siret": siret_of(saran), "engagement_number": "2026-0043", "why": "Code service fermé."}
    path = f"/ops/facturation/factures/{invoice.pk}/corriger/"
    assert ops.post(path, {**right, "service_code": "é"}).status_code == 422
    assert ops.post(path, right).status_code == 302
    work()
    deliver(fake_stripe)
    fresh = Invoice.objects.exclude(pk=invoice.pk).get(kind="INVOICE")
    document = document_of(fresh, bank=None)
    assert (document.service_code, document.engagement_number) == ("FINANCES", "2026-0043")
    assert document.buyer.address.line1 == "1 rue Neuve"
    assert kept.years.get().engagement_number == "2026-0043"


def test_the_city_renews_from_its_page(
    desk: Client, saran: Municipality, running: Subscription, visit: Callable[..., Any]
) -> None:
    assert desk.post(f"{PAGE}devis/", {"years": "1"}).status_code == 409
    with schema_context("public"):
        running.years.filter(number=2).delete()
        Subscription.objects.update(
            ends_on=timezone.localdate() + timedelta(days=80), period_ends_on=timezone.localdate() + timedelta(days=80)
        )
    page = read(desk.get(PAGE))
    assert "ne se renouvelle jamais tacitement" in page
    assert "Au prix d’aujourd’hui" in page
    assert desk.post(f"{PAGE}renouvellement/", {"declined": "1"}).status_code == 302
    assert "ne pas renouveler" in read(desk.get(PAGE))
    assert desk.post(f"{PAGE}renouvellement/", {"declined": "0"}).status_code == 302
    assert desk.post(f"{PAGE}devis/", {"years": "1"}).status_code == 302
    quote = running.account.quotes.latest("pk")
    assert "Pour renouveler" in read(desk.get(PAGE))
    accepted = {"name": "Élise Morin", "function": "maire"}
    assert desk.post(f"{PAGE}devis/{quote.number}/accepter/", accepted).status_code == 302
    shown = desk.get(PAGE)
    assert "Il manque le bon de commande" in read(shown)
    assert not shown.context["order_form"].initial["engagement_number"]
    order = {**FACTS, "engagement_number": "2027-0099"}
    assert desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", order).status_code == 302
    running.refresh_from_db()
    assert running.years.last().engagement_number == "2027-0099"  # type: ignore[union-attr]
    assert running.ends_on == timezone.localdate() + timedelta(days=80 + 365)
    assert "Renouveler" not in read(desk.get(PAGE))
