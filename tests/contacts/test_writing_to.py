"""Contacts are written to by e-mail: once, never against their wish, with a link that stops it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from accounts.tasks import send_mail
from common.outbox import messages_of
from consultations.animation.services.composing import composed
from consultations.contacts.models import Contact, Exchange, Unwilling
from consultations.contacts.services.inviting import write_to_contacts
from consultations.contacts.services.keeping import leave_alone, mark_of_address
from consultations.contacts.services.leaving_alone import leave_by_link
from consultations.contacts.services.refusals import CityNotVerified, NobodyLeft
from consultations.framing.models import Consultation
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.animation.factories import CampaignFactory
from tests.contacts.factories import ContactFactory
from tests.participation.factories import ProposalFactory

WORDS = "Voulez-vous passer le mot à vos adhérents ?"


def mails() -> list[dict[str, Any]]:
    return [message.payload for message in messages_of(send_mail).order_by("pk")]


def write(*contacts: Contact, by: User | None = None, **given: Any) -> int:
    return write_to_contacts(
        contacts=[each.pk for each in contacts],
        subject="Une question pour vous",
        words=WORDS,
        by=by or UserFactory(role=Role.FACILITATOR),
        at=timezone.now(),
        **given,
    )


def link_of(mail: dict[str, Any]) -> str:
    return mail["headers"]["List-Unsubscribe"].strip("<>").partition("/ne-plus-ecrire/")[2].rstrip("/")


@pytest.mark.parametrize(
    ("name", "function", "signed"),
    [
        ("", "Chargée de mission", "L’équipe de la consultation"),
        ("Nadia K.", "", "Nadia K."),
        ("Nadia K.", "Chargée de mission", "Nadia K., Chargée de mission"),
    ],
)
def test_nobody_signs_by_their_address(in_saran: Municipality, name: str, function: str, signed: str) -> None:
    by = UserFactory(role=Role.FACILITATOR, public_name=name, function=function)
    write(ContactFactory(), by=by)
    [mail] = mails()
    assert f"\n{signed}\nSaran\n" in mail["body"]
    assert by.email not in mail["body"] + mail["html"]


def test_each_is_written_to_once_and_it_is_noted(in_saran: Municipality) -> None:
    contact, other = ContactFactory(source="Annuaire des associations"), ContactFactory()
    ContactFactory(email="")
    assert write(contact, other) == 2
    with pytest.raises(NobodyLeft):
        write(contact, other)
    with pytest.raises(NobodyLeft):
        write(contact, other, again=True)  # the very same message
    first = next(mail for mail in mails() if mail["to"] == contact.email)
    assert WORDS in first["body"]
    assert "source\u00a0: Annuaire des associations" in first["body"]
    assert "mission d’intérêt public" in first["body"]
    assert first["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Exchange.objects.filter(contact=contact, way="MAIL", words=WORDS).count() == 1
    contact.refresh_from_db()
    assert contact.written_at is not None


def test_whoever_wants_no_message_gets_none_whatever_list_they_stand_in(in_saran: Municipality) -> None:
    contact = ContactFactory(email="jardin@example.org")
    leave_alone(contact=contact, by=None, at=timezone.now())
    contact.delete()
    again = ContactFactory(email="jardin@example.org")  # by another way than the form, which would say it
    with pytest.raises(NobodyLeft):
        write(again)
    assert mails() == []


def test_a_city_that_is_not_verified_writes_to_nobody(in_saran: Municipality) -> None:
    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(verified_at=None)
    with pytest.raises(CityNotVerified):
        write(ContactFactory())


def test_the_link_stops_it_for_the_address_that_was_written_to(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    contact = ContactFactory(email="jardin@example.org")
    write(contact)
    token = link_of(mails()[0])
    client = visit(in_saran, None, stays=True)
    opened = client.get(f"/ne-plus-ecrire/{token}/")
    assert opened.status_code == 302
    page = client.get(opened.headers["Location"])
    assert "Arrêter ces messages" in page.content.decode()
    assert not Unwilling.objects.exists()  # opening changes nothing
    for _twice in range(2):
        assert "C’est fait" in client.post(opened.headers["Location"]).content.decode()
    contact.refresh_from_db()
    assert contact.refused_at is not None
    assert Unwilling.objects.get().mark == mark_of_address("jardin@example.org")


def test_a_link_to_an_address_of_before_stops_that_one_alone(in_saran: Municipality) -> None:
    contact = ContactFactory(email="avant@example.org")
    write(contact)
    Contact.objects.update(email="depuis@example.org")
    leave_by_link(token=link_of(mails()[0]), at=timezone.now())
    contact.refresh_from_db()
    assert contact.refused_at is None, "nobody has refused at this address"
    assert Unwilling.objects.get().mark == mark_of_address("avant@example.org")


def test_a_mail_program_stops_it_by_its_own_button_though_the_contact_is_gone(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    contact = ContactFactory(email="jardin@example.org")
    write(contact)
    token = link_of(mails()[0])
    contact.delete()
    client = visit(in_saran, None, stays=True)
    assert client.post(f"/ne-plus-ecrire/{token}/").status_code == 200
    assert Unwilling.objects.get().mark == mark_of_address("jardin@example.org")
    assert client.post(f"/ne-plus-ecrire/{token}x/").status_code == 404


def test_nobody_is_asked_again_within_a_month_unless_by_hand(in_saran: Municipality) -> None:
    lately = ContactFactory(written_at=timezone.now() - timedelta(days=29))
    ContactFactory(written_at=timezone.now() - timedelta(days=31))
    assert write(*Contact.objects.all()) == 1
    assert write(lately, again=True) == 1


def test_the_team_chooses_whom_to_write_to_and_changes_the_ready_message(
    visit: Callable[..., Client], in_saran: Municipality, brest: Municipality
) -> None:
    fresh, lately = ContactFactory(), ContactFactory(written_at=timezone.now() - timedelta(days=2))
    ContactFactory(email="")
    with schema_context(brest.schema_name):
        stranger: Any = ContactFactory(pk=2_000_001, email="brest@example.org")
    desk = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    page = desk.get("/gestion/carnet/ecrire/").content.decode()
    assert page.count('type="checkbox" name="contacts"') == 2
    assert page.count(" checked") == 1  # whom somebody was in touch with lately is ticked by hand
    assert "Votre voix compte" in page
    assert desk.get(f"/gestion/carnet/ecrire/?contact={lately.pk}").content.decode().count(" checked") == 1
    sent = {"contacts": [fresh.pk, lately.pk], "subject": "Une question pour vous", "words": WORDS}
    wrong = desk.post("/gestion/carnet/ecrire/", {**sent, "contacts": [stranger.pk]})
    assert wrong.status_code == 422
    assert WORDS in wrong.content.decode()
    assert desk.post("/gestion/carnet/ecrire/", sent).status_code == 302
    assert desk.post("/gestion/carnet/ecrire/", sent).status_code == 422  # a second press
    assert {mail["to"] for mail in mails()} == {fresh.email, lately.email}


def test_who_answers_writes_to_the_town_hall(in_saran: Municipality) -> None:
    Consultation.objects.filter(is_current=True).update(contact_email="mairie@saran.example")
    write(ContactFactory(), consultation=Consultation.objects.get(is_current=True))
    assert mails()[-1]["headers"]["Reply-To"] == "mairie@saran.example"
    challenge = ProposalFactory().challenge
    challenge.consultation.contact_email = "autre@saran.example"
    challenge.consultation.save()
    of_challenge = CampaignFactory(segment="followers", value=str(challenge.pk))
    assert composed(of_challenge, city=in_saran).headers["Reply-To"] == "autre@saran.example"


def test_what_stands_behind_a_link_stays(in_saran: Municipality) -> None:
    words = "Le plan (voir https://saran.fr/plan). Venez nombreux le voir."
    write_to_contacts(
        contacts=[ContactFactory().pk],
        subject="Un plan",
        words=words,
        by=UserFactory(role=Role.FACILITATOR),
        at=timezone.now(),
    )
    assert ">https://saran.fr/plan</a>). Venez nombreux" in mails()[0]["html"]
