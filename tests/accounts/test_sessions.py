"""How long a session lasts, by whose it is; and ending those of all other devices."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from accounts.sessions import end_sessions
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.support.pages import message_levels

HOUR, DAY = 3600, 24 * 3600


def as_of(client: Client, *, came_in: float, seen: float | None = None) -> Client:
    """As though its person had come in, and been seen, so many seconds ago."""
    session = client.session
    session["came_in_at"] = time.time() - came_in
    session["seen_at"] = time.time() - (came_in if seen is None else seen)
    session.save()
    return client


@pytest.mark.parametrize(
    ("role", "came_in", "seen", "goes_on"),
    [
        (Role.PARTICIPANT, 50 * DAY, 50 * DAY, True),
        (Role.MODERATOR, 11 * HOUR, 11 * HOUR, True),
        (Role.MODERATOR, 13 * HOUR, 13 * HOUR, False),
        (Role.ADMINISTRATOR, 6 * DAY, HOUR, True),
        (Role.ADMINISTRATOR, 8 * DAY, HOUR, False),
        (Role.OPERATOR, 5 * HOUR, HOUR, True),
        (Role.OPERATOR, 3 * HOUR, 3 * HOUR, False),
        (Role.OPERATOR, 13 * HOUR, HOUR, False),
    ],
)
def test_a_session_ends_by_whose_it_is(
    visit: Callable[..., Client],
    saran: Municipality,
    person: Any,
    role: str,
    came_in: float,
    seen: float,
    goes_on: bool,
) -> None:
    city = None if role == Role.OPERATOR else saran
    client = visit(city, person(city=city, role=role), stays=True)
    with schema_context(city.schema_name if city else "public"):
        as_of(client, came_in=came_in, seen=seen)
        assert (client.get("/compte/securite/").status_code == 200) is goes_on


def test_a_session_of_before_these_rules_ends_for_the_team(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    for role, goes_on in ((Role.PARTICIPANT, True), (Role.OBSERVER, False)):
        client = visit(in_saran, UserFactory(role=role), stays=True)
        session = client.session
        del session["came_in_at"]
        session.save()
        assert (client.get("/compte/").status_code == 200) is goes_on


def test_what_was_typed_when_it_ended_is_found_again_and_the_door_says_so(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    boss = UserFactory(role=Role.ADMINISTRATOR, email="chef@saran.example")
    client = as_of(visit(in_saran, boss, stays=True), came_in=DAY)
    answer = client.post(
        "/gestion/consultations/territoires-resilients/cadre/",
        {"question": "Que faire de la place du marché ?"},
        follow=True,
    )
    page = answer.content.decode()
    assert "votre session a été fermée" in page
    assert "Ce que vous aviez écrit est gardé" in page
    client.force_login(boss)
    page = client.get("/connexion/suite/", follow=True).content.decode()
    assert "Que faire de la place du marché" in page


def test_being_there_is_noted_every_five_minutes_and_not_at_every_page(
    in_saran: Municipality, visit: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    client = visit(in_saran, UserFactory(role=Role.OBSERVER), stays=True)
    as_of(client, came_in=HOUR, seen=200)
    before = client.session["seen_at"]
    client.get("/gestion/")
    assert client.session["seen_at"] == before
    as_of(client, came_in=HOUR, seen=400)
    client.get("/gestion/")
    assert client.session["seen_at"] > before


def test_a_participants_pages_write_nothing(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    client = visit(in_saran, UserFactory(), stays=True)
    as_of(client, came_in=DAY)
    before = Session.objects.values_list("session_data", "expire_date").get(pk=client.session.session_key)
    client.get("/compte/")
    assert Session.objects.values_list("session_data", "expire_date").get(pk=client.session.session_key) == before


def test_signing_out_everywhere_else_ends_all_but_this_one(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    user = UserFactory()
    here, there, elsewhere = (visit(in_saran, user, stays=True) for _device in range(3))
    other = visit(in_saran, UserFactory(), stays=True)
    copied = here.session.session_key
    from tests.conftest import shows

    shows(here, user, "code")
    assert message_levels(here.post("/compte/securite/autres-appareils/", follow=True)) == ["success"]
    assert {client.get("/compte/").status_code for client in (there, elsewhere)} == {302}
    assert {client.get("/compte/").status_code for client in (here, other)} == {200}
    thief = visit(in_saran)
    thief.cookies[settings.SESSION_COOKIE_NAME] = copied
    assert thief.get("/compte/").status_code == 302


def test_a_new_sign_in_after_it_is_good(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    user = UserFactory()
    end_sessions(user=user)
    assert visit(in_saran, user, stays=True).get("/compte/").status_code == 200


def test_sessions_of_before_the_release_go_on(in_saran: Municipality) -> None:
    """The hash is Django's own until the person ends their sessions."""
    from django.contrib.auth.base_user import AbstractBaseUser

    user = UserFactory()
    assert user.get_session_auth_hash() == AbstractBaseUser._get_session_auth_hash(user)


def test_who_is_made_inactive_is_out_at_once(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    user = UserFactory(role=Role.ADMINISTRATOR, last_login=timezone.now())
    client = visit(in_saran, user, stays=True)
    assert client.get("/gestion/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/gestion/").status_code == 302
