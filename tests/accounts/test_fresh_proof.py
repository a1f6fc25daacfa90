"""Before what is grave one shows once more who one is; what was typed comes through the detour."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts import codes
from accounts.models import SignInLink
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.conftest import kept_page, shows

GRAVE = "/compte/securite/autres-appareils/"
ASKED = "/connexion/confirmer/"
LONG_AGO = 1.0


@pytest.fixture
def resident(in_saran: Municipality) -> Any:
    return UserFactory(email="residente@example.org")


@pytest.fixture
def client(in_saran: Municipality, resident: Any, visit: Callable[..., Client]) -> Client:
    """Signed in long ago, by a code."""
    client = visit(in_saran, resident, stays=True)
    shows(client, resident, "code", LONG_AGO)
    return client


def code_sent() -> str:
    mail = OutboxMessage.objects.order_by("-created_at")[0].payload
    assert mail["to"] == "residente@example.org"
    found = re.search(r"^ {4}(\d{6})$", mail["body"], re.MULTILINE)
    assert found
    assert mail["subject"].startswith(found[1])
    return found[1]


def link_sent() -> str:
    link = re.search(r"(/connexion/lien/\S+)", OutboxMessage.objects.order_by("-created_at")[0].payload["body"])
    assert link
    return link[1]


def test_a_session_of_long_ago_is_asked_and_one_of_just_now_is_not(client: Client, resident: Any) -> None:
    answer = client.post(GRAVE)
    assert answer.headers["Location"] == f"{ASKED}?next={kept_page(answer)}"
    shows(client, resident, "code")
    assert client.post(GRAVE).headers["Location"] == "/compte/securite/"


def test_a_proof_counts_for_ten_minutes(client: Client, resident: Any) -> None:
    shows(client, resident, "link", time.time() - 9 * 60)
    assert client.get("/compte/securite/application/").status_code == 200
    client.session.flush()
    client.force_login(resident)
    shows(client, resident, "link", time.time() - 11 * 60)
    assert client.get("/compte/securite/application/").status_code == 302


def test_who_has_no_second_factor_proves_it_with_a_new_code_by_mail(client: Client) -> None:
    page = ASKED + "?next=/compte/securite/application/"
    assert client.post(page, {"send": "1"}).headers["Location"] == page
    key = client.session.session_key
    answer = client.post(ASKED, {"code": code_sent(), "next": "/compte/securite/application/"})
    assert answer.headers["Location"] == "/compte/securite/application/"
    assert client.get("/compte/securite/application/").status_code == 200
    # A copy of the cookie, taken before, has nothing of it.
    assert client.session.session_key != key


def test_the_code_is_good_once(client: Client) -> None:
    client.post(ASKED, {"send": "1"})
    code = code_sent()
    assert client.post(ASKED, {"code": code}).status_code == 302
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    assert client.post(ASKED, {"code": code}).status_code == 422


def test_five_wrong_codes_end_them_and_the_link_still_leads_back(client: Client) -> None:
    client.post(ASKED + "?next=/compte/securite/application/", {"send": "1"})
    right = code_sent()
    wrong = "000000" if right != "000000" else "111111"
    for _time in range(5):
        client.post(ASKED, {"code": wrong})
    assert client.post(ASKED, {"code": right}).status_code == 429
    client.post(ASKED + "?next=/compte/securite/application/", {"send": "1"})
    opened = client.get(link_sent(), follow=True)
    answer = client.post(opened.redirect_chain[-1][0], follow=True)
    assert answer.redirect_chain[-1][0] == "/compte/securite/application/"
    assert answer.status_code == 200


@pytest.mark.parametrize("code", ["", "000000", "12345", "a" * 500, "\x00", "١٢٣٤٥٦"])
def test_another_code_is_refused_in_words(client: Client, code: str) -> None:
    client.post(ASKED, {"send": "1"})
    if code == code_sent():
        code = "999999"
    answer = client.post(ASKED, {"code": code})
    assert answer.status_code == 422
    refusal = codes.WrongCode if code.isascii() and len(code) == 6 else codes.NoCode
    assert refusal.code in ("wrong_code", "no_code")
    assert str(refusal.message) in answer.content.decode()


def test_another_message_says_that_it_left(client: Client) -> None:
    for expected in (False, True):
        page = client.post(ASKED, {"send": "1"}, follow=True).content.decode()
        assert ("Un autre courriel est parti." in page) is expected


def test_a_code_does_not_last(client: Client) -> None:
    client.post(ASKED, {"send": "1"})
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(ASKED, {"code": code_sent()}).status_code == 422


def test_who_has_a_second_factor_is_asked_for_it_and_mail_is_not_enough(client: Client, resident: Any) -> None:
    Authenticator.objects.create(user=resident, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    shows(client, resident, "code")
    assert client.post(GRAVE).headers["Location"].startswith(ASKED)
    client.post(ASKED, {"send": "1"})
    assert not OutboxMessage.objects.exists()
    assert "Les six chiffres de votre application" in client.get(ASKED).content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_a_proof_leads_to_no_other_site(client: Client, resident: Any, target: str) -> None:
    shows(client, resident, "code")
    assert client.get(ASKED, {"next": target}).headers["Location"] == "/"


def test_in_a_city_that_only_reads_the_proof_works(
    client: Client, in_saran: Municipality, resident: Any, visit: Callable[..., Client]
) -> None:
    from tenants.enums import LifecycleState
    from tenants.schema import grant_rights

    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(state=LifecycleState.READ_ONLY)
    grant_rights(in_saran.schema_name, state=LifecycleState.READ_ONLY)
    elsewhere = visit(in_saran, resident, stays=True)
    client.post(ASKED, {"send": "1"})
    assert client.post(ASKED, {"code": code_sent()}).status_code == 302
    assert client.post(GRAVE).headers["Location"] == "/compte/securite/"
    assert client.get("/compte/").status_code == 200
    assert elsewhere.get("/compte/").status_code == 302
