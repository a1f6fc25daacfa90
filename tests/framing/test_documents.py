"""What one should read beforehand stands on the home page: a link or a text, or the word that there is none."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.web_addresses import NoWebAddress
from consultations.framing.models import Consultation, Document
from consultations.framing.services.documents import MAX, DocumentExists, TooManyDocuments, add_document
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

PAGE = "/gestion/consultations/territoires-resilients/documents/"


@pytest.fixture
def desk(in_saran: Municipality, visit: Callable[..., Client]) -> Client:
    return visit(in_saran, UserFactory(administrator=True), stays=True)


def test_a_link_and_a_text_stand_on_the_home_page(
    in_saran: Municipality, desk: Client, visit: Callable[..., Client]
) -> None:
    link = {"title": "L’étude sur l’ombre", "url": "www.example.org/ombre.pdf", "text": ""}
    text = {"title": "Le budget en bref", "url": "", "text": "Un million <b>par an</b>.\n\nPour tout."}
    assert desk.post(PAGE, link).status_code == 302
    assert desk.post(PAGE, text).status_code == 302
    assert Document.objects.count() == 2
    assert not Consultation.objects.get().documents_none
    home = visit(in_saran, stays=True).get("/").content.decode()
    assert 'href="https://www.example.org/ombre.pdf"' in home
    assert "Un million &lt;b&gt;par an&lt;/b&gt;." in home


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": "Sans rien", "url": "", "text": ""}, "Donnez une adresse ou un texte"),
        ({"title": "Les deux", "url": "https://a.example.org", "text": "Texte"}, "Donnez une adresse ou un texte"),
        ({"title": "", "url": "https://a.example.org", "text": ""}, "Titre"),
        ({"title": "Piège", "url": "javascript:alert(1)", "text": ""}, "https://www.example.org/etude.pdf"),
        ({"title": "Court", "url": "pas une adresse", "text": ""}, "https://www.example.org/etude.pdf"),
        ({"title": "Chez nous", "url": "http://intranet.local/", "text": ""}, "https://www.example.org/etude.pdf"),
        ({"title": "Long", "url": "", "text": "a" * 6001}, "Trop long de 1"),
    ],
)
def test_a_bad_document_is_refused_in_words_and_nothing_is_lost(desk: Client, given: dict[str, str], said: str) -> None:
    answer = desk.post(PAGE, given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert given["title"] in page
    assert not Document.objects.exists()


def test_no_way_in_takes_an_address_that_leads_nowhere(in_saran: Municipality) -> None:
    consultation = Consultation.objects.get()
    with pytest.raises(NoWebAddress):
        add_document(
            consultation=consultation, actor=None, title="x", url="http://10.0.0.1/", text="", at=timezone.now()
        )


def test_sent_twice_it_is_one_and_a_second_of_that_title_is_refused(desk: Client) -> None:
    given = {"title": "Le plan", "url": "https://a.example.org/", "text": ""}
    assert [desk.post(PAGE, given).status_code for _time in range(2)] == [302, 302]
    assert Document.objects.count() == 1
    answer = desk.post(PAGE, {**given, "url": "https://b.example.org/"})
    assert answer.status_code == 422
    assert str(DocumentExists.message) in answer.content.decode()


def test_there_is_a_most(desk: Client) -> None:
    consultation = Consultation.objects.get()
    Document.objects.bulk_create(
        Document(consultation=consultation, title=f"N° {number}", text="x") for number in range(MAX)
    )
    answer = desk.post(PAGE, {"title": "Un de trop", "url": "", "text": "Texte"})
    assert str(TooManyDocuments.message) in answer.content.decode()
    assert Document.objects.count() == MAX


def test_none_is_said_once_and_never_beside_a_document(desk: Client) -> None:
    Consultation.objects.update(documents_none=False)
    for _time in range(2):
        desk.post(f"{PAGE}aucun/")
    assert Consultation.objects.get().documents_none
    assert AuditEntry.objects.filter(action="documents_declared_none").count() == 2  # the fixture's, and this one
    desk.post(PAGE, {"title": "Le plan", "url": "", "text": "Texte"})
    desk.post(f"{PAGE}aucun/")
    assert not Consultation.objects.get().documents_none


def test_a_document_is_removed_here_and_not_in_another_city(
    desk: Client, in_saran: Municipality, brest: Municipality, visit: Callable[..., Client]
) -> None:
    document = Document.objects.create(consultation=Consultation.objects.get(), title="Le plan", text="Texte")
    with schema_context(brest.schema_name):
        elsewhere = visit(brest, UserFactory(administrator=True), stays=True)
    elsewhere.post(f"{PAGE}{document.pk}/retirer/")
    assert Document.objects.count() == 1
    for _time in range(2):
        assert desk.post(f"{PAGE}{document.pk}/retirer/").status_code == 302
    assert not Document.objects.exists()
    assert AuditEntry.objects.filter(action="document_removed").count() == 1


def test_the_database_wants_a_link_or_a_text(in_saran: Municipality) -> None:
    for values in ({"url": "", "text": ""}, {"url": "https://a.example.org", "text": "Texte"}):
        with pytest.raises(IntegrityError, match="document_is_a_link_a_text_or_a_file"), transaction.atomic():
            Document.objects.create(consultation=Consultation.objects.get(), title="x", **values)
