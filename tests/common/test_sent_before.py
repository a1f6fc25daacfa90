"""What a form of the desk makes is made once, however often the form is sent."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from consultations.animation.models import Campaign
from consultations.animation.services.writing import create_campaign
from consultations.contacts.models import Contact
from consultations.framing.models import Consultation
from consultations.meetings.models import Meeting
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.animation.factories import CampaignFactory

CAMPAIGN = {
    "group": "everybody:",
    "subject": "Rencontre publique samedi",
    "body": "{bonjour}\n\nVenez samedi à dix heures, salle des fêtes.\n\n{lien}",
    "revision": "0",
}
CONTACT = {"kind": "ASSOCIATION", "name": "Les Amis du jardin", "source": "Annuaire des associations", "revision": "0"}


def meeting() -> dict[str, str]:
    begins_at = timezone.localtime() + timedelta(days=9)
    moments = {"begins_at": begins_at, "ends_at": begins_at + timedelta(hours=2)}
    return {
        "kind": "WORKSHOP",
        "title": "De l’ombre pour la cour",
        "place": "Salle des fêtes",
        "signs_up": "on",
        "revision": "0",
        **{name: f"{moment:%Y-%m-%dT%H:%M}" for name, moment in moments.items()},
    }


# Its page, what it makes, what is typed, which of it names what was made.
FORMS: list[tuple[str, type[Model], Callable[[], dict[str, str]], str]] = [
    ("campagnes/nouvelle/", Campaign, lambda: CAMPAIGN, "subject"),
    ("consultations/{slug}/rendez-vous/nouveau/", Meeting, meeting, "title"),
    ("carnet/nouveau/", Contact, lambda: CONTACT, "name"),
]


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


def key_in(page: str) -> str:
    return page.split('name="form" value="')[1].split('"')[0]


@pytest.mark.parametrize(("page", "model", "typed", "named"), FORMS)
def test_sent_twice_a_form_makes_one_and_leads_to_it(
    desk: Client, page: str, model: Any, typed: Callable[[], dict[str, str]], named: str
) -> None:
    path = "/gestion/" + page.format(slug=Consultation.objects.get(is_current=True).slug)
    sent = {**typed(), "form": key_in(desk.get(path).content.decode())}
    first, again = desk.post(path, sent), desk.post(path, sent)
    made = model.objects.get()
    assert first.status_code == again.status_code == 302
    assert first.headers["Location"] == again.headers["Location"]
    assert AuditEntry.objects.filter(subject_type=model._meta.label_lower, subject_id=str(made.pk)).count() == 1
    told = desk.get(first.headers["Location"]).content.decode()
    assert told.count("notice--good") == 1

    # The way back, and other words (form_sent_before): nothing is lost, nothing is made, and it says what there is.
    other = desk.post(path, {**sent, named: "Tout autre chose"})
    words = other.content.decode()
    assert other.status_code == 422
    assert "Tout autre chose" in words
    assert f"« {sent[named]} »" in words.replace("\u00a0", " ")
    assert f'href="{first.headers["Location"]}"' in words
    assert model.objects.count() == 1
    assert desk.post(path, {**sent, named: "Tout autre chose", "form": key_in(words)}).status_code == 302
    assert model.objects.count() == 2


@pytest.mark.parametrize(("page", "model", "typed", "named"), FORMS[:2])
def test_the_same_words_in_another_form_are_the_same(
    desk: Client, page: str, model: Any, typed: Callable[[], dict[str, str]], named: str
) -> None:
    """A browser that goes back asks for the page anew, and puts what was typed into it."""
    path = "/gestion/" + page.format(slug=Consultation.objects.get(is_current=True).slug)
    given = typed()
    answers = {desk.post(path, {**given, "form": str(uuid.uuid4())}).headers["Location"] for _twice in range(2)}
    assert len(answers) == model.objects.count() == 1
    assert desk.post(path, {**given, "form": "n’importe quoi"}).status_code == 302
    assert model.objects.count() == 1


def test_a_campaign_is_copied_once_by_one_page(desk: Client) -> None:
    made = CampaignFactory()
    page = f"/gestion/campagnes/{made.pk}/"
    form = {"form": key_in(desk.get(page).content.decode())}
    assert len({desk.post(f"{page}copier/", form).headers["Location"] for _twice in range(2)}) == 1
    assert Campaign.objects.count() == 2
    assert desk.post(f"{page}copier/", {"form": key_in(desk.get(page).content.decode())}).status_code == 302
    assert desk.post(f"{page}copier/", {"form": "?"}).status_code == 302
    assert Campaign.objects.count() == 4


def test_two_presses_at_once_make_one(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        by = UserFactory()
    words = {"subject": CAMPAIGN["subject"], "body": CAMPAIGN["body"], "segment": "everybody", "value": ""}
    form = uuid.uuid4()

    def press(_number: int) -> int:
        try:
            with schema_context(saran.schema_name):
                return create_campaign(**words, by=by, at=timezone.now(), form=form).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(press, range(8)))) == 1
    with schema_context(saran.schema_name):
        assert Campaign.objects.count() == 1
        assert AuditEntry.objects.filter(action="campaign_created").count() == 1
