"""A key: whose it is, where, for what, until when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.erasure import erase
from accounts.models import AuditEntry, User
from rest.models import Token
from rest.services.tokens import NoSuchDuration, NoSuchScope, TooManyKeys, make_token, revoke_token, token_of
from tenants.models import Municipality
from tests.api.conftest import Program, problem
from tests.api.test_propose import TEXTS, WHERE


@pytest.fixture
def owner(person: Any) -> Any:
    return person()


@pytest.fixture
def holder(program: Callable[..., Program], saran: Municipality, owner: Any) -> Program:
    return program(saran, owner, "propose")


def test_its_secret_is_kept_nowhere(holder: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        row = Token.objects.values().get()
    assert holder.secret not in str(row)
    assert row["hint"] == holder.secret[-4:]


@pytest.mark.parametrize(
    "sent", ["Basic abc", "Bearer", "Bearer x", "Bearer trk_" + "x" * 43, "trk_x", "Bearer " + "x" * 9000]
)
def test_what_is_no_key_is_refused_even_for_reading(
    program: Callable[..., Program], saran: Municipality, sent: str
) -> None:
    answer = program(saran).get("proposals/", Authorization=sent)
    problem(answer, 401, "invalid_key")
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_a_key_of_another_city_is_nothing(
    holder: Program, brest: Municipality, program: Callable[..., Program]
) -> None:
    elsewhere = program(brest)
    elsewhere.secret = holder.secret
    problem(elsewhere("POST", WHERE, TEXTS), 401, "invalid_key")


def test_revoked_or_over_it_stops_at_once(holder: Program, saran: Municipality, owner: Any) -> None:
    assert holder.get("proposals/").status_code == 200
    with schema_context(saran.schema_name):
        Token.objects.update(expires_at=timezone.now())
    problem(holder.get("proposals/"), 401, "invalid_key")
    with schema_context(saran.schema_name):
        Token.objects.update(expires_at=timezone.now() + timedelta(days=1))
        assert revoke_token(token=holder.token, actor=owner, at=timezone.now())
        assert not revoke_token(token=holder.token, actor=owner, at=timezone.now())
    problem(holder.get("proposals/"), 401, "invalid_key")


def test_it_does_what_its_scopes_say_and_nothing_else(holder: Program) -> None:
    problem(holder("PUT", "proposals/1/reaction/", {"value": "LIKE"}), 403, "scope_missing")


def test_who_is_suspended_or_gone_does_nothing_with_it(holder: Program, saran: Municipality, owner: Any) -> None:
    with schema_context(saran.schema_name):
        User.objects.filter(pk=owner.pk).update(suspended_until=timezone.now() + timedelta(days=3))
    problem(holder("POST", WHERE, TEXTS), 403, "account_suspended")
    assert holder.get("proposals/").status_code == 200  # what everybody reads
    with schema_context(saran.schema_name):
        User.objects.filter(pk=owner.pk).update(is_active=False)
    problem(holder.get("proposals/"), 401, "invalid_key")


def test_with_its_person_it_goes(holder: Program, saran: Municipality, owner: Any) -> None:
    with schema_context(saran.schema_name):
        erase(user_id=owner.pk, with_texts=False)
        assert not Token.objects.exists()
    problem(holder.get("proposals/"), 401, "invalid_key")


def test_its_use_is_noted_now_and_then(holder: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        assert Token.objects.get().last_used_at is None
    holder.get("proposals/")
    with schema_context(saran.schema_name):
        first = Token.objects.get().last_used_at
    holder.get("proposals/")
    with schema_context(saran.schema_name):
        assert Token.objects.get().last_used_at == first


def test_whoever_tries_keys_waits(program: Callable[..., Program], saran: Municipality, monkeypatch: Any) -> None:
    monkeypatch.setattr("rest.middleware.WRONG_KEYS_A_MINUTE", 2)
    reader = program(saran)
    answers = [reader.get("proposals/", Authorization=f"Bearer trk_{number}") for number in range(3)]
    assert [each.status_code for each in answers] == [401, 401, 429]


def test_beyond_the_limit_only_keys_that_held_are_looked_up(
    holder: Program, program: Callable[..., Program], saran: Municipality, monkeypatch: Any
) -> None:
    monkeypatch.setattr("rest.middleware.WRONG_KEYS_A_MINUTE", 2)
    assert holder.get("proposals/").status_code == 200
    looked_up = []
    monkeypatch.setattr(
        "rest.middleware.token_of", lambda secret, at: looked_up.append(secret) or token_of(secret, at=at)
    )
    for number in range(4):
        program(saran).get("proposals/", Authorization=f"Bearer trk_{number}")
    assert looked_up == ["trk_0", "trk_1"]
    assert holder.get("proposals/").status_code == 200


def test_what_is_asked_of_a_key_is_checked(in_saran: Municipality, person: Any) -> None:
    user, now = person(), timezone.now()
    for wanted in ([], ["nothing"], ["propose", "nothing"]):
        with pytest.raises(NoSuchScope):
            make_token(user=user, name="x", wanted=wanted, days=30, of_team=False, at=now)
    with pytest.raises(NoSuchDuration):
        make_token(user=user, name="x", wanted=["propose"], days=366, of_team=False, at=now)
    for _number in range(20):
        make_token(user=user, name="x", wanted=["propose"], days=30, of_team=False, at=now)
    with pytest.raises(TooManyKeys):
        make_token(user=user, name="x", wanted=["propose"], days=30, of_team=False, at=now)
    assert AuditEntry.objects.filter(action="api_key_made").count() == 20


def test_a_city_that_only_reads_refuses_what_is_written(holder: Program, saran: Municipality) -> None:
    Municipality.objects.filter(pk=saran.pk).update(state="READ_ONLY")
    problem(holder("POST", WHERE, TEXTS), 409, "read_only")
    assert holder.get("proposals/").status_code == 200


def test_a_city_in_maintenance_says_so(holder: Program, saran: Municipality) -> None:
    Municipality.objects.filter(pk=saran.pk).update(maintenance_since=timezone.now())
    answer = holder.get("proposals/")
    problem(answer, 503, "maintenance")
    assert answer.headers["Retry-After"] == "120"
