"""Deleting one's account: nothing is chosen beforehand, a last page says what was, and takes a proof made for it."""

import re
import time
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.erasure import LastAdministratorLeaves
from accounts.models import User
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.accounts.factories import UserFactory, able_administrator
from tests.accounts.leaving import EMAIL, comes
from tests.accounts.test_erasure import PAGE, leave, run_the_worker
from tests.accounts.test_second_factor import code_at, with_app
from tests.conftest import shows
from tests.support.pages import error_codes, says

LAST, LEFT = "/compte/supprimer/confirmer/?texts=KEEP", "/compte/supprime/"


@pytest.fixture
def user(in_saran: Municipality) -> User:
    return UserFactory(email=EMAIL)  # type: ignore[return-value]


@pytest.fixture
def client(in_saran: Municipality, user: User, visit: Callable[..., Client]) -> Client:
    """Signed in, with a proof two minutes old: enough for other pages."""
    client = visit(in_saran, user, stays=True)
    shows(client, user, "code", time.time() - 120)
    return client


def is_there(user: User) -> bool:
    return User.objects.filter(pk=user.pk, is_active=True).exists()


def mailed_code() -> str:
    found = re.search(r"^ {4}(\d{6})$", OutboxMessage.objects.latest("created_at").payload["body"], re.MULTILINE)
    assert found
    return found[1]


def test_nothing_is_ticked_and_a_choice_is_asked_for(client: Client, user: User) -> None:
    page = client.get(PAGE).content.decode()
    assert "checked" not in page
    assert "btn-primary" not in page.split("<main")[1].split("</main")[0]
    for chosen in ({}, {"texts": "x"}):
        answer = client.post(PAGE, chosen)
        assert answer.status_code == 422
    assert error_codes(client.post(PAGE, {}), "texts") == ["required"]
    assert client.get("/compte/supprimer/confirmer/?texts=x").headers["Location"] == PAGE
    assert is_there(user)


@pytest.mark.parametrize(("texts", "words"), [("KEEP", "vos textes restent"), ("REMOVE", "vos textes sont retirés")])
def test_the_last_page_says_who_and_what_and_takes_a_mailed_code_made_for_it(
    client: Client, user: User, texts: str, words: str
) -> None:
    last = client.post(PAGE, {"texts": texts}).headers["Location"]
    page = client.get(last).content.decode()
    assert f"Supprimer définitivement le compte {EMAIL}" in page.replace("\u202f?", "")
    assert words in page
    client.post(last)  # a bare press is no proof
    assert is_there(user)
    assert client.post(last, {"send": "1"}).headers["Location"] == last
    assert client.post(last, {"code": "000000" if mailed_code() != "000000" else "111111"}).status_code == 422
    assert is_there(user)
    assert client.post(last, {"code": mailed_code()}).headers["Location"] == LEFT
    assert not is_there(user)
    erasure = OutboxMessage.objects.get(task__contains="erasure").payload
    assert erasure["with_texts"] is (texts == "REMOVE")


def test_who_has_a_second_factor_shows_it_again(client: Client, user: User) -> None:
    with_app(user)
    shows(client, user, "mfa", time.time() - 120)
    assert "Les six chiffres" in client.get(LAST).content.decode()
    client.post(LAST, {"send": "1"})
    assert not OutboxMessage.objects.exists()  # mail is not enough
    assert client.post(LAST, {"code": "000000"}).status_code == 422
    assert is_there(user)
    assert client.post(LAST, {"code": code_at(time.time())}).headers["Location"] == LEFT
    assert not is_there(user)


def test_a_proof_of_this_minute_is_not_asked_again_and_takes_one_more_press(client: Client, user: User) -> None:
    shows(client, user)
    assert 'name="code"' not in client.get(LAST).content.decode()
    assert is_there(user)
    assert client.post(LAST).headers["Location"] == LEFT
    assert not is_there(user)


def test_from_the_press_on_nobody_comes_in_as_them(
    client: Client, user: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    elsewhere = comes(visit, in_saran, user)
    shows(client, user)
    form = {"who": client.get(LAST).context["who"]}
    assert client.post(LAST, form).headers["Location"] == LEFT
    assert client.get(LEFT).status_code == 200
    assert elsewhere.get("/compte/").status_code == 302
    assert client.get("/compte/").status_code == 302
    # A second press finds it done, before the worker and after it.
    assert client.post(LAST, form).headers["Location"] == LEFT
    run_the_worker()
    assert client.post(LAST, form).headers["Location"] == LEFT
    assert not User.objects.filter(pk=user.pk).exists()


def test_signed_out_is_not_deleted(client: Client, user: User) -> None:
    who = client.get(LAST).context["who"]
    client.logout()
    for said in (who, "", "x"):
        assert client.post(LAST, {"who": said}).headers["Location"].startswith("/connexion/")
    assert is_there(user)


def test_the_last_administrator_cannot_leave(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    User.objects.filter(role=Role.ADMINISTRATOR).update(role=Role.OBSERVER)
    last = UserFactory(administrator=True)
    # None of them can answer for the platform: one is leaving, one never came in, one has no second factor.
    able_administrator(is_active=False)
    UserFactory(administrator=True)
    UserFactory(administrator=True, last_login=timezone.now())
    answer = comes(visit, in_saran, last).post(LAST)
    assert answer.status_code == 409
    assert says(answer, LastAdministratorLeaves)
    assert is_there(last)
    able_administrator()
    leave(last)


def test_a_page_that_was_shown_to_somebody_else_deletes_nothing(
    client: Client, user: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    """Two people at one computer: the page of one is still open when the other has signed in."""
    other = UserFactory()
    theirs = comes(visit, in_saran, other).get(LAST).context["who"]
    shows(client, user)
    for said in (theirs, "x"):
        answer = client.post(LAST, {"who": said})
        assert answer.status_code == 409
        assert "affichée pour un autre compte" in answer.content.decode()
    assert is_there(user)
    assert is_there(other)
