"""The statement that enters a city brings the session and its person: nothing more is asked, nothing ended goes on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as Before
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.backends import SchemaBackend
from accounts.models import User
from accounts.session_store import SessionStore
from accounts.sessions import end_sessions
from common.db import connection as ours
from tenants.models import Municipality
from tests.participation.factories import ProposalFactory

NAME = "Mésange charbonnière"


@pytest.fixture
def client(visit: Callable[..., Client], saran: Municipality, person: Any) -> Client:
    client = visit(saran, person(public_name=NAME))
    assert NAME in client.get("/propositions/").content.decode()
    return client


def test_a_kept_page_costs_somebody_one_statement(client: Client, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory().get_absolute_url()
    for path, statements in (("/propositions/", 1), ("/", 1), (proposal, 2)):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(path)
        assert (page.headers["X-Cache"], NAME in page.content.decode()) == ("hit", True)
        assert len(captured) == statements, [query["sql"] for query in captured]


def test_their_row_is_read_as_any_other(client: Client, saran: Municipality) -> None:
    """Times, numbers and words as the model has them."""
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    with schema_context(saran.schema_name):
        user = User.objects.get(public_name=NAME)
        User.objects.filter(pk=user.pk).update(suspended_until=timezone.now(), unread_notices=3)
        user.refresh_from_db()
    ours.enter_city(saran.host, session_key=key)
    ours.set_tenant(saran)
    with CaptureQueriesContext(connection) as captured:
        found = SchemaBackend().get_user(user.pk)
        assert found is not None
        for field in User._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(user, field.attname), field
    assert not captured
    ours.forget_found()


def test_what_was_read_is_for_that_session_and_person_once(client: Client, saran: Municipality) -> None:
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    with schema_context(saran.schema_name):
        pk = User.objects.get(public_name=NAME).pk
    for take, asked, found in (
        (ours.take_person, pk + 1, None),
        (ours.take_session, "a" * 32, (False, None)),
    ):
        ours.enter_city(saran.host, session_key=key)
        ours.set_tenant(saran)
        assert take(asked) == found
    ours.enter_city(saran.host, session_key=key)
    with schema_context("public"):
        assert ours.take_person(pk) is None
    ours.enter_city(saran.host, session_key=key)
    ours.set_tenant(saran)
    assert ours.take_person(pk)["public_name"] == NAME
    assert ours.take_person(pk) is None
    ours.forget_found()


def test_nothing_of_one_request_is_left_for_the_next(client: Client, saran: Municipality) -> None:
    """Of one that was answered before anybody asked whose session it is."""
    Municipality.objects.filter(pk=saran.pk).update(maintenance_since=timezone.now())
    assert client.get("/propositions/").status_code == 503
    assert (ours.found_session, ours.found_person) == (None, None)


def deactivated(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def expired(user: User) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def ended(user: User) -> None:
    end_sessions(user=user)


def deleted(user: User) -> None:
    Session.objects.all().delete()


def forged(user: User) -> None:
    """The database reads whose it is; Python, whether it was signed."""
    for session in Session.objects.all():
        payload, _colon, signature = session.session_data.partition(":")
        session.session_data = f"{payload}:{signature[:-3]}abc"
        session.save()


@pytest.mark.parametrize("act", [deactivated, expired, ended, deleted, forged], ids=lambda act: act.__name__)
@pytest.mark.parametrize("path", ["/propositions/", "/compte/"])
def test_what_is_over_is_over_at_once(
    client: Client, saran: Municipality, act: Callable[[User], None], path: str
) -> None:
    with schema_context(saran.schema_name):
        act(User.objects.get(public_name=NAME))
    assert NAME not in client.get(path).content.decode()


def test_a_session_of_another_city_is_none(client: Client) -> None:
    brest = Municipality.objects.get(slug="brest")
    with schema_context(brest.schema_name):
        User.objects.create(email="autre@example.org", public_name="Une Brestoise")
    there = Client(HTTP_HOST=brest.host)
    there.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    page = there.get("/propositions/").content.decode()
    assert NAME not in page
    assert "Une Brestoise" not in page


@pytest.mark.parametrize("key", ["", "é" * 32, "'; DROP", "a" * 41, "a\0b"])
def test_what_is_no_key_is_no_session(visit: Callable[..., Client], saran: Municipality, key: str) -> None:
    client = visit(saran)
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert client.get("/").status_code == 200


def test_a_session_that_the_release_before_compressed_goes_on(client: Client, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        [session] = Session.objects.all()
        said = SessionStore().decode(session.session_data)
        session.session_data = Before().encode({**said, "long": "a" * 500})
        assert session.session_data.startswith(".")
        session.save()
    assert NAME in client.get("/propositions/").content.decode()
