"""What the services of the address book refuse, and that they leave everything as it was."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import Role
from common.refusals import Refusal
from common.worklist import Asked, lines_of
from consultations.contacts.enums import ContactKind, Way
from consultations.contacts.models import Contact, ContactBatch, Exchange
from consultations.contacts.services import importing, inviting
from consultations.contacts.services.keeping import add_contact, leave_alone
from consultations.contacts.services.leaving_alone import leave_by_link
from consultations.contacts.services.letters import write_letter
from consultations.contacts.services.noting import note_exchange
from consultations.framing.models import Consultation
from consultations.framing.selectors import calendar_of, every_consultation
from consultations.portal.models import WorkItem
from consultations.portal.services.week import send_line
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.contacts.factories import BatchFactory, ContactFactory

GIVEN = {"kind": "ASSOCIATION", "name": "Les Amis du jardin", "email": "jardin@example.org", "source": "Annuaire"}
NOW = timezone.now


def refused(code: str, press: Callable[[], Any]) -> None:
    before = [model.objects.count() for model in (Contact, ContactBatch, Exchange, WorkItem)]
    with pytest.raises(Refusal) as raised:
        press()
    assert raised.value.code == code
    assert [model.objects.count() for model in (Contact, ContactBatch, Exchange, WorkItem)] == before


def test_contacts_that_are_there_or_gone(in_saran: Municipality) -> None:
    user = UserFactory(role=Role.FACILITATOR)
    first = add_contact(given=GIVEN, challenges=[], is_another=False, by=user, at=NOW())

    def add(challenges: tuple[int, ...] = (), **given: str) -> Contact:
        return add_contact(given={**GIVEN, **given}, challenges=challenges, is_another=False, by=user, at=NOW())

    refused("contact_address_there", lambda: add(name="Un autre"))
    refused("contact_name_there", lambda: add(name="LES AMIS, du jardin", email="autre@example.org"))
    refused("contact_challenge_gone", lambda: add((987_654,), name="Un autre", email="autre@example.org"))
    tomorrow = timezone.localdate() + timedelta(days=1)
    refused(
        "exchange_to_come",
        lambda: note_exchange(contact=first, way=Way.PHONE, words="D’accord.", day=tomorrow, by=user, at=NOW()),
    )
    Contact.objects.all().delete()
    refused("book_contact_gone", lambda: leave_alone(contact=first, by=user, at=NOW()))
    refused("contact_link_forged", lambda: leave_by_link(token=f"{first.pk}-{'0' * 32}.forged", at=NOW()))


def test_messages_and_letters(in_saran: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory(role=Role.FACILITATOR)
    contact = ContactFactory()
    message = {"subject": "Votre avis", "words": "Votre avis compte : venez le donner.", "at": NOW()}

    def write(by: Any = user) -> int:
        return inviting.write_to_contacts(contacts=Contact.objects.values_list("pk", flat=True), by=by, **message)

    refused("contacts_not_theirs", lambda: write(UserFactory(role=Role.OBSERVER)))
    ContactFactory()
    monkeypatch.setattr(inviting, "AT_ONCE", 1)
    refused("contacts_too_many", write)

    def letter() -> bytes:
        return write_letter(
            contact=contact, consultation=Consultation.objects.get(is_current=True), city=in_saran, by=user, **message
        )

    refused("contact_without_postal_address", letter)
    Contact.objects.update(address="1 place de la Liberté", refused_at=NOW())
    refused("contact_left_alone", letter)


def test_lists(in_saran: Municipality) -> None:
    user, batch = UserFactory(role=Role.FACILITATOR), BatchFactory(columns={}, made_at=NOW())
    what = {"kind": ContactKind.ASSOCIATION, "source": "Annuaire"}
    refused("contacts_column_missing", lambda: importing.match_columns(batch=batch, columns={}, **what))
    refused("contacts_column_missing", lambda: importing.take_up(batch=batch, by=user, at=NOW()))
    importing.match_columns(batch=batch, columns={"name": 0}, **what)
    assert importing.take_up(batch=batch, by=user, at=NOW()) == 1
    refused("contacts_batch_over", lambda: importing.match_columns(batch=batch, columns={"name": 0}, **what))


def test_what_has_left_is_not_sent_again_and_a_line_without_a_message_sends_none(in_saran: Municipality) -> None:
    found, at = every_consultation().get(), NOW()
    lines = lines_of(Asked(found, calendar_of(found, at=at), in_saran, at))
    silent = next(line for line in lines if line.sending is None and line.by_hand)
    user = UserFactory(role=Role.ADMINISTRATOR)
    press = {"consultation": found, "words": "", "actor": user, "city": in_saran, "at": at}
    refused("line_nothing_to_send", lambda: send_line(key=silent.key, **press))
    WorkItem.objects.create(consultation=found, key=silent.key, done_at=at, sent=1, handled_by=user, handled_at=at)
    refused("line_sent_already", lambda: send_line(key=silent.key, **press))
