"""From a form to a living platform: nothing before the address is confirmed, one city however often."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from common.models import OutboxMessage
from onboarding import provisioning
from onboarding.enums import RunState
from onboarding.models import ProvisioningRun, SignUp
from onboarding.services import runs
from onboarding.services import sign_ups as services
from tenants.models import Municipality

ANSWERS = {
    "authority_name": "Ingré",
    "kind": "COMMUNE",
    "authority_code": "45169",
    "slug": "ingre",
    "challenge_set": "territoires-resilients",
    "contact_name": "Camille Martin",
    "email": "dgs@ingre.example",
    "terms": "on",
    "website": "",
}


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests advance the runs themselves."""
    monkeypatch.setattr(runs, "dispatch", lambda key: None)


def sign_up(client: Client, **changes: str) -> Any:
    return client.post("/inscription/", {**ANSWERS, **changes})


def link() -> str:
    body = OutboxMessage.objects.order_by("-created_at")[0].payload["body"]
    found = re.search(r"http://territoires.localhost(/inscription/confirmer/\S+)", body)
    assert found
    return found[1]


def test_the_whole_story(real_db: str, visit: Callable[..., Client]) -> None:
    visitor = visit(None)
    assert sign_up(visitor).headers["Location"] == "/inscription/verifiez-vos-messages/"
    assert b"dgs@ingre.example" in visitor.get("/inscription/verifiez-vos-messages/").content
    assert not Municipality.objects.filter(slug="ingre").exists()
    assert not ProvisioningRun.objects.filter(slug="ingre").exists()

    confirm = link()
    assert visitor.get(confirm).status_code == 200  # reading the link starts nothing
    assert not ProvisioningRun.objects.filter(slug="ingre").exists()
    progress = visitor.post(confirm).headers["Location"]
    assert visitor.get(progress).status_code == 200
    run = provisioning.advance(ProvisioningRun.objects.get(slug="ingre").pk)
    assert run is not None
    assert run.state == RunState.DONE

    page = visitor.get(progress).content.decode()
    enter = re.search(r'action="(/inscription/mise-en-service/[^"]+/entrer/)"', page)
    assert enter
    into = visitor.post(enter[1]).headers["Location"]
    city = Municipality.objects.get(slug="ingre")
    assert into.startswith(city.url + "connexion/lien/")
    administrator = visit(city)
    administrator.post("/" + into.removeprefix(city.url))
    assert administrator.get("/gestion/").status_code == 200
    assert city.verified_at is None
    assert not city.is_open


@pytest.mark.parametrize(
    "changes",
    [
        *({name: ""} for name in ("authority_name", "slug", "challenge_set", "contact_name", "email", "terms")),
        {"authority_name": "x" * 500},
        {"authority_code": "pas un code"},
        {"slug": "Ingré"},
        {"slug": "-ingre"},
        {"slug": "a" * 41},
        {"slug": "xn--ingr-epa!"},
        {"slug": "www"},
        {"slug": "admin"},
        {"slug": "saran"},
        {"authority_code": "45302"},
        {"email": "pas une adresse"},
        {"kind": "EMPIRE"},
        {"challenge_set": "../etc/passwd"},
    ],
)
def test_a_wrong_answer_gets_a_sentence_and_keeps_the_others(
    visit: Callable[..., Client], db: None, changes: dict[str, str]
) -> None:
    response = sign_up(visit(None), **changes)
    assert response.status_code == 422
    assert "form-errors" in response.content.decode()
    if "contact_name" not in changes:
        assert "Camille Martin" in response.content.decode()
    assert not SignUp.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_robot_is_thanked_and_forgotten(visit: Callable[..., Client], db: None) -> None:
    assert sign_up(visit(None), website="http://spam.example").status_code == 302
    assert not SignUp.objects.exists()


def test_one_machine_signs_up_ten_times_an_hour_at_most(visit: Callable[..., Client], db: None) -> None:
    answers = [sign_up(visit(None), slug=f"ingre-{number}", authority_code="").status_code for number in range(12)]
    assert answers == [302] * 10 + [422] * 2


@pytest.mark.parametrize("token", ["forged", "of another salt", "x" * 600])
def test_a_forged_confirmation_is_refused(visit: Callable[..., Client], db: None, token: str) -> None:
    if token == "of another salt":
        token = signing.dumps("autre", salt="elsewhere")
    for answer in (visit(None).get, visit(None).post):
        assert answer(f"/inscription/confirmer/{token}/").status_code == 410


