"""The link of the e-mail: nothing before it is pressed, one platform however often, by whomever."""

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
from onboarding.services import sign_ups as services
from tenants.models import Municipality
from tenants.services import SlugTaken
from tests.links import open_link, press_link
from tests.onboarding.signing_up import PLATFORM, YOU, link, sign_up
from tests.support.pages import says

pytestmark = pytest.mark.usefixtures("no_broker")


@pytest.mark.parametrize("token", ["forged", "of another salt", "of another shape", "x" * 600])
def test_a_forged_confirmation_is_refused(visit: Callable[..., Client], db: None, token: str) -> None:
    if token == "of another salt":
        token = signing.dumps("autre", salt="elsewhere")
    if token == "of another shape":
        token = signing.dumps("autre", salt="onboarding.confirm")
    for knock in (open_link, press_link):
        assert knock(visit(None), f"/inscription/confirmer/{token}/").status_code == 410


def test_after_a_week_the_confirmation_is_too_old_and_another_is_sent_to_the_same_address(
    visit: Callable[..., Client], db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(visit(None))
    confirm, stranger = link(), visit(None)
    monkeypatch.setattr(services, "CONFIRMATION_DAYS", -1)
    assert open_link(stranger, confirm).status_code == services.ConfirmationTooOld.status == 410
    assert press_link(stranger, confirm).status_code == 302
    assert not ProvisioningRun.objects.filter(slug="ingre").exists()
    assert {message.payload["to"] for message in OutboxMessage.objects.all()} == {"dgs@ville-ingre.fr"}
    assert OutboxMessage.objects.count() == 2


def test_a_link_sent_to_an_address_that_was_corrected_starts_nothing(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    key = sign_up(visitor)
    first = link()
    visitor.post(f"/inscription/{key}/vous/", {**YOU, "email": "juste@ville-ingre.fr"})
    assert press_link(visit(None), first).status_code == 410


def test_a_confirmation_used_twice_and_by_two_people_is_one_run(visit: Callable[..., Client], db: None) -> None:
    sign_up(visit(None))
    confirm = link()
    places = {press_link(visit(None), confirm).headers["Location"] for _unused in range(3)}
    assert len(places) == 1
    assert ProvisioningRun.objects.filter(slug="ingre").count() == 1


def test_fifty_confirmations_of_one_address_at_once_give_one_city(real_db: str) -> None:
    asked = [
        SignUp.objects.create(
            authority_name=f"Ingré {number}",
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


def test_a_refused_run_says_why_in_french_and_is_mended_in_place(visit: Callable[..., Client], real_db: str) -> None:
    visitor = visit(None)
    key = sign_up(visitor)
    progress = press_link(visitor, link()).headers["Location"]
    Municipality.objects.filter(slug="brest").update(slug="ingre")
    provisioning.advance(ProvisioningRun.objects.get(slug="ingre").pk)
    page = visitor.get(progress).content.decode()
    assert says(page, SlugTaken)
    assert f"/inscription/{key}/depart/" in page
    visitor.post(f"/inscription/{key}/plateforme/", {**PLATFORM, "slug": "ingre-45"})
    again = visitor.post(f"/inscription/{key}/depart/").headers["Location"]
    assert again != progress
    run = provisioning.advance(ProvisioningRun.objects.get(slug="ingre-45").pk)
    assert run is not None
    assert run.state == RunState.DONE
    assert visitor.get(progress).status_code == 200  # the former one is history
    # A finished one is not signed up again.
    assert visitor.post(f"/inscription/{key}/plateforme/", PLATFORM).headers["Location"] == again


def test_whoever_began_with_somebody_elses_address_never_starts_in_their_place(
    visit: Callable[..., Client], real_db: str
) -> None:
    stranger, mayor = visit(None), visit(None)
    key = sign_up(stranger)
    Municipality.objects.filter(slug="brest").update(slug="ingre")
    # The mayor presses the link of a mail that a stranger asked for; the address has been taken meanwhile.
    assert press_link(mayor, link()).headers["Location"] == f"/inscription/{key}/depart/"
    stranger.post(f"/inscription/{key}/plateforme/", {**PLATFORM, "slug": "ingre-45"})
    assert stranger.post(f"/inscription/{key}/depart/").headers["Location"] == "/inscription/verifiez-vos-messages/"
    assert not ProvisioningRun.objects.filter(sign_up__pk=key).exists()
    assert "/mise-en-service/" in mayor.post(f"/inscription/{key}/depart/").headers["Location"]


def test_only_the_browser_that_confirmed_enters(visit: Callable[..., Client], real_db: str) -> None:
    visitor = visit(None)
    sign_up(visitor)
    progress = press_link(visitor, link()).headers["Location"]
    provisioning.advance(ProvisioningRun.objects.get(slug="ingre").pk)
    assert visit(None).post(progress + "entrer/").status_code == 404
    assert visitor.post(progress + "entrer/").status_code == 302
    ProvisioningRun.objects.filter(slug="ingre").update(ended_at=timezone.now() - timedelta(hours=1))
    assert visitor.post(progress + "entrer/").headers["Location"] == "http://ingre.territoires.localhost/"


def test_whoever_started_it_may_cancel_it_and_nothing_stays(visit: Callable[..., Client], real_db: str) -> None:
    visitor = visit(None)
    key = sign_up(visitor)
    progress = press_link(visitor, link()).headers["Location"]
    assert visit(None).post(progress + "annuler/").status_code == 404
    visitor.post(progress + "annuler/")
    run = ProvisioningRun.objects.get(sign_up__pk=key)
    assert run.state == RunState.CANCELLED
    provisioning.advance(run.pk)
    assert not Municipality.objects.filter(slug="ingre").exists()
    # And it may be started again.
    again = visitor.post(f"/inscription/{key}/depart/").headers["Location"]
    assert again != progress
    provisioning.advance(ProvisioningRun.objects.get(sign_up__pk=key).pk)
    assert Municipality.objects.ready().filter(slug="ingre").exists()
    visitor.post(again + "annuler/")
    assert Municipality.objects.ready().filter(slug="ingre").exists()


def test_sign_ups_that_nobody_confirms_are_forgotten(visit: Callable[..., Client], db: None) -> None:
    sign_up(visit(None))
    services.forget_unconfirmed(at=timezone.now())
    assert SignUp.objects.count() == 1
    SignUp.objects.update(created_at=timezone.now() - timedelta(days=31))
    services.forget_unconfirmed(at=timezone.now())
    assert not SignUp.objects.exists()


def test_an_operator_verifies_the_authority(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    Municipality.objects.filter(pk=saran.pk).update(verified_at=None)
    operator = person(city=None, operator=True)
    client = visit(None, operator)
    client.post(f"/ops/verifications/collectivite/{saran.pk}/", {"reason": "Rappelée au standard."})
    assert Municipality.objects.get(pk=saran.pk).verified_at is not None


def test_an_operator_starts_a_failed_run_again(visit: Callable[..., Client], db: None, person: Any) -> None:
    run = ProvisioningRun.objects.get(slug="saran")
    ProvisioningRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, attempts=5)
    operator = person(city=None, operator=True)
    client = visit(None, operator)
    client.post(f"/ops/mises-en-service/{run.pk}/relancer/")
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.RUNNING, 0)
    with schema_context("public"):
        assert client.get("/ops/mises-en-service/").status_code == 200
