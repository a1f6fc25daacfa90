"""*Faire remplir par la comptabilité*: the order of one quote, by the link of a mail, without an account."""

import hashlib
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context
from pypdf import PdfReader

from accounts.models import AuditEntry
from billing.enums import Method, QuoteState, SubscriptionState
from billing.models import OrderLink, PurchaseOrder, Quote, Subscription
from billing.services.contacts import MOST
from billing.services.order_links import LinkGone, forget_past_links, order_by_link, send_link
from billing.services.purchase_orders import OrderTaken
from billing.services.quotes import NotVerified, QuoteNotAccepted, withdraw_quote
from billing.tasks import forget_order_links
from common.models import OutboxMessage
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tenants.schema import grant_rights
from tests.accounts.factories import UserFactory
from tests.billing.buying import operator, work
from tests.billing.fake import FakeStripe
from tests.billing.purchases import a_quote, buyer, subscribed
from tests.billing.test_purchase import ORDER, PAGE, SIRET, read
from tests.framing.test_files import a_pdf

Visit = Callable[..., Client]
EMAIL = "compta@saran.example"
SENT = {**ORDER, "name": "Jeanne Petit", "function": "comptable"}


@pytest.fixture
def quote(desk: Client, saran: Municipality) -> Quote:
    Municipality.objects.filter(pk=saran.pk).update(verified_at=timezone.now())
    return a_quote(buyer(saran, siren="214503021"), state=QuoteState.ACCEPTED)


def sent(desk: Client, quote: Quote, email: str = EMAIL) -> str:
    """The path of the link that was mailed."""
    OutboxMessage.objects.all().delete()
    assert desk.post(f"{PAGE}devis/{quote.number}/comptabilite/", {"comptabilite-email": email}).status_code == 302
    return path_in(mails()[0])


def mails() -> list[dict[str, Any]]:
    return [each.payload for each in OutboxMessage.objects.filter(task__endswith="send_mail").order_by("created_at")]


def path_in(mail: dict[str, Any]) -> str:
    found = re.search(r"https?://[^/\s]+(/bon-de-commande/\S+)", mail["body"])
    assert found
    return found[1]


