"""*Abonnement*: from a quote to an order, by the administrators of a city."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context
from pypdf import PdfReader

from accounts.models import AuditEntry
from billing.enums import QuoteState, SubscriptionState
from billing.forms import MAX_ORDER_BYTES
from billing.models import Account, PlanVersion, PurchaseOrder, Quote
from billing.services.codes import EngagementMissing
from billing.services.plans import OnQuotation, price_for
from billing.services.purchase_orders import place_order
from billing.services.quotes import QuoteInUse, accept_quote, withdraw_quote
from common.refusals import Refusal
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tenants.schema import grant_rights
from tests.accounts.factories import UserFactory
from tests.billing.purchases import NOW, a_quote, an_order, buyer, subscribed
from tests.billing.test_plans import a_version
from tests.framing.test_files import a_pdf, a_picture

Visit = Callable[..., Client]
PAGE = "/gestion/abonnement/"
SIRET = "21450302100013"
ACCEPTED = {"name": "Élise Morin", "function": "maire"}
ORDER = {
    "siret": "214 503 021 00013",
    "engagement_number": "2026 00871",
    "service_code": "COM",
    "address": "Place de la Liberté",
    "postcode": "45770",
    "town": "Saran",
    "method": "TRANSFER",
}


def read(answer: Any) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())))


def a_wish(**changes: Any) -> dict[str, Any]:
    return {"timing": "ADVANCE", "years": "4"} | changes


def asked(desk: Client, **changes: Any) -> Quote:
    assert desk.post(f"{PAGE}devis/", a_wish(**changes)).status_code == 302
    return Quote.objects.latest("pk")


def test_a_quote_is_asked_for_accepted_and_ordered(desk: Client, saran: Municipality) -> None:
    assert "demandez votre devis" in read(desk.get(PAGE))
    quote = asked(desk)
    assert (quote.yearly_cents, quote.total_cents, quote.over_years_cents) == (340_000, 408_000, 1_360_000)
    page = read(desk.get(PAGE))
    assert "Votre devis attend votre accord" in page
    assert "4 080 €" in page.replace("\u202f", " ").replace("\xa0", " ")

    assert desk.post(f"{PAGE}devis/{quote.number}/accepter/", ACCEPTED).status_code == 302
    assert "Il manque votre bon de commande" in read(desk.get(PAGE))

    sent = {**ORDER, "file": SimpleUploadedFile("bon n°3.pdf", a_pdf())}
    assert desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", sent).status_code == 302
    order = PurchaseOrder.objects.get(quote=quote)
    assert (order.siret, order.engagement_number, order.service_code) == (SIRET, "2026 00871", "COM")
    account = Account.objects.get(municipality=saran)
    assert (account.siret, account.address, account.postcode) == (order.siret, "Place de la Liberté", "45770")
    answer = desk.get(f"{PAGE}devis/{quote.number}/bon-de-commande.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert "no-store" in answer.headers["Cache-Control"]

    quote.refresh_from_db()
    assert (quote.state, quote.accepted_by) == (QuoteState.ACCEPTED, "Élise Morin, maire")
    # What the team does is in the city's trail, and in no other.
    with schema_context(saran.schema_name):
        done = AuditEntry.objects.filter(subject_type="billing.quote").order_by("pk").values_list("action", flat=True)
        assert list(done) == ["quote_issued", "quote_accepted", "order_placed"]
        assert AuditEntry.objects.filter(action="subscription_asked_for").count() == 1
    assert not AuditEntry.objects.filter(action__startswith="quote_").exists()


def test_asked_for_twice_in_a_day_it_is_the_same_quote(desk: Client) -> None:
    first = asked(desk)
    assert asked(desk) == first
    other = asked(desk, timing="ARREARS")
    assert other.number == first.number[:-1] + str(int(first.number[-1]) + 1)
    desk.post(f"{PAGE}devis/{other.number}/accepter/", ACCEPTED)
    first.refresh_from_db()
    assert first.state == QuoteState.WITHDRAWN


def test_the_quote_is_a_file_that_says_all_of_it(desk: Client) -> None:
    quote = asked(desk)
    answer = desk.get(f"{PAGE}devis/{quote.number}.pdf")
    assert f'filename="devis-{quote.number}.pdf"' in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    text = re.sub(r"\s+", " ", text)
    for words in (quote.number, "Saran", "3 400,00 €", "4 080,00 €", "13 600,00 €", "R. 2122-8", "SIREN 214 503 021"):
        assert words in text
    assert "SIRET ," not in text


def test_what_was_quoted_is_ordered_whatever_becomes_of_prices(desk: Client) -> None:
    quote = asked(desk)
    a_version(999_900, from_on=timezone.localdate())
    PlanVersion.objects.filter(number=1).update(withdrawn_on=timezone.localdate())
    desk.post(f"{PAGE}devis/{quote.number}/accepter/", ACCEPTED)
    assert desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", ORDER).status_code == 302
    assert "3 400 €" in read(desk.get(PAGE)).replace("\u202f", " ").replace("\xa0", " ")


def test_a_quote_is_not_accepted_after_its_validity_nor_once_set_aside(desk: Client) -> None:
    quote = asked(desk)
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    assert "n’est plus valable" in read(desk.get(PAGE))
    answer = desk.post(f"{PAGE}devis/{quote.number}/accepter/", ACCEPTED)
    assert (answer.status_code, "n’est plus valable" in read(answer)) == (409, True)
    other = asked(desk, years="1")
    assert desk.post(f"{PAGE}devis/{other.number}/ecarter/").status_code == 302
    assert desk.post(f"{PAGE}devis/{other.number}/accepter/", ACCEPTED).status_code == 409
    assert desk.post(f"{PAGE}devis/{other.number}/bon-de-commande/", ORDER).status_code == 409
    codes = []
    for each in (quote, other):
        with pytest.raises(Refusal) as refused:
            accept_quote(quote=each, signed="Élise Morin, maire", actor=UserFactory(), at=timezone.now())
        codes.append(refused.value.code)
    assert codes == ["quote_expired", "quote_gone"]
    assert not Quote.objects.filter(state=QuoteState.ACCEPTED).exists()


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("siret", "21290019500018", "siret_of_another"),  # Brest's
        ("siret", "214 503 021 00014", "siret_refused"),
        ("siret", "", "required"),
        ("engagement_number", "x" * 60, "engagement_refused"),
        ("engagement_number", "n° 12 é", "engagement_refused"),
        ("service_code", "COMPTA / É", "service_code_refused"),
        ("postcode", "4577", "invalid"),
    ],
)
def test_what_an_accountant_would_send_back_is_refused_where_it_is_typed(
    desk: Client, saran: Municipality, name: str, typed: str, code: str
) -> None:
    quote = a_quote(buyer(saran, siren="214503021"), state=QuoteState.ACCEPTED)
    answer = desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", {**ORDER, name: typed})
    assert answer.status_code == 422
    form = answer.context["order_form"]
    assert {field: [each.code for each in errors] for field, errors in form.errors.as_data().items()} == {name: [code]}
    assert "Place de la Liberté" in answer.content.decode()
    assert not PurchaseOrder.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ\x90 nothing of ours", "Envoyez un PDF : "),
        (a_picture(), "Envoyez un PDF : "),
        (b"", "vide"),
        (b"%PDF-1.7 not a whole one", "abîmé"),
    ],
)
def test_only_a_pdf_is_an_order(desk: Client, saran: Municipality, content: bytes, said: str) -> None:
    quote = a_quote(buyer(saran, siren="214503021"), state=QuoteState.ACCEPTED)
    sent = {**ORDER, "file": SimpleUploadedFile("bon.pdf", content)}
    answer = desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", sent)
    assert (answer.status_code, list(answer.context["order_form"].errors)) == (422, ["file"])
    words = str(answer.context["order_form"].errors["file"]).replace("\xa0", " ")
    assert said in words
    assert "JPEG" not in words


def test_a_quote_that_waits_for_its_yes_is_not_said_to_be_withdrawn(desk: Client, saran: Municipality) -> None:
    quote = a_quote(buyer(saran, siren="214503021"))
    for path, sent in (
        ("bon-de-commande", ORDER),
        ("carte", {}),
        ("virement", {}),
        ("comptabilite", {"comptabilite-email": "compta@saran.example"}),
    ):
        answer = desk.post(f"{PAGE}devis/{quote.number}/{path}/", sent)
        assert (path, answer.status_code, "pas encore accepté" in read(answer)) == (path, 409, True)
        assert "retiré" not in read(answer).split("Retirer")[0]


@pytest.mark.parametrize("state", [LifecycleState.CLOSED, LifecycleState.ACTIVE])
def test_a_closed_city_reads_that_nothing_more_is_invoiced(
    desk: Client, saran: Municipality, state: LifecycleState
) -> None:
    quote = a_quote(buyer(saran, siren="214503021"), state=QuoteState.ACCEPTED)
    subscribed(quote, state=SubscriptionState.ACTIVE)
    Municipality.objects.filter(pk=saran.pk).update(state=state, state_since=timezone.now())
    assert ("Ce qui a été facturé reste dû" in read(desk.get(PAGE))) is (state == LifecycleState.CLOSED)


def test_an_order_of_more_than_five_megabytes_is_refused_and_nothing_typed_is_lost(
    desk: Client, saran: Municipality
) -> None:
    quote = a_quote(buyer(saran, siren="214503021"), state=QuoteState.ACCEPTED)
    heavy = SimpleUploadedFile("bon.pdf", b"%PDF-1.7" + b" " * MAX_ORDER_BYTES)
    answer = desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", {**ORDER, "file": heavy})
    assert (answer.status_code, list(answer.context["order_form"].errors)) == (422, ["file"])
    assert "plus de 5 Mo" in str(answer.context["order_form"].errors["file"]).replace("\xa0", " ")
    assert f'value="{ORDER["town"]}"' in answer.content.decode()
    assert f'data-heaviest="{MAX_ORDER_BYTES}"' in answer.content.decode()


def test_chorus_pro_asks_some_for_an_engagement_number(desk: Client, saran: Municipality) -> None:
    quote = a_quote(buyer(saran, siren="214503021", needs_engagement=True), state=QuoteState.ACCEPTED)
    answer = desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", {**ORDER, "engagement_number": " "})
    assert list(answer.context["order_form"].errors) == ["engagement_number"]
    with pytest.raises(EngagementMissing):
        place_order(quote=quote, actor=None, at=NOW, file=None, siret=SIRET, engagement_number="", service_code="")


def test_another_citys_quote_does_not_exist(desk: Client, saran: Municipality, brest: Municipality) -> None:
    quote = a_quote(buyer(brest))
    of_quotes = (
        ".pdf",
        "/accepter/",
        "/ecarter/",
        "/bon-de-commande/",
        "/carte/",
        "/virement/",
        "/bon-de-commande.pdf",
    )
    for path in of_quotes:
        address = f"{PAGE}devis/{quote.number}{path}"
        assert (desk.get if path.endswith("pdf") else desk.post)(address, ORDER | ACCEPTED).status_code == 404
    quote.refresh_from_db()
    assert quote.state == QuoteState.ISSUED
    assert quote.number not in read(desk.get(PAGE))


@pytest.mark.parametrize("state", [LifecycleState.READ_ONLY, LifecycleState.SUSPENDED])
def test_a_city_that_only_reads_or_is_suspended_buys_all_the_same(
    desk: Client, saran: Municipality, state: LifecycleState
) -> None:
    Municipality.objects.filter(pk=saran.pk).update(state=state)
    grant_rights(saran.schema_name, state=state)
    quote = asked(desk)
    assert desk.post(f"{PAGE}devis/{quote.number}/accepter/", ACCEPTED).status_code == 302
    assert desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", ORDER).status_code == 302
    assert "Votre abonnement se met en place" in read(desk.get(PAGE))


def test_where_the_price_is_agreed_nobody_makes_a_quote_alone(desk: Client, saran: Municipality) -> None:
    Municipality.objects.filter(pk=saran.pk).update(population=None)
    assert "Votre prix est à convenir avec nous" in read(desk.get(PAGE))
    assert desk.post(f"{PAGE}devis/", a_wish()).status_code == 409
    saran.refresh_from_db()
    with pytest.raises(OnQuotation):
        price_for(saran, on=timezone.localdate())


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (SubscriptionState.PENDING, "Votre abonnement se met en place"),
        (SubscriptionState.ACTIVE, "Votre abonnement est en cours"),
        (SubscriptionState.LATE, "Une facture est en retard"),
        (SubscriptionState.ENDED, "Votre abonnement est terminé"),
    ],
)
def test_each_state_is_said_in_one_sentence_and_the_order_is_no_longer_changed(
    desk: Client, saran: Municipality, state: SubscriptionState, title: str
) -> None:
    quote = a_quote(buyer(saran, siren="214503021"), state=QuoteState.ACCEPTED)
    an_order(quote, siret=SIRET)
    subscribed(quote, state=state)
    assert title in read(desk.get(PAGE))
    answer = desk.post(f"{PAGE}devis/{quote.number}/bon-de-commande/", ORDER | {"siret": "1"}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert ("Le bon de commande est déjà enregistré" in read(answer), title in read(answer)) == (True, True)
    assert desk.post(f"{PAGE}devis/{quote.number}/ecarter/").status_code == 409
    with pytest.raises(QuoteInUse):
        withdraw_quote(quote=quote, actor=UserFactory())


@pytest.mark.parametrize(
    "table",
    sorted(model._meta.db_table for model in Account._meta.apps.get_app_config("billing").get_models()),
)
def test_no_city_reads_what_anybody_buys(in_saran: Municipality, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM public.{table}")
