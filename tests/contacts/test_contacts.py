"""The address book of the territory: typed, found, changed by two, deleted; and what was said with whom."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from common import retention
from consultations.contacts.models import Concern, Contact, Exchange, Unwilling
from consultations.contacts.services.keeping import add_contact, mark_of_address
from consultations.framing.models import Challenge
from consultations.framing.services.uses import is_in_use
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.contacts.factories import ContactFactory, ExchangeFactory

PAGE = "/gestion/carnet/"
TYPED = {
    "kind": "ASSOCIATION",
    "name": "Les Amis du jardin",
    "email": "Jardin@Example.org",
    "source": "Annuaire des associations",
    "note": "Forum en septembre.",
    "revision": "0",
}


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


def test_a_contact_is_typed_found_changed_and_deleted(desk: Client) -> None:
    challenge = Challenge.objects.order_by("pk")[0]
    made = desk.post(f"{PAGE}nouveau/", {**TYPED, "challenges": [challenge.pk]})
    contact = Contact.objects.get()
    assert made.headers["Location"] == f"{PAGE}{contact.pk}/"
    assert (contact.email, contact.name_key) == ("jardin@example.org", "les-amis-du-jardin")
    page = desk.get(f"{PAGE}{contact.pk}/").content.decode()
    assert "Annuaire des associations" in page
    assert challenge.label.replace("'", "&#x27;") in page
    ContactFactory(name="Lycée Voltaire", kind="SCHOOL", email="")
    for narrowed in ("?q=JARDIN", "?quoi=ASSOCIATION", f"?defi={challenge.slug}"):
        listed = desk.get(PAGE + narrowed).content.decode()
        assert "Les Amis du jardin" in listed
        assert "Lycée Voltaire" not in listed, narrowed
    assert "Lycée Voltaire" in desk.get(f"{PAGE}?quoi=inconnu").content.decode()
    edited = desk.post(f"{PAGE}{contact.pk}/modifier/", {**TYPED, "name": "Les Amis du parc"})
    assert edited.status_code == 302
    contact.refresh_from_db()
    assert (contact.name, contact.revision) == ("Les Amis du parc", 1)
    assert not Concern.objects.exists()
    for _twice in range(2):
        assert desk.post(f"{PAGE}{contact.pk}/supprimer/").status_code == 302
    assert list(Contact.objects.values_list("name", flat=True)) == ["Lycée Voltaire"]
    actions = AuditEntry.objects.filter(action__startswith="contact_").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["contact_added", "contact_changed", "contact_deleted"]


def test_what_is_there_already_is_said_and_nothing_typed_is_lost(desk: Client) -> None:
    there = ContactFactory(name="Les amis du Jardin", email="jardin@example.org")
    page = desk.post(f"{PAGE}nouveau/", TYPED)
    assert page.status_code == 422
    assert "a déjà cette adresse" in page.content.decode()
    assert f"{PAGE}{there.pk}/" in page.content.decode()
    assert "Forum en septembre." in page.content.decode()
    typed = {**TYPED, "email": "autre@example.org"}
    page = desk.post(f"{PAGE}nouveau/", typed)
    assert 'type="checkbox" name="another"' in page.content.decode()
    assert Contact.objects.count() == 1
    assert desk.post(f"{PAGE}nouveau/", {**typed, "another": "on"}).status_code == 302
    assert Contact.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "said"), [("email", "jardin@", "adresse entière"), ("challenges", "987654321", "n’existe plus")]
)
def test_what_is_wrong_is_said_beside_its_field(desk: Client, field: str, value: str, said: str) -> None:
    page = desk.post(f"{PAGE}nouveau/", {**TYPED, field: value})
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Contact.objects.exists()


def test_two_who_change_the_same_contact_see_each_other(desk: Client) -> None:
    contact = ContactFactory(name="Les Amis du jardin", email="", revision=3)
    page = desk.post(f"{PAGE}{contact.pk}/modifier/", {**TYPED, "revision": "2", "note": "La mienne."})
    assert page.status_code == 409
    assert "La mienne." in page.content.decode()
    assert 'name="revision" value="3"' in page.content.decode()
    contact.refresh_from_db()
    assert contact.note == ""


def test_an_exchange_is_noted_once_on_a_day_that_has_come(desk: Client) -> None:
    contact = ContactFactory()
    day = timezone.localdate() - timedelta(days=2)
    noted = {"way": "PHONE", "day": day.isoformat(), "words": "Ils relaieront dans leur lettre."}
    for _twice in range(2):
        assert desk.post(f"{PAGE}{contact.pk}/noter/", noted).status_code == 302
    exchange = Exchange.objects.get()
    assert timezone.localdate(exchange.at) == day
    contact.refresh_from_db()
    assert contact.written_at == exchange.at
    page = desk.get(f"{PAGE}{contact.pk}/").content.decode()
    assert "Ils relaieront dans leur lettre." in page
    assert exchange.by.own_name in page
    to_come = {**noted, "day": (timezone.localdate() + timedelta(days=1)).isoformat()}
    page = desk.post(f"{PAGE}{contact.pk}/noter/", to_come)
    assert page.status_code == 422
    assert "Ce jour n’est pas encore venu" in page.content.decode()
    assert "Ils relaieront" in page.content.decode()


def test_whoever_wants_no_message_stays_known_once_deleted(desk: Client) -> None:
    contact = ContactFactory(email="jardin@example.org")
    for _twice in range(2):
        desk.post(f"{PAGE}{contact.pk}/accord/", {"do": "stop"})
    contact.refresh_from_db()
    assert contact.refused_at is not None
    assert Unwilling.objects.get().mark == mark_of_address("jardin@example.org")
    desk.post(f"{PAGE}{contact.pk}/supprimer/")
    at = timezone.now()
    given = {**TYPED, "email": "JARDIN@example.org"}
    again = add_contact(given=given, challenges=[], is_another=False, by=UserFactory(), at=at)
    assert again.refused_at == at
    desk.post(f"{PAGE}{again.pk}/accord/", {"do": "again"})
    again.refresh_from_db()
    assert again.refused_at is None
    assert not Unwilling.objects.exists()


def test_an_address_that_wants_no_message_stays_so_with_whoever_it_is_given_to(desk: Client) -> None:
    gone = ContactFactory(email="jardin@example.org")
    desk.post(f"{PAGE}{gone.pk}/accord/", {"do": "stop"})
    gone.delete()
    other = ContactFactory(name="Les amis du parc", email="")
    assert desk.post(f"{PAGE}{other.pk}/modifier/", {**TYPED, "name": "Les amis du parc"}).status_code == 302
    other.refresh_from_db()
    assert other.email == "jardin@example.org"
    assert other.refused_at is not None


def test_contacts_are_forgotten_three_years_after_they_were_last_used(in_saran: Municipality) -> None:
    ExchangeFactory(contact=ContactFactory(used_at=timezone.now() - timedelta(days=3 * 365 + 1)))
    kept = ContactFactory(used_at=timezone.now() - timedelta(days=3 * 365 - 1))
    gone = retention.forget_what_is_over(at=timezone.now(), writes=True)
    assert gone["contacts"] == 1
    assert list(Contact.objects.all()) == [kept]
    assert not Exchange.objects.exists()


def test_the_list_asks_the_same_for_two_and_for_ten(desk: Client) -> None:
    challenge = Challenge.objects.order_by("pk")[0]

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(PAGE).status_code == 200
        return len(queries)

    def add(count: int) -> None:
        for _one in range(count):
            Concern.objects.create(contact=ExchangeFactory().contact, challenge=challenge)

    add(2)
    asked()
    two = asked()
    add(8)
    assert asked() == two


def test_another_city_has_its_own_book(desk: Client, brest: Municipality) -> None:
    with schema_context(brest.schema_name):
        stranger: Any = ContactFactory(name="Les Secrets de Brest", pk=2_000_001)
    assert desk.get(f"{PAGE}{stranger.pk}/").status_code == 404
    assert "Secrets" not in desk.get(PAGE).content.decode()


def test_what_the_team_notes_of_a_challenge_is_no_use_of_it(in_saran: Municipality) -> None:
    challenge = Challenge.objects.order_by("pk")[0]
    Concern.objects.create(contact=ContactFactory(), challenge=challenge)
    assert not is_in_use(challenge)
    challenge.delete()
    assert Contact.objects.exists()