def opened(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 302
    assert "no-store" in answer.headers["Cache-Control"]
    return str(answer.headers["Location"])


def test_an_accountant_without_an_account_orders_by_the_link(
    fake_stripe: FakeStripe, desk: Client, quote: Quote, saran: Municipality, visit: Visit
) -> None:
    path = sent(desk, quote)
    (mail,) = mails()
    assert mail["to"] == EMAIL
    assert mail["sender"].startswith("Saran <")
    link = OrderLink.objects.get()
    token = path.split("/")[-2]
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert f"Un lien a été envoyé à {EMAIL}" in read(desk.get(PAGE))

    accountant = visit(saran)
    page = opened(accountant, path)
    assert token not in page
    answer = accountant.get(page)
    assert "Le bon de commande de Saran" in read(answer)
    assert "method" not in answer.context["form"].fields
    pdf = accountant.get(f"{page}devis.pdf")
    assert quote.number in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    OutboxMessage.objects.all().delete()
    answer = accountant.post(page, {**SENT, "method": "CARD", "file": SimpleUploadedFile("bon.pdf", a_pdf())})
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert "Merci, le bon de commande est arrivé" in read(accountant.get(page))

    order = PurchaseOrder.objects.get(quote=quote)
    assert (order.siret, order.engagement_number, order.placed_by) == (SIRET, "2026 00871", "Jeanne Petit, comptable")
    assert order.file
    link.refresh_from_db()
    assert (link.email, link.used_at is None) == ("", False)
    told = mails()[-1]  # the first one acknowledges it to who sent it: test_written.py
    assert quote.number in told["body"]
    assert "Jeanne" not in told["body"]
    assert told["body"].count("/gestion/abonnement/") == 1
    with schema_context(saran.schema_name):
        entry = AuditEntry.objects.get(action="order_placed")
        assert (entry.actor_id, entry.details["by_link"]) == (None, True)
        assert EMAIL not in str(list(AuditEntry.objects.values_list("details", flat=True)))
    work(only="activation")
    assert Subscription.objects.get().method == Method.TRANSFER
    assert "Jeanne Petit, comptable" in read(desk.get(PAGE))
    # Again, by a browser that still shows the form.
    assert "Merci" in read(accountant.post(page, SENT))
    assert PurchaseOrder.objects.count() == 1


def test_the_order_names_who_gets_the_invoices(
    fake_stripe: FakeStripe, desk: Client, quote: Quote, saran: Municipality, visit: Visit
) -> None:
    accountant = visit(saran)
    page = opened(accountant, sent(desk, quote))
    answer = accountant.post(page, {**SENT, "invoices_to": "factures"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["invoices_to"])
    assert not quote.account.contacts.exists()
    for _twice in range(2):
        assert accountant.post(page, {**SENT, "invoices_to": EMAIL}).status_code in (200, 302)
    contact = quote.account.contacts.get()
    assert (contact.email, contact.gets_invoices, contact.gets_reminders) == (EMAIL, True, True)


def test_an_address_that_is_a_contact_already_hinders_no_order(
    fake_stripe: FakeStripe, desk: Client, quote: Quote
) -> None:
    quote.account.contacts.create(email=EMAIL, gets_invoices=True, gets_reminders=False)
    said = {**ORDER, "invoices_to": EMAIL}
    assert desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", said).status_code == 302
    assert PurchaseOrder.objects.count() == 1
    assert not quote.account.contacts.get().gets_reminders


def test_a_full_list_is_said_beside_the_address_and_the_order_is_not_lost(
    fake_stripe: FakeStripe, desk: Client, quote: Quote, saran: Municipality, visit: Visit
) -> None:
    for number in range(MOST):
        quote.account.contacts.create(email=f"compta{number}@saran.example")
    accountant = visit(saran)
    page = opened(accountant, sent(desk, quote))
    for client, path in ((desk, f"{PAGE}devis/{quote.number}/bon-de-commande/"), (accountant, page)):
        answer = client.post(path, {**SENT, "invoices_to": EMAIL})
        form = answer.context["order_form" if client is desk else "form"]
        assert (answer.status_code, list(form.errors)) == (422, ["invoices_to"])
        assert "Dix personnes" in read(answer)
        assert SENT["engagement_number"] in answer.content.decode()
    # One of the ten: there is nothing to add.
    assert accountant.post(page, {**SENT, "invoices_to": "COMPTA3@saran.example"}).status_code == 302
    assert (PurchaseOrder.objects.count(), quote.account.contacts.count()) == (1, MOST)


def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    desk: Client, quote: Quote, saran: Municipality, visit: Visit
) -> None:
    accountant = visit(saran)
    page = opened(accountant, sent(desk, quote))
    answer = accountant.post(page, {**SENT, "siret": "21290019500018", "name": ""})
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, ["name", "siret"])
    assert "Place de la Liberté" in answer.content.decode()
    assert not PurchaseOrder.objects.exists()


def test_withdrawn_sent_anew_too_old_or_forged_it_opens_nothing(
    desk: Client, quote: Quote, saran: Municipality, brest: Municipality, visit: Visit
) -> None:
    first = sent(desk, quote)
    OrderLink.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    second = sent(desk, quote)
    accountant = visit(saran)
    assert accountant.get(opened(accountant, first)).status_code == 410
    page = opened(accountant, second)
    assert accountant.get(page).status_code == 200
    stranger = visit(brest)
    assert stranger.get(opened(stranger, second)).status_code == 410
    assert accountant.get(opened(accountant, "/bon-de-commande/forged/")).status_code == 410

    assert desk.post(f"{PAGE}devis/{quote.number}/comptabilite/retirer/").status_code == 302
    for answer in (accountant.get(page), accountant.get(f"{page}devis.pdf"), accountant.post(page, SENT)):
        assert answer.status_code == 410
    assert desk.post(f"{PAGE}devis/{quote.number}/comptabilite/retirer/").status_code == 302
    page = opened(accountant, sent(desk, quote))
    OrderLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert accountant.get(page).status_code == 410
    assert "ne fonctionne plus" in read(desk.get(PAGE))
    OrderLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    withdraw_quote(quote=quote, actor=operator())
    assert accountant.post(page, SENT).status_code == 410
    assert not PurchaseOrder.objects.exists()
    with pytest.raises(LinkGone):
        order_by_link(token="forged", municipality=saran, signed="Jeanne Petit", at=timezone.now())


