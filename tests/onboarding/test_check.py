"""The last check asks for the new city's pages, as a browser does: what does not answer stops the run."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from accounts.models import User
from consultations.framing.models import Challenge
from onboarding import checks, provisioning
from onboarding.checks import PlatformIncomplete, check_platform
from onboarding.enums import RunState, Step
from tenants.models import Municipality
from tests.onboarding.test_provisioning import ask


@pytest.fixture
def unready(real_db: str, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    """A city that has everything and is not seen yet."""

    def fail(run: Any) -> None:
        raise RuntimeError("not yet")

    with monkeypatch.context() as patch:
        patch.setitem(provisioning._ACTIONS, Step.READY, fail)
        run = provisioning.advance(ask().pk)
    assert run is not None
    assert run.municipality is not None
    assert run.step == Step.READY, run.problem
    return run.municipality


def check(city: Municipality, **kwargs: Any) -> None:
    check_platform(city, admin_email="maire@ingre.example", **kwargs)


def asked_pages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    seen: list[tuple[str, str]] = []
    page = checks._page

    def noting(host: str, path: str, **kwargs: Any) -> None:
        seen.append((host, path))
        page(host, path, **kwargs)

    monkeypatch.setattr(checks, "_page", noting)
    return seen


def test_every_page_of_the_first_minute_is_asked_for(unready: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = asked_pages(monkeypatch)
    check(unready)
    paths = {path for host, path in seen if host == unready.host}
    assert paths == {
        "/", "/couleurs/1d4a41.css", "/mentions-legales/", "/donnees-personnelles/", "/charte/", "/accessibilite/",
        "/connexion/", "/gestion/",
    }  # fmt: skip
    assert {host for host, _path in seen} == {unready.host, "territoires.localhost"}, "and no other city's"


def test_it_leaves_nothing_behind_and_the_connection_where_it_was(
    unready: Municipality, visit: Callable[..., Client]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        before = cursor.fetchone()
    check(unready)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() == before, "the same connection: the run's lock goes with it"
        cursor.execute("SELECT current_user, current_schema()")
        assert cursor.fetchone() == ("territoires", "public")
    with schema_context(unready.schema_name):
        assert Session.objects.count() == 0
    assert Client(HTTP_HOST=unready.host).get("/").status_code == 404, "nobody else sees it yet"


def test_it_asks_for_ten_pages_and_little_of_the_database(
    unready: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole sign-up waits for it: each page once, the home as a visitor and as the team, and few queries for each."""
    check(unready)  # what a process remembers is there
    seen = asked_pages(monkeypatch)
    with CaptureQueriesContext(connection) as asked:
        check(unready)
    assert len(seen) == 10
    assert len(asked) <= 95


@pytest.mark.parametrize("https", [False, True])
def test_it_passes_where_only_https_is_served(unready: Municipality, https: bool) -> None:
    scheme = "https" if https else "http"
    with override_settings(
        SECURE_SSL_REDIRECT=https,
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
        PUBLIC_SCHEME=scheme,
        PUBLIC_BASE_URL=f"{scheme}://territoires.localhost",
    ):
        checks._application.cache_clear()
        check(unready)
    checks._application.cache_clear()


def test_a_page_that_fails_is_named_with_why(unready: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> HttpResponse:
        raise RuntimeError("no ink")

    monkeypatch.setattr("consultations.framing.resident.views.reference_consultation", broken)
    with pytest.raises(PlatformIncomplete, match=r"ingre\.territoires\.localhost/mentions-legales/ échoue.*no ink"):
        check(unready)
    assert connection.schema_name == "public"


def test_a_page_that_does_not_answer_200_is_named(unready: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LEGAL_PAGES", ["sign_out"])
    with pytest.raises(PlatformIncomplete, match=r"/deconnexion/ répond 405"):
        check(unready)


def test_a_missing_challenge_is_noticed(unready: Municipality) -> None:
    with schema_context(unready.schema_name):
        challenge = Challenge.objects.order_by("pk")[0]
        Challenge.objects.filter(pk=challenge.pk).delete()
    with pytest.raises(PlatformIncomplete, match="ne dit pas"):
        check(unready, expected=[challenge.question])


def test_a_missing_administrator_is_noticed(unready: Municipality) -> None:
    with schema_context(unready.schema_name):
        User.objects.update(role="OBSERVER")
    with pytest.raises(PlatformIncomplete, match="Personne n’administre"):
        check(unready)


def test_a_missing_table_is_noticed(unready: Municipality) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE "{unready.schema_name}".framing_phase CASCADE')
    with pytest.raises(PlatformIncomplete, match="échoue"):
        check(unready)


def test_a_run_whose_pages_fail_is_tried_again_and_never_seen(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> HttpResponse:
        raise RuntimeError("no ink")

    with monkeypatch.context() as patch:
        patch.setattr("consultations.framing.resident.views.reference_consultation", broken)
        run = provisioning.advance(ask().pk)
    assert run is not None
    assert (run.state, run.step, run.attempts) == (RunState.RUNNING, Step.CHECK, 1)
    assert "mentions-legales" in run.problem
    assert Client(HTTP_HOST="ingre.territoires.localhost").get("/").status_code == 404
    finished = provisioning.advance(run.pk)
    assert finished is not None
    assert finished.state == RunState.DONE


def test_the_questions_that_a_city_reworded_are_looked_for(real_db: str) -> None:
    run = ask(
        framing={"challenges": [{"code": "ecologie", "question": "Comment ombrager la place ?"}, {"code": "sante"}]}
    )
    questions = provisioning._questions(run)
    assert questions[0] == "Comment ombrager la place ?"
    assert len(questions) == 2
