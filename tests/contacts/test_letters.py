"""Letters to contacts, and the addresses of their own that count who comes."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.tasks import send_mail
from common import typeset
from common.outbox import messages_of
from common.qr_codes import drawing
from consultations.contacts.enums import Way
from consultations.contacts.models import ContactVisit, Exchange
from consultations.framing.models import Consultation
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.contacts.factories import ContactFactory, ExchangeFactory

LETTER = {"subject": "Votre voix compte", "words": "Voulez-vous passer le mot à vos adhérents ?"}


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    Consultation.objects.update(opened_at=timezone.now())
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


def test_a_letter_is_made_and_noted_once_a_day(desk: Client) -> None:
    contact = ContactFactory(address="12 rue des Acacias\n45770 Saran")
    page = f"/gestion/carnet/{contact.pk}/lettre/"
    assert "Préparer le PDF" in desk.get(page).content.decode()
    for _twice in range(2):
        made = desk.post(page, LETTER)
    assert made.headers["Content-Type"] == "application/pdf"
    with pikepdf.open(BytesIO(made.content)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.docinfo["/Title"] == LETTER["subject"]
    assert [each.get_way_display() for each in Exchange.objects.all()] == ["Par lettre"]


def test_the_code_of_a_letter_is_the_contacts_own_and_the_same_as_is_written_beside_it(
    desk: Client, in_saran: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: dict[str, Any] = {}
    monkeypatch.setattr(typeset, "pdf", lambda template, content, exact: shown.update(content, **exact) or b"%PDF")
    contact = ContactFactory(address="12 rue des Acacias\n45770 Saran")
    assert desk.post(f"/gestion/carnet/{contact.pk}/lettre/", LETTER).status_code == 200
    contact.refresh_from_db()
    own = f"{in_saran.url.rstrip('/')}/i/{contact.tag}-{Consultation.objects.get().pk}/"
    assert shown["qr"] == drawing(own)
    assert f"https://{shown['address']}" == own.replace("http://", "https://")
    assert shown["to"] == [contact.name, "12 rue des Acacias", "45770 Saran"]


def test_without_an_address_or_against_their_wish_no_letter_is_made(desk: Client) -> None:
    for contact in (ContactFactory(), ContactFactory(address="Saran", refused_at=timezone.now())):
        refused = desk.post(f"/gestion/carnet/{contact.pk}/lettre/", LETTER)
        assert refused.status_code == 422
        assert LETTER["words"] in refused.content.decode()
    assert not Exchange.objects.exists()


def test_its_own_address_counts_people_and_nobody_else(desk: Client, visit: Callable[..., Client], saran: Any) -> None:
    contact = ContactFactory()
    desk.post("/gestion/carnet/ecrire/", {**LETTER, "contacts": [contact.pk]})
    (mail,) = messages_of(send_mail)
    contact.refresh_from_db()
    address = f"/i/{contact.tag}-{Consultation.objects.get().pk}/"
    assert re.fullmatch(r"[b-z]{8}", contact.tag)
    assert address in mail.payload["body"]
    people = visit(saran, None, stays=True)
    reader = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"}
    for _twice in range(2):
        opened = people.get(address, **reader)
        assert opened.status_code == 302
        assert "no-store" in opened.headers["Cache-Control"]
    people.head(address, **reader)
    people.get(address, HTTP_USER_AGENT="Googlebot/2.1")
    number = Consultation.objects.get().pk
    for guessed in ("987654321", contact.pk, "zzzzzzzz", contact.tag[:7]):  # of nobody
        assert people.get(f"/i/{guessed}-{number}/", **reader).headers["Location"] == opened.headers["Location"]
    assert list(ContactVisit.objects.values_list("contact", "count")) == [(contact.pk, 2)]
    assert "Visites par son adresse" in desk.get(f"/gestion/carnet/{contact.pk}/").content.decode()


def test_what_was_printed_with_a_number_still_counts_until_another_address_is_given(
    desk: Client, visit: Callable[..., Client], saran: Any
) -> None:
    """Of those alone to whom one was sent: the other numbers are anybody's guess."""
    sent, noted, never = ContactFactory(address="12 rue des Acacias\n45770 Saran"), ContactFactory(), ContactFactory()
    ExchangeFactory(contact=sent, way=Way.LETTER)
    ExchangeFactory(contact=noted, way=Way.PHONE)
    people, number = visit(saran, None, stays=True), Consultation.objects.get().pk
    reader = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"}
    for each in (sent, noted, never):
        assert people.get(f"/i/{each.pk}-{number}/", **reader).status_code == 302
    assert list(ContactVisit.objects.values_list("contact", "count")) == [(sent.pk, 1)]
    assert desk.post(f"/gestion/carnet/{sent.pk}/lettre/", LETTER).status_code == 200
    people.get(f"/i/{sent.pk}-{number}/", **reader)
    assert list(ContactVisit.objects.values_list("contact", "count")) == [(sent.pk, 1)]
    sent.refresh_from_db()
    people.get(f"/i/{sent.tag.upper()}-{number}/", **reader)
    assert list(ContactVisit.objects.values_list("contact", "count")) == [(sent.pk, 2)]
