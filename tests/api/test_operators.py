"""The operators' API, on the public host: platforms are ordered and followed, the register is read, with keys of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, User
from onboarding.enums import RunState
from onboarding.models import Authority, ProvisioningRun
from rest.models import KeptAnswer, Token
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.api.conftest import Program, problem

WANTED = {
    "authority_kind": "COMMUNE",
    "authority_code": "45169",
    "slug": "ingre",
    "admin_email": "maire@ingre.example",
}


@pytest.fixture
def operator(person: Any) -> Any:
    return person(None, operator=True)


@pytest.fixture
def orders(program: Callable[..., Program], operator: Any) -> Program:
    Authority.objects.get_or_create(kind="COMMUNE", code="45169", defaults={"name": "Ingré", "search_name": "ingre"})
    return program(None, operator, "provision")


@pytest.fixture
def reads(program: Callable[..., Program], operator: Any) -> Program:
    return program(None, operator, "fleet")


# ── Having platforms made ────────────────────────────────────────────────────


def test_a_platform_is_ordered_and_followed(orders: Program, operator: Any, saran: Municipality) -> None:
    answer = orders("POST", "runs/", WANTED)
    assert answer.status_code == 202
    run = ProvisioningRun.objects.get(pk=answer.json()["id"])
    assert (run.authority_name, run.slug, run.verified, run.state) == ("Ingré", "ingre", True, RunState.RUNNING)
    entry = AuditEntry.objects.get(action="platform_asked_for", subject_id=str(run.pk))
    assert (entry.actor_id, entry.details) == (operator.pk, {"slug": "ingre", "api_key": orders.token.pk})
    where = answer.json()["address"].partition("/api/v1/")[2]
    said = orders.get(where).json()
    assert (said["state"], said["step"], said["url"], said["steps"]) == ("RUNNING", "RESERVE", None, [])
    made = orders.get(f"runs/{ProvisioningRun.objects.get(slug='saran').pk}/").json()
    assert (made["state"], made["url"]) == ("DONE", saran.url)


def test_what_cannot_be_made_is_said_beside_its_field(orders: Program, saran: Municipality) -> None:
    of_saran = {"authority_kind": saran.kind, "authority_code": saran.authority_code}
    Authority.objects.get_or_create(
        kind=saran.kind, code=saran.authority_code, defaults={"name": "Saran", "search_name": "saran"}
    )
    for wrong, status, code, field in (
        ({"authority_code": "99999"}, 422, "authority_unknown", "authority_code"),
        (of_saran, 409, "authority_already_served", "authority_code"),
        ({"slug": "saran"}, 409, "slug_taken", "slug"),
        ({"slug": "admin"}, 422, "slug_refused", "slug"),
        ({"slug": "Ingré !"}, 422, "slug_refused", "slug"),
        ({"colour": "red"}, 422, "colour_refused", "colour"),
        ({"challenge_set": "rien"}, 422, "challenge_set_unknown", "challenge_set"),
        ({"admin_email": "maire@[127.0.0.1]"}, 422, "invalid", "admin_email"),
        ({"authority_kind": "PLANET"}, 422, "invalid", "authority_kind"),
        ({"verified": False}, 422, "invalid", "verified"),
    ):
        said = problem(orders("POST", "runs/", {**WANTED, **wrong}), status, code)
        assert [each["pointer"] for each in said["errors"]] == [f"#/{field}"], wrong
    assert not ProvisioningRun.objects.filter(slug="ingre").exists()


def test_what_is_being_made_is_taken_already(orders: Program) -> None:
    assert orders("POST", "runs/", WANTED).status_code == 202
    problem(orders("POST", "runs/", {**WANTED, "slug": "ingre-2"}), 409, "authority_already_served")
    other = {"authority_code": Authority.objects.exclude(code="45169").filter(kind="COMMUNE")[0].code}
    problem(orders("POST", "runs/", {**WANTED, **other}), 409, "slug_taken")
    ProvisioningRun.objects.filter(slug="ingre").update(state=RunState.CANCELLED)
    assert orders("POST", "runs/", WANTED).status_code == 202


def test_ordered_twice_it_is_one_platform(orders: Program) -> None:
    named = {"Idempotency-Key": "ingre"}
    first, second = (orders("POST", "runs/", WANTED, **named) for _number in range(2))
    assert (second.status_code, second.json()) == (202, first.json())
    assert second.headers["Idempotency-Replayed"] == "true"
    problem(orders("POST", "runs/", {**WANTED, "slug": "ville-ingre"}, **named), 422, "idempotency_key_reused")
    assert ProvisioningRun.objects.filter(authority_code="45169").count() == 1
    assert WANTED["admin_email"] not in str(KeptAnswer.objects.get().body)


def test_orders_have_a_limit_of_their_own(orders: Program, monkeypatch: Any) -> None:
    from common.limits import Rate
    from onboarding.limits import ORDERED_PLATFORMS

    monkeypatch.setattr(ORDERED_PLATFORMS, "rates", (Rate(1, 60, "key"),))
    answers = [orders("POST", "runs/", {}) for _number in range(2)]
    assert [each.status_code for each in answers] == [422, 429]
    assert int(answers[1].headers["Retry-After"]) > 0
    assert answers[1].headers["RateLimit"]


# ── The register ─────────────────────────────────────────────────────────────


def test_the_register_is_read_page_by_page(reads: Program, saran: Municipality, brest: Municipality) -> None:
    first = reads.get("cities/?limit=1").json()
    then = reads.get(first["next"].partition("/api/v1/")[2]).json()
    assert [each["slug"] for each in first["results"] + then["results"]] == ["brest", "saran"]
    assert then["next"] is None
    assert first["results"][0]["url"] == brest.url


def test_it_is_narrowed_as_on_the_operators_page(reads: Program, saran: Municipality, brest: Municipality) -> None:
    def found(asked: str) -> list[str]:
        return [each["slug"] for each in reads.get(f"cities/?{asked}").json()["results"]]

    Municipality.objects.filter(pk=brest.pk).update(verified_at=None, opened_at=None, structure="another")
    assert found("search=sar") == ["saran"]
    assert found("needing=verification") == found("needing=opening") == found("needing=migration") == ["brest"]
    assert reads.get("cities/brest/").json()["is_behind"] is True
    Municipality.objects.filter(pk=brest.pk).update(state=LifecycleState.DELETED)
    assert (found(""), found("state=DELETED")) == (["saran"], ["brest"])
    problem(reads.get("cities/brest/"), 404, "not_found")
    for wrong in ("state=ANY", "needing=money", "limit=1000000", "cursor=x", "slug=saran", "search=%00"):
        problem(reads.get(f"cities/?{wrong}"), 400, "invalid_parameters")


def test_many_cities_cost_the_queries_of_two(reads: Program, saran: Municipality, brest: Municipality) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert reads.get("cities/?limit=100").status_code == 200
        return len(captured)

    asked()
    few = asked()
    Municipality.objects.bulk_create([Municipality(slug=f"ville-{each}", name=f"Ville {each}") for each in range(10)])
    assert asked() == few


# ── Whose key ────────────────────────────────────────────────────────────────

ADDRESSES = ("cities/", "cities/saran/", "runs/00000000-0000-4000-8000-000000000000/")


def test_nobody_reads_without_a_key_nor_beyond_its_scope(
    program: Callable[..., Program], orders: Program, reads: Program
) -> None:
    for address in ADDRESSES:
        problem(program(None).get(address), 401, "unauthenticated")
    problem(program(None)("POST", "runs/", WANTED), 401, "unauthenticated")
    problem(orders.get("cities/"), 403, "scope_missing")
    problem(reads("POST", "runs/", WANTED), 403, "scope_missing")
    problem(reads.get(ADDRESSES[2]), 403, "scope_missing")


def test_a_key_of_a_city_is_nothing_here_and_the_other_way_round(
    program: Callable[..., Program], reads: Program, saran: Municipality, person: Any
) -> None:
    of_city = program(saran, person(administrator=True), "moderate")
    here, there = program(None), program(saran)
    here.secret, there.secret = of_city.secret, reads.secret
    problem(here.get("cities/"), 401, "invalid_key")
    problem(there.get("proposals/"), 401, "invalid_key")
    assert reads.get("me/").json()["scopes"] == ["fleet"]


def test_it_stops_with_its_operator(reads: Program, operator: Any) -> None:
    assert reads.get("cities/").status_code == 200
    User.objects.filter(pk=operator.pk).update(role="PARTICIPANT")
    problem(reads.get("cities/"), 403, "scope_missing")
    User.objects.filter(pk=operator.pk).update(role="OPERATOR", is_active=False)
    problem(reads.get("cities/"), 401, "invalid_key")
    User.objects.filter(pk=operator.pk).update(is_active=True)
    Token.objects.filter(pk=reads.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    problem(reads.get("cities/"), 401, "invalid_key")


def test_whoever_asks_too_often_is_told_when_to_go_on(reads: Program, monkeypatch: Any) -> None:
    monkeypatch.setattr("rest.middleware.REQUESTS_A_MINUTE", 1)
    answers = [reads.get("cities/") for _number in range(2)]
    assert answers[0].headers["RateLimit"].startswith('"minute";r=0')
    problem(answers[1], 429, "too_many")
    assert int(answers[1].headers["Retry-After"]) > 0
