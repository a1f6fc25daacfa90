"""A spreadsheet of contacts: matched, looked at line by line, taken up once, undone as a whole."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from consultations.contacts.models import Contact, ContactBatch
from consultations.contacts.reading import LINES_MAX, ListNotRead, read_list
from consultations.contacts.services.importing import lines_of, start_batch, take_up, undo
from consultations.contacts.services.keeping import leave_alone
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.contacts.factories import BatchFactory, ContactFactory, ExchangeFactory

PAGE = "/gestion/carnet/importer/"
LIST = """Structure;Courriel;Président;Téléphone;Type
Les Amis du jardin;JARDIN@example.org;Jeanne Moreau;02 38 00 00 00;association
Lycée Voltaire;contact@lycee.example;;;Lycée
;sans-nom@example.org;;;
Club de marche;marche@;;;
Les amis du Jardin;autre@example.org;;;
=HYPERLINK("http://x");formule@example.org;;;
"""
MATCHED = {"name": "0", "email": "1", "person": "2", "phone": "3", "kind": "4", "usual": "ASSOCIATION"}


def book(rows: list[list[Any]]) -> bytes:
    target = BytesIO()
    made = xlsxwriter.Workbook(target)
    sheet = made.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    made.close()
    return target.getvalue()


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


WITH_TOWNS = [
    ["Association", "Rue", "Code postal", "Ville"],
    ["Les Amis du jardin", "12 rue des Acacias", 45770, "Saran"],
    ["Club de marche", "3 place du Marché 45770 Saran", "45770", "SARAN"],
    ["Amicale de l’Ain", "", 1000, "Bourg-en-Bresse"],
    ["Comité de Saran", "7 rue de Saran", "", "Saran"],
    ["Sans adresse", "", "", ""],
]


def send(desk: Client, content: bytes) -> Any:
    return desk.post(PAGE, {"file": SimpleUploadedFile("carnet.csv", content)})


def test_from_the_file_to_the_book_and_back(desk: Client) -> None:
    for _twice in range(2):
        sent = send(desk, LIST.encode())
    batch = ContactBatch.objects.get()
    address = f"{PAGE}{batch.pk}/"
    assert sent.headers["Location"] == address
    assert batch.columns == {"email": 1, "phone": 3, "person": 2, "kind": 4, "name": 0}
    assert not Contact.objects.exists()
    page = desk.post(address, {**MATCHED, "source": "Forum des associations"}, follow=True).content.decode()
    assert "3 contacts à ajouter" in page
    assert "<small>Jeanne Moreau</small>" in page
    assert "<small>02 38 00 00 00</small>" in page
    assert "<small>École" in page
    assert "Le nom manque." in page
    assert "«\u00a0marche@\u00a0» n’est pas une adresse électronique" in page
    assert "Déjà là\u00a0: «\u00a0Les Amis du jardin\u00a0»" in page
    for _twice in range(2):
        desk.post(f"{address}ajouter/")
    names = set(Contact.objects.values_list("name", "kind", "email"))
    assert names == {
        ("Les Amis du jardin", "ASSOCIATION", "jardin@example.org"),
        ("Lycée Voltaire", "SCHOOL", "contact@lycee.example"),
        ('=HYPERLINK("http://x")', "ASSOCIATION", "formule@example.org"),  # the words that stand there
    }
    batch.refresh_from_db()
    assert (batch.added, batch.lines) == (3, [])
    ExchangeFactory(contact=Contact.objects.get(kind="SCHOOL"))
    assert "2 contacts sont retirés. 1 reste" in desk.post(f"{address}annuler/", follow=True).content.decode()
    desk.post(f"{address}annuler/")
    assert list(Contact.objects.values_list("name", flat=True)) == ["Lycée Voltaire"]


def test_what_was_changed_since_stays_and_undoing_again_takes_nothing_away(in_saran: Municipality) -> None:
    user, at = UserFactory(role=Role.FACILITATOR), timezone.now()
    batch = BatchFactory(lines=[["1", "Nom"], ["2", "Judo club"], ["3", "Chorale"]])
    assert take_up(batch=batch, by=user, at=at) == 2
    Contact.objects.filter(name="Chorale").update(revision=1)
    assert undo(batch=batch, by=user, at=at) == (1, 1)
    Contact.objects.update(revision=0)
    assert undo(batch=batch, by=user, at=at) == (0, 0)
    assert Contact.objects.get().name == "Chorale"


def test_a_column_is_one_thing_and_the_names_are_needed(desk: Client) -> None:
    batch = BatchFactory(lines=[["1", "Nom", "Courriel"], ["2", "Les amis", "a@example.org"]], source="")
    typed = {"name": "0", "email": "0", "usual": "ASSOCIATION", "source": "Forum"}
    assert "déjà choisie pour «\u00a0Nom\u00a0»" in desk.post(f"{PAGE}{batch.pk}/", typed).content.decode()
    assert desk.post(f"{PAGE}{batch.pk}/", {**typed, "name": ""}).status_code == 422
    desk.post(f"{PAGE}{batch.pk}/ajouter/")
    assert not Contact.objects.exists()


def test_the_same_again_adds_nothing_and_who_wants_no_message_stays_so(in_saran: Municipality) -> None:
    contact = ContactFactory(email="jardin@example.org", name="Ancien nom")
    leave_alone(contact=contact, by=None, at=timezone.now())
    contact.delete()
    user, at = UserFactory(role=Role.FACILITATOR), timezone.now()
    for added in (3, 0):
        batch = start_batch(content=LIST.encode(), by=user, at=at)
        batch.source = "Forum"
        batch.save()
        assert take_up(batch=batch, by=user, at=at) == added
    assert Contact.objects.get(email="jardin@example.org").refused_at == at
    assert ContactBatch.objects.count() == 2


def test_a_book_is_read_by_its_columns_however_few_cells_a_line_has(in_saran: Municipality) -> None:
    content = book([["Nom", "Responsable", "Mail"], ["Judo club", "", "judo@example.org"], [], ["Chorale"]])
    batch = start_batch(content=content, by=UserFactory(), at=timezone.now())
    found = [
        (line.number, line.values["name"], line.values["person"], line.values["email"]) for line in lines_of(batch)
    ]
    assert found == [(2, "Judo club", "", "judo@example.org"), (4, "Chorale", "", "")]


def test_days_and_telephone_numbers_that_are_kept_as_figures_are_read_as_they_are_seen(desk: Client) -> None:
    target = BytesIO()
    made = xlsxwriter.Workbook(target)
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, ["Nom", "Téléphone", "Remarque"])
    sheet.write_row(1, 0, ["Judo club", 238010203])
    sheet.write_datetime(1, 2, datetime(2026, 5, 1), made.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
    sheet.write_row(2, 0, ["Chorale", 33238010204, 238010203])
    sheet.write_row(3, 0, ["Club de marche", "02 38 01 02 05"])
    made.close()
    send(desk, target.getvalue())
    batch = ContactBatch.objects.get()
    batch.source = "Forum"
    batch.save()
    page = desk.get(f"{PAGE}{batch.pk}/").content.decode()
    assert page.count("numéro de téléphone retrouve") == 2
    desk.post(f"{PAGE}{batch.pk}/ajouter/")
    assert set(Contact.objects.values_list("phone", "note")) == {
        ("0238010203", "2026-05-01"),
        ("+33238010204", "238010203"),
        ("02 38 01 02 05", ""),
    }


def test_a_formula_is_the_words_that_were_saved_with_it_and_is_never_worked_out(in_saran: Municipality) -> None:
    target = BytesIO()
    made = xlsxwriter.Workbook(target)
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, ["Nom", "Téléphone", "Note"])
    sheet.write_formula(1, 0, '=HYPERLINK("http://x", "Judo club")', None, "Judo club")
    sheet.write_formula(1, 1, "=1+1", None, "")
    sheet.write_string(1, 2, "=cmd|' /C calc'!A0")
    made.close()
    batch = start_batch(content=target.getvalue(), by=UserFactory(), at=timezone.now())
    batch.source = "Forum"
    batch.save()
    assert take_up(batch=batch, by=UserFactory(), at=timezone.now()) == 1
    contact = Contact.objects.get()
    assert (contact.name, contact.phone, contact.note) == ("Judo club", "", "=cmd|' /C calc'!A0")


BAD = {
    b"": "vide",
    b"Nom;Courriel\n": "Rien n’a été lu",
    b"%PDF-1.7 ...": "tableau",
    b"PK\x03\x04 nothing": "tableau",
    b'Nom\n"Les amis': "guillemet",
    b"Nom\n" + b"Les amis\n" * (LINES_MAX + 1): "lignes au plus",
    b"Nom\n" + b"x" * 2_000_001: "2\u00a0Mo",
}


def test_what_is_no_list_is_refused_with_what_to_do() -> None:
    for content, said in BAD.items():
        with pytest.raises(ListNotRead) as refusal:
            read_list(content)
        assert said in str(refusal.value.message), content[:20]
    assert read_list("Nom;Note\nÉcole;à côté".encode("cp1252"))[1] == ["2", "École", "à côté"]


def test_a_text_that_all_cells_share_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def clean(words: str) -> str:
        seen.append(len(words))
        return words

    monkeypatch.setattr("consultations.contacts.reading.clean_text", clean)
    lines = read_list(book([["Nom", "Note"], *([["x" * 20_000, "x" * 20_000]] * 50)]))
    assert [len(cell) for cell in lines[-1]] == [2, 1000, 1000]
    assert sorted(seen) == [3, 4, 4000]


def test_street_postcode_and_town_in_columns_of_their_own_make_an_address(desk: Client) -> None:
    send(desk, book(WITH_TOWNS))
    batch = ContactBatch.objects.get()
    assert batch.columns == {"name": 0, "address": 1, "postcode": 2, "town": 3}
    matched = {**{name: str(place) for name, place in batch.columns.items()}, "usual": "ASSOCIATION"}
    path = f"{PAGE}{batch.pk}/"
    page = desk.post(path, {**matched, "source": "Forum des associations"}, follow=True).content.decode()
    assert "<small>12 rue des Acacias\n45770 Saran</small>" in page, "shown before it is taken up"
    desk.post(f"{path}ajouter/")
    assert dict(Contact.objects.values_list("name", "address")) == {
        "Les Amis du jardin": "12 rue des Acacias\n45770 Saran",
        "Club de marche": "3 place du Marché 45770 Saran",
        "Amicale de l’Ain": "01000 Bourg-en-Bresse",
        "Comité de Saran": "7 rue de Saran\nSaran",
        "Sans adresse": "",
    }
