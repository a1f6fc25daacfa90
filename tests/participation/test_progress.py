"""What helps a proposal now is said from facts, with the place to do it; a closed phase says what comes next."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.framing.enums import PhaseKind
from consultations.framing.models import Phase
from consultations.participation.enums import Stage, Verdict
from consultations.participation.resident.progress import Help, stations, what_helps
from consultations.participation.selectors.page import proposal_page
from tenants.models import Municipality
from tests.participation.factories import ArgumentFactory, ProposalFactory


def help_of(**facts: Any) -> Help | None:
    proposal = ProposalFactory(**facts)
    page = proposal_page(pk=proposal.pk, at=timezone.now())
    assert page is not None
    return what_helps(page)


def only_open(kind: str) -> None:
    """Saran's consultation is in this phase and no other."""
    now, day = timezone.now(), timedelta(days=1)
    Phase.objects.exclude(kind=kind).update(opens_at=now - 9 * day, closes_at=now - 8 * day)
    Phase.objects.filter(kind=kind).update(opens_at=now - day, closes_at=now + day)


@pytest.mark.parametrize(
    ("facts", "words", "place"),
    [
        ({}, "premier argument", "?argumenter#argumenter"),
        ({"for_count": 2}, "pourrait coincer", "?argumenter#argumenter"),
        ({"against_count": 2}, "plaide pour elle", "?argumenter#argumenter"),
        (
            {"for_count": 1, "against_count": 1, "version": 2, "like_count": 3, "current_like_count": 1},
            "Le texte a changé",
            "/versions/",
        ),
        ({"for_count": 2, "against_count": 1}, "3 arguments", "#arguments"),
    ],
)
def test_what_helps_now_follows_from_the_facts(
    in_saran: Municipality, facts: dict[str, int], words: str, place: str
) -> None:
    if "version" in facts:
        facts["reworked_at"] = timezone.now()  # type: ignore[assignment]
    found = help_of(**facts)
    assert found is not None
    assert words in found.text
    assert found.url.endswith(place)
    assert found.is_for_now


def test_arguments_that_got_their_answer_do_not_wait(in_saran: Municipality) -> None:
    proposal = ProposalFactory(for_count=1, against_count=1, stage=Stage.ARGUMENTS)
    ArgumentFactory(proposal=proposal, verdict=Verdict.TAKEN)
    ArgumentFactory(proposal=proposal, verdict=Verdict.NOT_TAKEN, stance="AGAINST")
    page = proposal_page(pk=proposal.pk, at=timezone.now())
    assert page is not None
    assert (page.answered, page.taken) == (2, 1)
    found = what_helps(page)
    assert found is not None
    assert "répond aux arguments contre" in found.text
    notes = {station["state"]: station["note"] for station in stations(page)[:2]}
    assert notes["now"] == "2 donnés, 1 repris"


def test_close_ideas_of_the_challenge_are_named(visit: Callable[..., Client], saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        words = {"title": "Des brumisateurs sur les places", "solution": "Poser des brumisateurs sur trois places."}
        proposal = ProposalFactory(for_count=1, against_count=1, **words)
        ProposalFactory(title="Brumisateurs et bancs sur les places", solution="Des brumisateurs devant les bancs.")
        ProposalFactory(title="Brumisateurs masqués sur les places", solution="Des brumisateurs.", status="HIDDEN")
        for number in range(8):
            ProposalFactory(title=f"Un marché le jeudi {number}", solution="Vendre des légumes le soir.")
    page = visit(saran).get(proposal.get_absolute_url()).content.decode()
    assert "Une idée proche existe" in page
    assert "Brumisateurs et bancs sur les places" in page
    assert "masqués" not in page


def test_a_merged_proposal_leads_to_the_collective_one(in_saran: Municipality) -> None:
    collective = ProposalFactory()
    found = help_of(merged_into=collective)
    assert found is not None
    assert found.url == f"/propositions/{collective.pk}/"


@pytest.mark.parametrize(
    ("kind", "words", "place", "now"),
    [
        (PhaseKind.PRIORITISE, "ne peut plus donner d’argument", "#reaction", True),
        (PhaseKind.ANSWER, "prépare sa réponse", "", False),
        (PhaseKind.FOLLOW, "est terminée", "", False),
    ],
)
def test_a_closed_phase_says_what_comes_next(
    in_saran: Municipality, kind: str, words: str, place: str, now: bool
) -> None:
    only_open(kind)
    found = help_of()
    assert found is not None
    assert words in found.text
    assert (found.url, found.is_for_now) == (place, now)


def test_a_phone_unfolds_the_way_and_the_page_names_nothing_twice(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    with schema_context(saran.schema_name):
        path = ProposalFactory().get_absolute_url()
    page = visit(saran).get(path).content.decode()
    ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert 'class="way-mini d-lg-none"' in page
    assert len(ids) == len(set(ids))


def test_the_guide_is_for_everyone_and_only_while_people_may_take_part(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    page = visit(saran).get("/").content.decode()
    assert page.count("data-guide-close") == 1
    assert page.index("common/js/guide.js") < page.index("</head>")
    with schema_context(saran.schema_name):
        only_open(PhaseKind.ANSWER)
    assert "guide" not in visit(saran).get("/?").content.decode()
