"""People get a kept page before its view is looked for: only where that view asks nothing of them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware, _does_token_match
from django.test import Client, RequestFactory
from django.urls import URLResolver
from django.utils import timezone
from django_tenants.utils import schema_context

from common import kept, variants
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.participation.factories import ProposalFactory

PATH = "/propositions/"
Visit = Callable[..., Client]


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    at = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: at)
    # One order for all, so that everyone asks for the same page.
    monkeypatch.setattr(variants, "_variant", lambda request: ("0", frozenset()))
    caches["pages"].clear()


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were looked up."""
    asked: list[str] = []
    before = URLResolver.resolve

    def resolve(self: URLResolver, path: str) -> Any:
        asked.append(path)
        return before(self, path)

    monkeypatch.setattr(URLResolver, "resolve", resolve)
    return asked


def test_the_second_person_gets_it_without_its_view(
    visit: Visit, saran: Municipality, person: Any, unasked: list[str]
) -> None:
    first, client = (visit(saran, person(public_name=name)) for name in ("Tilleul", "Mésange"))
    assert first.get(PATH).headers["X-Cache"] == "miss"
    unasked.clear()
    page = client.get(PATH)
    assert page.headers["X-Cache"] == "hit"
    assert PATH not in unasked
    words = page.content.decode()
    assert "Mésange" in words
    assert "Tilleul" not in words
    assert page.resolver_match.url_name == "proposals"


def test_the_arguments_of_its_view_are_those_of_the_address(
    visit: Visit, saran: Municipality, person: Any, unasked: list[str]
) -> None:
    with schema_context(saran.schema_name):
        paths = [ProposalFactory().get_absolute_url() for _each in range(2)]
    client = visit(saran, person())
    client.post(paths[0] + "reagir/", {"reaction": "LIKE"})
    client.cookies.pop(settings.WROTE_COOKIE_NAME, None)
    for path in paths:
        client.get(path)
    unasked.clear()
    said = ['value="LIKE" aria-pressed="true"' in client.get(path).content.decode() for path in paths]
    assert said == [True, False]
    assert not set(paths) & set(unasked)


def test_what_only_people_with_a_role_came_to_goes_through_its_view(
    visit: Visit, saran: Municipality, person: Any, unasked: list[str]
) -> None:
    team, client = visit(saran, person(administrator=True)), visit(saran, person())
    assert [team.get(PATH).headers["X-Cache"] for _each in range(2)] == ["miss", "hit"]
    unasked.clear()
    assert client.get(PATH).headers["X-Cache"] == "hit"
    assert PATH[1:] in unasked or PATH in unasked
    unasked.clear()
    assert team.get(PATH).headers["X-Cache"] == "hit"
    assert not unasked


@pytest.mark.parametrize(
    "change", [{"verified_at": None}, {"state": LifecycleState.SUSPENDED}, {"opened_at": None}], ids=str
)
def test_a_city_that_asks_something_of_everyone_is_asked(
    visit: Visit, saran: Municipality, person: Any, change: dict[str, Any]
) -> None:
    client = visit(saran, person())
    assert [client.get(PATH).headers["X-Cache"] for _each in range(2)] == ["miss", "hit"]
    Municipality.objects.filter(pk=saran.pk).update(**change)
    with schema_context(saran.schema_name):
        ProposalFactory(title="Nouvelle")
    team = visit(saran, person(administrator=True))
    for _unused in range(2):
        team.get(PATH)  # they read it, and it is kept
        assert client.get(PATH).status_code in (404, 503)


# ── The token of a form ───────────────────────────────────────────────────────


def test_a_token_is_one_that_django_takes_and_another_each_time() -> None:
    tokens = set()
    for _unused in range(50):
        request = RequestFactory().get("/", headers={"Cookie": f"{settings.CSRF_COOKIE_NAME}={'aZ09' * 8}"})
        CsrfViewMiddleware(lambda request: None).process_request(request)  # type: ignore[arg-type, return-value]
        token = kept.token_of(request).decode()
        assert kept.token_of(request).decode() == token  # once a page
        assert _does_token_match(token, "aZ09" * 8)
        assert not _does_token_match(token, "aZ08" * 8)
        tokens.add(token)
    assert len(tokens) == 50


def test_each_sign_of_a_mask_is_as_likely_as_any_other() -> None:
    kept_ones = [value for value in range(256) if value not in kept._UNEVEN]
    assert len(kept_ones) % 62 == 0
    assert {kept._SIGN_AT[kept._PLACE_BY_LOT[value]] for value in kept_ones} == set(kept._SIGNS)


def test_who_has_the_cookie_is_not_sent_it_again_and_who_has_none_is(
    visit: Visit, saran: Municipality, person: Any
) -> None:
    client = visit(saran, person())
    first, second = client.get(PATH), client.get(PATH)
    assert settings.CSRF_COOKIE_NAME in first.cookies
    assert settings.CSRF_COOKIE_NAME not in second.cookies
    assert settings.CSRF_COOKIE_NAME in client.get("/compte/").cookies  # renewed where nothing is kept


def test_a_request_without_a_cookie_gets_a_secret_of_its_own() -> None:
    request: HttpRequest = RequestFactory().get("/")
    token = kept.token_of(request).decode()
    assert _does_token_match(token, request.META["CSRF_COOKIE"])
    assert request.META["CSRF_COOKIE_NEEDS_UPDATE"]
