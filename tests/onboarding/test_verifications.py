"""Operators decide who speaks for an authority: what they see, their yes, their no, and what follows from it."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.models import OutboxMessage
from onboarding.models import ProvisioningRun, SignUp
from onboarding.selectors import known_of
from tenants.models import KnownDomain, Municipality, VerificationRequest
from tenants.verification import requests
from tenants.verification.by_mail import Request, vouch
from tests.accounts.factories import UserFactory
from tests.support.pages import says

PAGE = "/ops/verifications/"


@pytest.fixture
def operator(db: None) -> Any:
    return UserFactory(operator=True)


@pytest.fixture
def ops(operator: Any, visit: Callable[..., Client]) -> Client:
    return visit(None, operator)


def waits(city: Municipality, email: str = "maire@saran.eu", days: int = 0) -> VerificationRequest:
    Municipality.objects.filter(pk=city.pk).update(verified_at=None)
    return requests.ask(municipality=city, asker_email=email, at=timezone.now() - timedelta(days=days))


def now_of(city: Municipality) -> Municipality:
    return Municipality.objects.get(pk=city.pk)


def mails(city: Municipality) -> list[dict[str, Any]]:
    with schema_context(city.schema_name):
        return [message.payload for message in OutboxMessage.objects.order_by("created_at", "pk")]


def test_what_is_known_is_shown_the_oldest_first(
    ops: Client, saran: Municipality, brest: Municipality, django_assert_num_queries: Any
) -> None:
    sign_up = SignUp.objects.create(authority_name="Saran", contact_name="Camille Martin", contact_role="DGS")
    ProvisioningRun.objects.filter(municipality=saran).update(sign_up=sign_up)
    waits(saran)
    waits(brest, "x@orange.fr", days=3)
    with schema_context(saran.schema_name):
        vouch(municipality=saran, request=Request(UserFactory(), "ville-saran.re"), at=timezone.now())
    page = ops.get(PAGE).content.decode()
    assert page.index("Brest</a></h2>") < page.index("Saran</a></h2>")
    for said in ("Camille Martin", "maire@saran.eu", "une personne chez ville-saran.re", "Loiret", "n’importe qui"):
        assert said in page, said
    assert "2 collectivités attendent" in ops.get("/ops/").content.decode()
    waiting = list(requests.waiting())
    assert len(waiting) == 2
    with django_assert_num_queries(5):
        known_of(waiting)


def test_homonyms_are_told(ops: Client, saran: Municipality) -> None:
    Municipality.objects.filter(pk=saran.pk).update(authority_code="93066", name="Saint-Denis")
    waits(now_of(saran))
    assert "portent le même nom" in ops.get(PAGE).content.decode()


def test_one_press_verifies_and_the_city_is_told(ops: Client, saran: Municipality, operator: Any, person: Any) -> None:
    admin = person(administrator=True)
    asked = waits(saran)
    for _press in range(2):
        ops.post(f"{PAGE}{asked.pk}/accepter/", {"source": ""})
    assert now_of(saran).verified_at
    asked.refresh_from_db()
    assert (asked.accepted, asked.decided_by, asked.asker_email) == (True, operator.pk, "")
    assert AuditEntry.objects.filter(action="authority_verified", actor=operator).count() == 1
    assert [mail["to"] for mail in mails(saran)].count(admin.email) == 1
    assert "est vérifiée" in mails(saran)[0]["subject"]
    assert not KnownDomain.objects.exists()
    assert ops.get(PAGE).context["rows"] == []


@pytest.mark.parametrize(
    ("email", "vouched", "known"),
    [("maire@saran.fr", "", "saran.fr"), ("x@orange.fr", "", ""), ("x@orange.fr", "ville-saran.fr", "ville-saran.fr")],
)
def test_a_source_makes_the_domain_known(
    ops: Client, saran: Municipality, operator: Any, email: str, vouched: str, known: str
) -> None:
    asked = waits(saran, email)
    VerificationRequest.objects.update(vouched_domain=vouched)
    ops.post(f"{PAGE}{asked.pk}/accepter/", {"source": "https://lannuaire.service-public.fr/x"})
    assert list(KnownDomain.objects.values_list("domain", "authority_code", "source", "added_by")) == (
        [(known, "45302", "https://lannuaire.service-public.fr/x", operator.pk)] if known else []
    )


def test_a_no_says_why_and_the_city_may_ask_again(
    ops: Client, saran: Municipality, person: Any, visit: Callable[..., Client]
) -> None:
    admin = person(administrator=True)
    asked = waits(saran)
    refused = ops.post(f"{PAGE}{asked.pk}/refuser/", {"reason": ""})
    assert refused.status_code == 422
    for _press in range(2):
        ops.post(f"{PAGE}{asked.pk}/refuser/", {"reason": "La mairie ne vous connaît pas."})
    assert now_of(saran).verified_at is None
    theirs = [mail for mail in mails(saran) if mail["to"] == admin.email]
    assert len(theirs) == 1
    assert "La mairie ne vous connaît pas." in theirs[0]["body"]
    desk = visit(saran, admin).get("/gestion/verification/").content.decode()
    assert "La mairie ne vous connaît pas." in desk
    assert ops.get(PAGE).context["rows"] == []
    with schema_context(saran.schema_name):
        vouch(municipality=saran, request=Request(admin, "saran.fr"), at=timezone.now())
    assert requests.waiting().count() == 1
    assert "déjà refusée 1 fois" in ops.get(PAGE).content.decode()


def test_a_button_asks_again(ops: Client, saran: Municipality, operator: Any, person: Any, visit: Any) -> None:
    admin = person(administrator=True)
    waits(saran)
    requests.refuse(municipality=saran, operator=operator, reason="Inconnue au standard.", at=timezone.now())
    desk = visit(saran, admin)
    assert 'name="again"' in desk.get("/gestion/verification/").content.decode()
    for _press in range(2):
        assert desk.post("/gestion/verification/", {"again": "1"}, follow=True).status_code == 200
    assert [each.asker_email for each in requests.waiting()] == [admin.email]
    assert 'name="again"' not in desk.get("/gestion/verification/").content.decode()


def test_a_city_has_its_page_with_the_evidence_and_the_two_forms(ops: Client, saran: Municipality) -> None:
    asked = waits(saran)
    page = ops.get(f"{PAGE}collectivite/{saran.pk}/").content.decode()
    for said in ("maire@saran.eu", "Loiret", f"{PAGE}{asked.pk}/accepter/", f"{PAGE}{asked.pk}/refuser/"):
        assert said in page, said


def test_without_a_request_nobody_is_verified_without_saying_how_one_knows(
    ops: Client, saran: Municipality, operator: Any, person: Any
) -> None:
    """Refused, or never asked: by telephone for example, and it stays in the trail."""
    person(administrator=True)
    asked = waits(saran)
    requests.refuse(municipality=saran, operator=operator, reason="Inconnue au standard.", at=timezone.now())
    page = f"{PAGE}collectivite/{saran.pk}/"
    assert "Inconnue au standard." in ops.get(page).content.decode()
    late = ops.post(f"{PAGE}{asked.pk}/accepter/", {"source": "https://exemple.fr"}, follow=True)
    assert says(late, requests.NobodyWaits)
    with pytest.raises(requests.NobodyWaits):
        requests.accept(municipality=saran, operator=operator, reason="  ", at=timezone.now())
    with pytest.raises(requests.ReasonMissing, match="verification_reason_missing"):
        requests.refuse(municipality=saran, operator=operator, reason="  ", at=timezone.now())
    assert ops.post(page, {"reason": ""}).status_code == 422
    assert now_of(saran).verified_at is None

    VerificationRequest.objects.all().delete()
    assert ops.get(page).status_code == 200
    ops.post(page, {"reason": "Rappelée au standard de la mairie."})
    assert now_of(saran).verified_at
    entry = AuditEntry.objects.get(action="authority_verified")
    assert entry.details["reason"] == "Rappelée au standard de la mairie."
    assert "Rappelée au standard" in ops.get(f"/ops/collectivites/{saran.pk}/").content.decode()


def test_cities_that_waited_before_there_was_a_list_stand_on_it(saran: Municipality, brest: Municipality) -> None:
    Municipality.objects.filter(pk=saran.pk).update(verified_at=None)
    migration = import_module("onboarding.migrations.0005_verifications")
    with connection.schema_editor() as editor:
        migration.ask(apps, editor)
        migration.ask(apps, editor)
    run = ProvisioningRun.objects.get(municipality=saran)
    assert [(each.municipality, each.asker_email) for each in requests.waiting()] == [(saran, run.admin_email)]
