"""Recovery codes: shown for ten minutes, each good once, and its use is told."""

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from accounts import factors
from accounts.models import AuditEntry, User
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.accounts.test_second_factor import CODES, STEP, code_at, press_link, recovery_codes, with_app
from tests.conftest import shows


@pytest.fixture
def user(in_saran: Municipality) -> User:
    return with_app(UserFactory())


@pytest.fixture
def client(in_saran: Municipality, user: User, visit: Callable[..., Client]) -> Client:
    client = visit(in_saran, user, stays=True)
    shows(client, user)
    return client


def in_fours(code: str) -> str:
    return f"{code[:4]} {code[4:]}"


def test_they_are_shown_for_ten_minutes_in_groups_of_four(client: Client, user: User) -> None:
    codes = recovery_codes(user)
    assert len(codes) == 10
    page = client.get(CODES).content.decode()
    assert all(f"<code>{in_fours(code)}</code>" in page for code in codes)
    assert "pendant dix minutes" in page
    assert "une fois." not in page.split("Chacun")[0]
    row = Authenticator.objects.get(user=user, type="recovery_codes")
    row.data["viewed_at"] -= 601
    row.save()
    page = client.get(CODES).content.decode()
    assert not any(in_fours(code) in page for code in codes)
    assert "Il vous reste 10 codes" in page
    assert client.get(CODES + "telecharger/").status_code == 404


def test_the_file_says_of_which_place_and_day_they_are(client: Client, user: User, in_saran: Municipality) -> None:
    text = client.get(CODES + "telecharger/").content.decode()
    lines = text.splitlines()
    assert lines[:2] == [in_saran.name, in_saran.host]
    assert re.fullmatch(r"\d+(er)? \S+ 20\d\d", lines[2].replace("\u00a0", " "))
    assert "double vérification" in text
    assert in_fours(recovery_codes(user)[0]) in lines


def test_one_lets_in_once_as_it_is_shown_and_the_owner_is_told(
    user: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    browser = visit(in_saran, stays=True)
    code = in_fours(recovery_codes(user)[3])
    press_link(browser, user)
    assert browser.post(STEP, {"code": code}).headers["Location"] == "/connexion/suite/"
    mail = OutboxMessage.objects.get().payload
    assert (mail["to"], mail["subject"]) == (user.email, "Un code de secours a été utilisé, Saran")
    assert "Codes restants : 9." in mail["body"].replace("\u00a0", " ")
    assert AuditEntry.objects.get(action="recovery_code_used").details == {"left": 9}
    with pytest.raises(factors.WrongFactor):
        factors.check_code(user=user, city=None, code=code, at=timezone.now())
    assert factors.recovery_codes_left(user) == 9


def test_of_the_app_no_use_is_told(user: User) -> None:
    factors.check_code(user=user, city=None, code=code_at(time.time()), at=timezone.now())
    assert not OutboxMessage.objects.exists()


def test_new_ones_replace_those_before(user: User) -> None:
    before = recovery_codes(user)
    factors.renew_recovery_codes(user=user, city=None)
    assert not set(before) & set(recovery_codes(user))
