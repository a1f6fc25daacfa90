"""Reading needs no key: all that everybody reads on the pages, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.api.conftest import Program, problem
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory


@pytest.fixture
def reader(program: Callable[..., Program], saran: Municipality) -> Program:
    return program(saran)


def made(count: int, **named: Any) -> list[Proposal]:
    return [ProposalFactory(title=f"Un banc à l’ombre {number}", **named) for number in range(count)]


def test_a_proposal_says_what_its_page_says(reader: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
        ArgumentFactory(proposal=proposal)
    answer = reader.get(f"proposals/{proposal.pk}/")
    said = answer.json()
    assert answer.status_code == 200
    assert (said["id"], said["title"], said["solution"]) == (proposal.pk, proposal.title, proposal.solution)
    assert said["author"]["name"] == proposal.author_name
    assert said["page"] == f"http://{saran.host}{proposal.get_absolute_url()}"
    assert said["challenge"] == "ecologie"


@pytest.mark.parametrize("status", [Status.HIDDEN, Status.HELD, Status.REMOVED])
def test_what_nobody_reads_is_not_there(reader: Program, saran: Municipality, status: str) -> None:
    with schema_context(saran.schema_name):
        proposal, argument, reply = ProposalFactory(), ArgumentFactory(), ReplyFactory()
        Proposal.objects.filter(pk=proposal.pk).update(status=status)
        type(argument).objects.filter(pk=argument.pk).update(status=status)
        type(reply).objects.filter(pk=reply.pk).update(status=status)
    for path in (
        f"proposals/{proposal.pk}/",
        f"proposals/{proposal.pk}/arguments/",
        f"arguments/{argument.pk}/",
        f"arguments/{argument.pk}/replies/",
        f"replies/{reply.pk}/",
    ):
        problem(reader.get(path), 404, "not_found")
    assert proposal.pk not in [each["id"] for each in reader.get("proposals/").json()["results"]]


def test_a_number_that_nobody_reads_is_not_given(reader: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        whole, part = made(2)
        Proposal.objects.filter(pk=part.pk).update(merged_into=whole)
    assert reader.get(f"proposals/{part.pk}/").json()["merged_into"] == whole.pk
    with schema_context(saran.schema_name):
        Proposal.objects.filter(pk=whole.pk).update(status=Status.HIDDEN)
    assert reader.get(f"proposals/{part.pk}/").json()["merged_into"] is None


def test_all_of_a_list_is_read_page_by_page_while_others_write(reader: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        written = [each.pk for each in made(7)]
    page = reader.get("proposals/?limit=3").json()
    with schema_context(saran.schema_name):
        made(2)
    read = [each["id"] for each in page["results"]]
    while page["next"]:
        page = reader.get(page["next"].partition(saran.host)[2]).json()
        read += [each["id"] for each in page["results"]]
    assert read == written[::-1]


@pytest.mark.parametrize(
    "path", ["proposals/", "challenges/", "consultations/", "proposals/{}/arguments/", "arguments/{}/replies/"]
)
def test_a_list_asks_the_same_of_the_database_however_long_it_is(
    reader: Program, saran: Municipality, path: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(where).status_code == 200
        return len(asked)

    with schema_context(saran.schema_name):
        argument = ArgumentFactory()
        where = path.format(argument.proposal_id if "proposals" in path else argument.pk)

        def more(count: int) -> None:
            for _number in range(count):
                ReplyFactory(argument=argument)
                ArgumentFactory(proposal=argument.proposal)
                ProposalFactory()

        more(2)
    reader.get(where)
    at_two = queries()
    with schema_context(saran.schema_name):
        more(8)
    assert queries() == at_two


def test_filters_narrow_and_say_what_they_do_not_take(reader: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        first = ProposalFactory(title="Des fontaines à eau")
        ProposalFactory(title="Un banc à l’ombre")
    found = reader.get("proposals/?words=fontaines").json()["results"]
    assert [each["id"] for each in found] == [first.pk]
    assert reader.get(f"proposals/?challenge={first.challenge.slug}&stage=IDEA").status_code == 200
    assert reader.get("proposals/?consultation=inconnue").json()["results"] == []
    for odd in (
        "limit=1000000",
        "limit=0",
        "limit=deux",
        "cursor=abc",
        "cursor=" + "9" * 61,
        "stage=NONE",
        "challenge=';DROP TABLE x;--",
        "words=%00",
        "since=hier",
        "since=0001-01-01T00:00:00",
        "token=trk_abc",
        "access_token=trk_abc",
        "ids=" + ",".join(map(str, range(2000))),
    ):
        said = problem(reader.get(f"proposals/?{odd}"), 400, "invalid_parameters")
        assert said["errors"][0]["parameter"] == odd.partition("=")[0]


def test_who_has_it_already_is_told_so(reader: Program, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
    first = reader.get(f"proposals/{proposal.pk}/")
    mark = first.headers["ETag"]
    again = reader.get(f"proposals/{proposal.pk}/", **{"If-None-Match": mark})
    assert (again.status_code, again.content) == (304, b"")
    with schema_context(saran.schema_name):
        Proposal.objects.filter(pk=proposal.pk).update(title="Un autre titre pour elle")
    assert reader.get(f"proposals/{proposal.pk}/", **{"If-None-Match": mark}).status_code == 200
    assert first.headers["Cache-Control"] == "no-cache"
    assert "Authorization" in first.headers["Vary"]


def test_any_site_may_read_it_and_none_with_somebodys_key(reader: Program) -> None:
    answer = reader.get("proposals/", Origin="https://ailleurs.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    asked = reader("OPTIONS", "proposals/", Origin="https://ailleurs.example")
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "authorization" not in asked.headers["Access-Control-Allow-Headers"].lower()
    posted = reader("POST", "challenges/ecologie/proposals/", {}, Origin="https://ailleurs.example")
    assert "Access-Control-Allow-Origin" not in posted.headers


def test_how_often_one_may_ask_is_said_and_kept(reader: Program, monkeypatch: Any) -> None:
    monkeypatch.setattr("rest.middleware.REQUESTS_A_MINUTE", 2)
    first = reader.get("proposals/")
    assert first.headers["RateLimit-Policy"] == '"minute";q=2;w=60'
    assert first.headers["RateLimit"].startswith('"minute";r=1;t=')
    assert reader.get("proposals/").status_code == 200
    answer = reader.get("proposals/")
    problem(answer, 429, "too_many")
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_city_that_is_not_open_gives_nothing(reader: Program, saran: Municipality) -> None:
    Municipality.objects.filter(pk=saran.pk).update(opened_at=None)
    for path in ("proposals/", "consultations/", "challenges/"):
        problem(reader.get(path), 404, "not_open")


def test_what_is_not_there_or_not_taken_is_a_problem(reader: Program) -> None:
    problem(reader.get("nowhere/"), 404, "not_found")
    answer = reader("DELETE", "proposals/")
    problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]
    problem(reader("TRACE", "proposals/"), 405, "method_not_allowed")
    problem(reader.get("proposals/999999999999999999999999/"), 404, "not_found")


def test_a_session_is_no_key(visit: Callable[..., Any], saran: Municipality, person: Any) -> None:
    """So nothing that a browser sends by itself does anything here."""
    client = visit(saran, person())
    answer = client.post("/api/v1/challenges/ecologie/proposals/", "{}", content_type="application/json")
    problem(answer, 401, "unauthenticated")
    assert not client.get("/api/v1/proposals/").cookies