def test_after_a_week_the_confirmation_is_too_old(
    visit: Callable[..., Client], db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(visit(None))
    confirm = link()
    monkeypatch.setattr(services, "CONFIRMATION_DAYS", -1)
    assert visit(None).get(confirm).status_code == 410


def test_a_confirmation_used_twice_and_by_two_people_is_one_run(visit: Callable[..., Client], db: None) -> None:
    sign_up(visit(None))
    confirm = link()
    places = {visit(None).post(confirm).headers["Location"] for _unused in range(3)}
    assert len(places) == 1
    assert ProvisioningRun.objects.filter(slug="ingre").count() == 1


def test_fifty_confirmations_of_one_address_at_once_give_one_city(real_db: str) -> None:
    asked = [
        services.sign_up(
            at=timezone.now(),
            authority_name=f"Ingré {number}",
            kind="COMMUNE",
            authority_code="",
            contact_name="Camille",
            email=f"c{number}@ingre.example",
            challenge_set="territoires-resilients",
            slug="ingre",
        )
        for number in range(50)
    ]

    def confirm(sign_up: SignUp) -> str:
        try:
            run = services.confirm(sign_up=sign_up, at=timezone.now())
            ended = provisioning.advance(run.pk)
            assert ended is not None
            return ended.state
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(confirm, asked))
    assert states.count(RunState.DONE) == 1
    assert states.count(RunState.REFUSED) == 49
    assert Municipality.objects.filter(slug="ingre").count() == 1


def test_a_refused_run_says_why_in_french(visit: Callable[..., Client], real_db: str) -> None:
    visitor = visit(None)
    sign_up(visitor)
    progress = visitor.post(link()).headers["Location"]
    city = Municipality.objects.get(slug="brest")
    Municipality.objects.filter(pk=city.pk).update(slug="ingre")
    provisioning.advance(ProvisioningRun.objects.get(slug="ingre").pk)
    assert "Cette adresse est déjà prise" in visitor.get(progress).content.decode()


def test_only_the_browser_that_confirmed_enters(visit: Callable[..., Client], real_db: str) -> None:
    visitor = visit(None)
    sign_up(visitor)
    progress = visitor.post(link()).headers["Location"]
    provisioning.advance(ProvisioningRun.objects.get(slug="ingre").pk)
    assert visit(None).post(progress + "entrer/").status_code == 404
    assert visitor.post(progress + "entrer/").status_code == 302
    ProvisioningRun.objects.filter(slug="ingre").update(ended_at=timezone.now() - timedelta(hours=1))
    assert visitor.post(progress + "entrer/").headers["Location"] == "http://ingre.territoires.localhost/"


def test_sign_ups_that_nobody_confirms_are_forgotten(visit: Callable[..., Client], db: None) -> None:
    sign_up(visit(None))
    services.forget_unconfirmed(at=timezone.now())
    assert SignUp.objects.count() == 1
    SignUp.objects.update(created_at=timezone.now() - timedelta(days=31))
    services.forget_unconfirmed(at=timezone.now())
    assert not SignUp.objects.exists()


def test_an_operator_verifies_the_authority(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    from tests.test_urls import second_factor

    Municipality.objects.filter(pk=saran.pk).update(verified_at=None)
    operator = person(city=None, operator=True)
    client = visit(None, operator)
    second_factor(client, operator)
    client.post(f"/ops/collectivites/{saran.pk}/verifier/")
    assert Municipality.objects.get(pk=saran.pk).verified_at is not None


def test_an_operator_starts_a_failed_run_again(visit: Callable[..., Client], db: None, person: Any) -> None:
    from tests.test_urls import second_factor

    run = ProvisioningRun.objects.get(slug="saran")
    ProvisioningRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, attempts=5)
    operator = person(city=None, operator=True)
    client = visit(None, operator)
    second_factor(client, operator)
    client.post(f"/ops/mises-en-service/{run.pk}/relancer/")
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.RUNNING, 0)
    with schema_context("public"):
        assert client.get("/ops/mises-en-service/").status_code == 200


def test_the_authority_is_found_and_fills_the_form(visit: Callable[..., Client], db: None) -> None:
    page = visit(None).get("/inscription/?q=saint jean de bray").content.decode()
    assert "?collectivite=COMMUNE-45284" in page
    page = visit(None).get("/inscription/?collectivite=COMMUNE-45284").content.decode()
    for known in ('value="Saint-Jean-de-Braye"', 'value="45284"', 'value="saint-jean-de-braye"', "Loiret"):
        assert known in page


def test_an_authority_that_has_its_platform_is_told_so(visit: Callable[..., Client], db: None) -> None:
    page = visit(None).get("/inscription/?collectivite=COMMUNE-45302").content.decode()
    assert "a déjà sa plateforme" in page


@pytest.mark.parametrize(
    "query",
    ["q=zzzzzzzz", "q=%00%3Cscript%3E", "collectivite=COMMUNE-99999", "collectivite=<b>", "collectivite=" + "x" * 300],
)
def test_an_odd_search_leaves_the_form_as_it_is(visit: Callable[..., Client], db: None, query: str) -> None:
    response = visit(None).get(f"/inscription/?{query}")
    assert response.status_code == 200
    assert "<script>" not in response.content.decode()