def test_a_second_press_sends_one_mail_and_voids_no_link(
    desk: Client, quote: Quote, saran: Municipality, visit: Visit
) -> None:
    path = sent(desk, quote)
    assert desk.post(f"{PAGE}devis/{quote.number}/comptabilite/", {"comptabilite-email": EMAIL}).status_code == 302
    assert len(mails()) == 1
    accountant = visit(saran)
    assert accountant.get(opened(accountant, path)).status_code == 200


def test_it_is_sent_some_times_a_day_and_not_to_what_is_no_address(desk: Client, quote: Quote) -> None:
    address = f"{PAGE}devis/{quote.number}/comptabilite/"
    assert desk.post(address, {"comptabilite-email": "compta"}).status_code == 422
    answers = [desk.post(address, {"comptabilite-email": f"compta{each}@saran.example"}) for each in range(6)]
    assert [each.status_code for each in answers] == [302] * 5 + [429]
    assert "compta5@saran.example" in answers[-1].content.decode()


def test_the_desk_that_is_faster_leaves_nothing_to_do(
    desk: Client, quote: Quote, saran: Municipality, visit: Visit
) -> None:
    accountant = visit(saran)
    page = opened(accountant, sent(desk, quote))
    assert desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", ORDER).status_code == 302
    assert "déjà" in read(accountant.get(page))
    assert "déjà" in read(accountant.post(page, SENT))
    assert PurchaseOrder.objects.get().placed_by == ""


def test_nobody_is_written_to_for_nothing(desk: Client, quote: Quote, saran: Municipality) -> None:
    actor, at = UserFactory(), timezone.now()
    Municipality.objects.filter(pk=saran.pk).update(verified_at=None)
    with pytest.raises(NotVerified):
        send_link(quote=quote, email=EMAIL, actor=actor, at=at)
    answer = desk.post(f"{PAGE}devis/{quote.number}/comptabilite/", {"comptabilite-email": EMAIL})
    assert answer.status_code == 409
    Municipality.objects.filter(pk=saran.pk).update(verified_at=at)
    other = a_quote(quote.account)
    with pytest.raises(QuoteNotAccepted):
        send_link(quote=other, email=EMAIL, actor=actor, at=at)
    subscribed(quote, state=SubscriptionState.PENDING)
    with pytest.raises(OrderTaken):
        send_link(quote=quote, email=EMAIL, actor=actor, at=at)
    assert not OrderLink.objects.exists()


@pytest.mark.parametrize("state", [LifecycleState.READ_ONLY, LifecycleState.SUSPENDED])
def test_in_a_city_that_only_reads_or_is_suspended_it_works_too(
    desk: Client, quote: Quote, saran: Municipality, visit: Visit, state: LifecycleState
) -> None:
    Municipality.objects.filter(pk=saran.pk).update(state=state)
    grant_rights(saran.schema_name, state=state)
    accountant = visit(saran)
    page = opened(accountant, sent(desk, quote))
    assert accountant.get(page).status_code == 200
    assert accountant.post(page, SENT).status_code == 302
    assert "Merci" in read(accountant.get(page))


def test_addresses_of_accountants_are_forgotten(desk: Client, quote: Quote) -> None:
    sent(desk, quote)
    at = timezone.now()
    OrderLink.objects.update(expires_at=at - timedelta(days=29))
    assert forget_past_links(at=at) == 0
    OrderLink.objects.update(expires_at=at - timedelta(days=31))
    assert forget_order_links() == 1
    sent(desk, quote)
    OrderLink.objects.update(expires_at=at - timedelta(minutes=1), used_at=at)
    assert forget_order_links() == 1
