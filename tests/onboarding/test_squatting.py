"""A platform that nobody has verified holds no authority: few are begun at once, and who comes second is heard by us."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from common.models import OutboxMessage
from onboarding.models import Authority, Claim, ProvisioningRun, SignUp
from onboarding.services.claims import CLAIMS_KEPT, forget_claims
from tenants.models import KnownDomain, Municipality
from tenants.verification import requests
from tests.accounts.factories import UserFactory
from tests.links import press_link
from tests.onboarding.signing_up import answer, begin, link

pytestmark = pytest.mark.usefixtures("no_broker")

PAGE = "/inscription/deja-la/COMMUNE-45302/"
MESSAGE = {"name": "Alex Petit", "email": "dgs@ville-saran.fr", "message": "C’est nous, la mairie.", "website": ""}


def start(visit: Callable[..., Client], number: int, email: str, **kwargs: str) -> tuple[Client, str, int, str]:
    """Sign an authority up and press the link of the mail."""
    visitor = visit(None, **kwargs)
    known = Authority.objects.filter(kind="COMMUNE").exclude(code="45302").order_by("code")[number]
    key = begin(visitor, known.key)
    answer(visitor, key, you={"email": email}, platform={"slug": f"essai-{number}-x"})
    assert visitor.post(f"/inscription/{key}/depart/").status_code == 302
    pressed = press_link(visitor, link())
    return visitor, key, pressed.status_code, pressed.content.decode()


def test_one_domain_begins_three_platforms_a_day_and_one_network_five(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    domain = [start(visit, number, f"a{number}@s{number}.squat.fr", REMOTE_ADDR=f"203.0.113.{number}")[2:]
              for number in range(4)]  # fmt: skip
    assert [status for status, _page in domain] == [302] * 3 + [429]
    assert settings.SERVICE_EMAIL in domain[-1][1]
    assert "attendent une vérification" in domain[-1][1]
    network = [start(visit, 4 + number, f"b{number}@orange.fr")[2] for number in range(6)]
    assert network == [302] * 5 + [429]
    assert ProvisioningRun.objects.filter(slug__startswith="essai-").count() == 8


def test_the_last_step_says_it_too_in_the_browser_that_proved_its_mailbox(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    for number in range(3):
        start(visit, number, f"a{number}@squat.fr", REMOTE_ADDR=f"203.0.113.{number}")
    visitor, key, status, _page = start(visit, 3, "z@squat.fr")
    assert status == 429
    page = visitor.post(f"/inscription/{key}/depart/")
    assert page.status_code == 422
    assert "attendent une vérification" in page.content.decode()
    assert SignUp.objects.filter(pk=key).exists()  # nothing is lost


def test_who_is_known_to_speak_for_an_authority_is_not_counted(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    for number in range(3):
        start(visit, number, f"a{number}@syndicat.fr", REMOTE_ADDR=f"203.0.113.{number}")
    fourth = Authority.objects.filter(kind="COMMUNE").exclude(code="45302").order_by("code")[3]
    KnownDomain.objects.create(domain="syndicat.fr", kind="COMMUNE", authority_code=fourth.code, source="leur site")
    assert start(visit, 3, "d@syndicat.fr")[2] == 302


def test_who_comes_second_to_what_nobody_verified_is_heard_by_the_operators_alone(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    Municipality.objects.filter(pk=saran.pk).update(verified_at=None)
    with schema_context(saran.schema_name):
        User.objects.update(last_login=timezone.now())  # the one who began it has come in
    visitor = visit(None)
    for address in ("/inscription/?collectivite=COMMUNE-45302", PAGE):
        page = visitor.get(address).content.decode()
        assert "a déjà sa plateforme" not in page
        assert "attend d’être vérifiée" in page
    sent = visitor.post(PAGE, MESSAGE).content.decode()
    assert "Notre équipe le reçoit" in sent
    with schema_context(saran.schema_name):
        assert not OutboxMessage.objects.exists()
    mail = OutboxMessage.objects.get().payload
    assert mail["to"] == settings.SERVICE_EMAIL
    assert "C’est nous, la mairie." in mail["body"]


def test_operators_see_both_requests_side_by_side(visit: Callable[..., Client], saran: Municipality) -> None:
    Municipality.objects.filter(pk=saran.pk).update(verified_at=None)
    requests.ask(municipality=saran, asker_email="x@squat.fr", at=timezone.now())
    visit(None).post(PAGE, MESSAGE)
    page = visit(None, UserFactory(operator=True)).get("/ops/verifications/").content.decode()
    for shown in ("x@squat.fr", "dgs@ville-saran.fr", "Alex Petit", "C’est nous, la mairie."):
        assert shown in page


def test_claims_are_forgotten_once_they_are_decided_or_old(saran: Municipality) -> None:
    at = timezone.now()
    Municipality.objects.filter(pk=saran.pk).update(verified_at=None)
    given = {"name": "A", "email": "a@b.fr", "message": "x"}
    Claim.objects.create(municipality=saran, sent_at=at - CLAIMS_KEPT - timedelta(days=1), **given)
    fresh = Claim.objects.create(municipality=saran, sent_at=at, **given)
    forget_claims(at=at)
    assert list(Claim.objects.all()) == [fresh]
    Municipality.objects.filter(pk=saran.pk).update(verified_at=at)
    forget_claims(at=at)
    assert not Claim.objects.exists()
