"""Every version can be read, and the difference of any two; each says whom it thanks."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from consultations.participation.enums import Status, Verdict
from consultations.participation.models import Proposal, ProposalVersion
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory


def reworked(texts: list[str]) -> Proposal:
    proposal = ProposalFactory(version=len(texts), title="Un îlot frais", solution=texts[-1])
    for number, text in enumerate(texts, 1):
        ProposalVersion.objects.create(proposal=proposal, number=number, title="Un îlot frais", solution=text)
    return proposal


@pytest.fixture
def path(saran: Municipality) -> str:
    with schema_context(saran.schema_name):
        return reworked(["Un banc.", "Deux bancs.", "Trois bancs."]).get_absolute_url() + "versions/"


@pytest.mark.parametrize(
    ("query", "went", "came"),
    [
        ("", "Deux", "Trois"),
        ("?de=1&a=3", "Un banc", "Trois bancs"),
        ("?de=3&a=1", "Un banc", "Trois bancs"),
        ("?de=x&a=99999999999999999999", "Deux", "Trois"),
        ("?de=1", "Deux", "Trois"),
    ],
)
def test_any_two_versions_are_compared(
    visit: Callable[..., Client], saran: Municipality, path: str, query: str, went: str, came: str
) -> None:
    page = visit(saran).get(path + query).content.decode()
    assert went in page.partition("<del><span")[2].partition("</del>")[0]
    assert came in page.partition("<ins><span")[2].partition("</ins>")[0]


def test_each_version_can_be_read_whole(visit: Callable[..., Client], saran: Municipality, path: str) -> None:
    assert "<p>Un banc.</p>" in visit(saran).get(path + "?lire=1").content.decode()
    assert "<p>Un banc.</p>" not in visit(saran).get(path + "?lire=7").content.decode()


def test_from_what_changed_up_to_the_present_text_one_goes_on_to_react(
    visit: Callable[..., Client], saran: Municipality, path: str
) -> None:
    link = f'href="{path.removesuffix("versions/")}#reaction"'
    assert link in visit(saran).get(f"{path}?de=1&a=3").content.decode()
    assert link not in visit(saran).get(f"{path}?de=1&a=2").content.decode()


def test_the_same_version_twice_is_said(visit: Callable[..., Client], saran: Municipality, path: str) -> None:
    assert "deux fois la même version" in visit(saran).get(path + "?de=2&a=2").content.decode()


@pytest.mark.parametrize("kept", [True, False])
def test_one_version_is_said_too(visit: Callable[..., Client], saran: Municipality, kept: bool) -> None:
    with schema_context(saran.schema_name):
        proposal = reworked(["Un banc."]) if kept else ProposalFactory()
    page = visit(saran).get(proposal.get_absolute_url() + "versions/")
    assert page.status_code == 200
    assert "une seule version" in page.content.decode()


def test_those_whose_arguments_were_taken_up_are_thanked_with_a_link(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposal = reworked(["Un banc.", "Deux bancs."])
    taken = {"proposal": proposal, "verdict": Verdict.TAKEN, "taken_in": 2}
    first = ArgumentFactory(author=UserFactory(public_name="Tilleul <b>"), useful_count=3, **taken)
    ArgumentFactory(author=first.author, **taken)
    ArgumentFactory(author=UserFactory(public_name="Ondine"), **{**taken, "verdict": Verdict.PARTLY})
    ArgumentFactory(author=proposal.author, **taken)
    ArgumentFactory(author=UserFactory(public_name="Personne Masquée"), status=Status.HIDDEN, **taken)
    client = visit(in_saran, stays=True)
    for path in (proposal.get_absolute_url(), proposal.get_absolute_url() + "versions/"):
        page = client.get(path).content.decode()
        said = page.partition("méliorée avec l’aide ")[2].partition("</p>")[0]
        assert f'de <a href="{proposal.get_absolute_url()}arguments/{first.pk}/">Tilleul &lt;b&gt;</a> et d’<a' in said
        assert ">Ondine</a>" in said
        assert said.count("<a ") == 2
        assert "Personne Masquée" not in said


def test_versions_cost_the_same_at_two_and_at_ten(visit: Callable[..., Client], saran: Municipality) -> None:
    counts = []
    # The first time menus are made too, once for all pages.
    for texts in (["x", "y"], ["a", "b"], [str(number) for number in range(10)]):
        with schema_context(saran.schema_name):
            proposal = reworked(texts)
            ArgumentFactory.create_batch(len(texts), proposal=proposal, verdict=Verdict.TAKEN, taken_in=2)
        for path in ("", "versions/"):
            visit(saran).get("/mode-d-emploi/")
            with CaptureQueriesContext(connection) as captured:
                visit(saran).get(proposal.get_absolute_url() + path)
            counts.append(len(captured))
    assert counts[2:4] == counts[4:]
