"""POST challenges/<slug>/proposals/ and PATCH proposals/<id>/: to propose, and to correct what one has just proposed."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context

from accounts.models import AuditEntry, Neighbourhood
from consultations.participation.enums import Status
from consultations.participation.models import Draft, Proposal
from rest.models import KeptAnswer
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.api.conftest import Program, problem
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.participation.test_react import close_phase

WHERE = "challenges/ecologie/proposals/"
TEXTS = {
    "title": "Des bancs à l’ombre sur le mail",
    "solution": "Installer dix bancs à l’ombre des platanes, entre la mairie et la gare.",
    "problem": "Les personnes âgées ne peuvent plus aller à pied jusqu’à la gare en été.",
    "benefit": "Chacun pourra faire le trajet à pied, en s’arrêtant quand il en a besoin.",
}


@pytest.fixture
def author(person: Any) -> Any:
    return person()


@pytest.fixture
def proposer(program: Callable[..., Program], saran: Municipality, author: Any) -> Program:
    return program(saran, author, "propose")


def test_it_is_published_as_its_person_wrote_it(proposer: Program, saran: Municipality, author: Any) -> None:
    answer = proposer("POST", WHERE, TEXTS)
    assert answer.status_code == 201
    said = answer.json()
    with schema_context(saran.schema_name):
        proposal = Proposal.objects.get(pk=said["id"])
        assert {name: getattr(proposal, name) for name in TEXTS} == TEXTS
        assert (proposal.author_id, proposal.status) == (author.pk, Status.PUBLISHED)
        entry = AuditEntry.objects.get(action="proposal_submitted")
        assert (entry.actor_id, entry.details) == (author.pk, {"api_key": proposer.token.pk})
    assert said["waits"] is False
    assert proposer.get(said["address"].partition(saran.host)[2]).json()["title"] == TEXTS["title"]


def test_each_field_that_cannot_be_taken_is_named(proposer: Program, saran: Municipality) -> None:
    said = problem(proposer("POST", WHERE, {**TEXTS, "title": "Banc", "sollution": "x", "benefit": 3}), 422, "invalid")
    assert {each["pointer"] for each in said["errors"]} == {"#/title", "#/benefit"}
    said = problem(proposer("POST", WHERE, {**TEXTS, "sollution": "x"}), 422, "invalid")
    assert [each["pointer"] for each in said["errors"]] == ["#/sollution"]
    said = problem(proposer("POST", WHERE, {}), 422, "invalid")
    assert {each["pointer"] for each in said["errors"]} == {f"#/{name}" for name in TEXTS}
    with schema_context(saran.schema_name):
        assert not Proposal.objects.exists()
        assert not Draft.objects.exists()


def test_what_the_service_refuses_is_a_problem_with_its_code(proposer: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        Neighbourhood.objects.create(name="Le Bourg", key="le-bourg", position=1)
    said = problem(proposer("POST", WHERE, {**TEXTS, "neighbourhood": "Nulle part"}), 422, "neighbourhood_refused")
    assert said["errors"][0]["pointer"] == "#/neighbourhood"
    with schema_context(saran.schema_name):
        close_phase()
    said = problem(proposer("POST", WHERE, TEXTS), 409, "phase_closed")
    assert said["detail"].endswith("écrire ici.")  # no page keeps the text
    assert said["type"] == "/api/#conflict"
    with schema_context(saran.schema_name):
        assert not Draft.objects.exists()
    problem(proposer("POST", "challenges/inconnu/proposals/", TEXTS), 404, "not_found")


def test_it_is_corrected_while_nobody_has_answered(proposer: Program, saran: Municipality) -> None:
    where = f"proposals/{proposer('POST', WHERE, TEXTS).json()['id']}/"
    assert proposer("PATCH", where, {"title": "Des bancs et des fontaines"}).status_code == 200
    said = proposer.get(where).json()
    assert (said["title"], said["solution"]) == ("Des bancs et des fontaines", TEXTS["solution"])
    with schema_context(saran.schema_name):
        ArgumentFactory(proposal=Proposal.objects.get())
        others = ProposalFactory()
    problem(proposer("PATCH", where, {"title": "Des bancs, et rien d’autre"}), 409, "already_answered")
    problem(proposer("PATCH", f"proposals/{others.pk}/", {"title": "Des bancs, et rien"}), 403, "not_an_author")


def test_sent_twice_it_is_done_once(proposer: Program, saran: Municipality) -> None:
    named = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    first, second = (proposer("POST", WHERE, TEXTS, **named) for _number in range(2))
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert (first.headers.get("Idempotency-Replayed"), second.headers["Idempotency-Replayed"]) == (None, "true")
    problem(proposer("POST", WHERE, {**TEXTS, "title": "Un tout autre titre"}, **named), 422, "idempotency_key_reused")
    for odd in ("", "x" * 256):
        problem(proposer("POST", WHERE, TEXTS, **{"Idempotency-Key": odd}), 400, "idempotency_key_invalid")
    with schema_context(saran.schema_name):
        assert Proposal.objects.count() == 1
        assert not any(words in str(KeptAnswer.objects.get().body) for words in TEXTS.values())


def test_what_was_refused_is_looked_at_anew(proposer: Program, saran: Municipality) -> None:
    named = {"Idempotency-Key": "une-fois"}
    problem(proposer("POST", "challenges/inconnu/proposals/", TEXTS, **named), 404, "not_found")
    assert proposer("POST", WHERE, TEXTS, **named).status_code == 201


def test_another_key_may_use_the_same_name(
    program: Callable[..., Program], saran: Municipality, proposer: Program, person: Any
) -> None:
    other = program(saran, person(), "propose")
    named = {"Idempotency-Key": "1"}
    ids = {each("POST", WHERE, TEXTS, **named).json()["id"] for each in (proposer, other)}
    assert len(ids) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe",
        b'{"title": NaN}',
        b"[]",
        b'"words"',
        b"null",
        b'{"title": "\\u0000"}',
        b'{"title": "\\ud800"}',
        b'{"title": {"a": 1}}',
    ],
)
def test_whatever_is_sent_is_answered(proposer: Program, body: bytes) -> None:
    answer = proposer("POST", WHERE, body)
    assert answer.status_code in (400, 422), answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_what_is_too_large_or_no_json_is_not_read(proposer: Program) -> None:
    problem(proposer("POST", WHERE, b'"' + b"x" * 1_000_001 + b'"'), 413, "too_large")
    answer = proposer.client.generic(
        "POST",
        "/api/v1/" + WHERE,
        b"title=x",
        "application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {proposer.secret}"},
    )
    problem(answer, 415, "unsupported_media_type")


def test_writing_too_fast_is_told_when_to_go_on(proposer: Program) -> None:
    answers = [proposer("POST", WHERE, {}) for _number in range(13)]
    assert [each.status_code for each in answers] == [422] * 12 + [429]
    problem(answers[-1], 429, "too_many")
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_where_the_city_reads_first_it_waits(proposer: Program, saran: Municipality, program: Any) -> None:
    from consultations.framing.models import Consultation

    with schema_context(saran.schema_name):
        Consultation.objects.update(moderation="BEFORE")
    said = proposer("POST", WHERE, TEXTS).json()
    assert said["waits"] is True
    problem(program(saran).get(f"proposals/{said['id']}/"), 404, "not_found")
    assert proposer("PATCH", f"proposals/{said['id']}/", {"title": "Des bancs et des fontaines"}).status_code == 200


def test_who_has_no_public_name_makes_no_key_that_writes(in_saran: Municipality) -> None:
    from django.utils import timezone

    from rest.services.tokens import NoPublicName, make_token

    nameless = UserFactory(public_name="", name_key="")
    with pytest.raises(NoPublicName):
        make_token(user=nameless, name="x", wanted=["propose"], days=30, of_team=False, at=timezone.now())
