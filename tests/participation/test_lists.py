"""Lists cost the same whatever they hold, find words whatever their accents, and page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from common.text import clean_text
from consultations.framing.models import Challenge
from consultations.participation.enums import Stage, Stance, Status
from consultations.participation.models import Proposal, ProposalVersion, Source
from consultations.participation.selectors.drafts import Writer
from consultations.participation.selectors.similar import similar_proposals
from consultations.participation.services.drafts import save_draft
from consultations.participation.services.proposals import submit_proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory


def queries(client: Client, path: str) -> int:
    client.get("/mode-d-emploi/")  # this process reads the city itself once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def fill(proposals: int) -> Proposal:
    proposal = None
    for _unused in range(proposals):
        proposal = ProposalFactory(like_count=2, version=2)
        for number in (1, 2):
            ProposalVersion.objects.create(proposal=proposal, number=number, title=f"Titre {number}", solution="x")
        for stance in Stance.values:
            ArgumentFactory(proposal=proposal, stance=stance)
        Source.objects.create(proposal=proposal, title="Une étude", url="https://example.org/etude")
    assert proposal is not None
    return proposal


@pytest.mark.parametrize(("words", "common"), [("la", True), ("un", True), ("xylophone", False)])
def test_a_word_too_common_to_be_searched_for_is_said_to_be(
    visit: Callable[..., Client], in_saran: Municipality, words: str, common: bool
) -> None:
    ProposalFactory()
    page = visit(in_saran, stays=True).get("/propositions/", {"q": words}).content.decode()
    assert ("est trop courant" in page) is common
    assert ("Aucune proposition ne parle de" in page) is not common


@pytest.mark.parametrize("signed_in", [False, True])
def test_pages_cost_the_same_at_two_rows_and_at_ten(
    visit: Callable[..., Client], saran: Municipality, person: Any, signed_in: bool
) -> None:
    user = person() if signed_in else None
    with schema_context(saran.schema_name):
        proposal = fill(2)
    paths = ["/", "/propositions/", "/defis/ecologie/", "/propositions/?q=cour&tri=argumentees"]
    paths.append(proposal.get_absolute_url())
    first = {path: queries(visit(saran, user), path) for path in paths}
    with schema_context(saran.schema_name):
        fill(8)
        for stance in Stance.values:
            ArgumentFactory.create_batch(8, proposal=proposal, stance=stance)
    second = {path: queries(visit(saran, user), path) for path in paths}
    assert first == second
    # Setting role and search path are statements too; the goal is ten in all.
    assert {path: count for path, count in first.items() if count > 12} == {}


@pytest.mark.parametrize(
    "words", ["canicule", "CANICULE", "canicules", "etés brûlants", "été brulant", '"nuits fraîches"']
)
def test_search_ignores_accents_case_and_endings(visit: Callable[..., Client], saran: Municipality, words: str) -> None:
    with schema_context(saran.schema_name):
        ProposalFactory(title="Contre les canicules", solution="Des étés brûlants aux nuits fraîches, place par place.")
        ProposalFactory(title="Un marché le jeudi soir")
    page = visit(saran).get("/propositions/", {"q": words}).content.decode()
    assert "Contre les canicules" in page
    assert "Un marché le jeudi" not in page


@pytest.mark.parametrize("words", ["bibliothèque", "biblio\u00adthèque", "bi\u200bbliothèques", "bib\u200dliothèque"])
@pytest.mark.parametrize("typed", ["biblio\u00adthèque", "biblio\u200bthèque", "bi\u200cblio\u2060thèque"])
def test_signs_that_nobody_sees_hide_nothing_from_the_search(
    visit: Callable[..., Client], saran: Municipality, typed: str, words: str
) -> None:
    with schema_context(saran.schema_name):
        author = UserFactory()
        draft = DraftFactory(author=author, title="Des jouets à prêter")
        save_draft(draft=draft, writer=Writer(author), solution=f"Une {typed} de jouets le samedi matin.")
        proposal = submit_proposal(draft=draft, author=author, at=timezone.now())
        close = similar_proposals(
            consultation=proposal.challenge.consultation, text=clean_text(f"Prêter des jouets, une {words} le samedi")
        )
        assert [each.proposal for each in close] == [proposal]
    page = visit(saran).get("/propositions/", {"q": words}).content.decode()
    assert proposal.get_absolute_url() in page


@pytest.mark.parametrize("words", ["'", '"', "& | !", "a:*b", "%_\\", "<script>", "(", "é" * 300, "\x00"])
def test_odd_searches_are_only_searches(visit: Callable[..., Client], saran: Municipality, words: str) -> None:
    assert visit(saran).get("/propositions/", {"q": words}).status_code == 200


@pytest.mark.parametrize(
    "query", ["page=99", "page=-1", "page=x", "tri=DROP", "etape=NONE", "defi=inconnu", "defi=<b>"]
)
def test_odd_filters_never_break(visit: Callable[..., Client], saran: Municipality, query: str) -> None:
    assert visit(saran).get(f"/propositions/?{query}").status_code == 200


def test_filters_narrow_the_list(visit: Callable[..., Client], saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        ProposalFactory(
            title="Celle que l’on cherche", stage=Stage.REWORK, challenge=Challenge.objects.get(slug="sante")
        )
        ProposalFactory(title="Une tout autre idée")
    for query in ("etape=REWORK", "defi=sante"):
        page = visit(saran).get(f"/propositions/?{query}").content.decode()
        assert "Celle que l’on cherche" in page
        assert "Une tout autre idée" not in page


def test_the_twenty_first_is_on_the_second_page(visit: Callable[..., Client], saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        ProposalFactory.create_batch(21)
        oldest = Proposal.objects.order_by("submitted_at", "pk")[0]
    assert oldest.title + "<" not in visit(saran).get("/propositions/?tri=recentes").content.decode()
    assert oldest.title in visit(saran).get("/propositions/?tri=recentes&page=2").content.decode()


def test_a_hidden_proposal_is_on_no_list_and_its_page_shows_no_text(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory(
            title="Un propos masqué", solution="Ce texte ne doit plus se lire.", status=Status.HIDDEN
        )
    for path in ("/", "/propositions/", "/defis/ecologie/", proposal.get_absolute_url()):
        assert "ne doit plus se lire" not in visit(saran).get(path).content.decode()


def test_an_old_address_leads_to_the_present_one(visit: Callable[..., Client], saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
    response = visit(saran).get(f"/propositions/{proposal.pk}/ancien-titre/")
    assert (response.status_code, response.headers["Location"]) == (301, proposal.get_absolute_url())
