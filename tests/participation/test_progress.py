"""What helps a proposal now is said from facts, with the place to do it; a closed phase says what comes next."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.framing.phases import OPEN_TO
from consultations.participation.counts import recount
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
        (PhaseKind.ANSWER, "Engagement de la collectivité", "", False),
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


def reach(kind: str) -> None:
    """The phases before this one are over, those after it to come."""
    now, days = timezone.now(), timedelta(days=10)
    for place, each in enumerate(PhaseKind.values):
        begins = now + (place - PhaseKind.values.index(kind) - 0.5) * days
        dates = {"opens_at": begins, "closes_at": begins + days}
        Phase.objects.update_or_create(consultation=Consultation.objects.get(), kind=each, defaults=dates)


@pytest.mark.parametrize(
    ("kind", "may_do", "home_leads_to"),
    [
        (PhaseKind.PREPARE, "Vous pourrez proposer à partir du", "Lire les propositions"),
        (PhaseKind.PROPOSE, "Vous pouvez proposer, réagir et donner vos arguments.", "Choisir un défi"),
        (PhaseKind.REWORK, "Vous pouvez encore réagir aux propositions et donner vos arguments.", "Choisir un défi"),
        (PhaseKind.PRIORITISE, "Vous pouvez tout lire et réagir aux propositions.", "Lire les propositions et réagir"),
        (PhaseKind.ANSWER, "Vous pouvez tout lire, mais", "Lire les propositions"),
        (PhaseKind.FOLLOW, "Vous pouvez tout lire, mais", "Lire les propositions"),
    ],
)
def test_each_page_says_what_the_phase_opens(
    visit: Callable[..., Client], in_saran: Municipality, kind: PhaseKind, may_do: str, home_leads_to: str
) -> None:
    """One sentence for all, from the same table as the services."""
    proposal = ProposalFactory()
    recount()
    reach(kind)
    client = visit(in_saran, stays=True)
    home, challenge, of_all, of_one = (
        client.get(path).content.decode()
        for path in ("/", "/defis/ecologie/", "/propositions/", proposal.get_absolute_url())
    )
    assert may_do in home
    assert f"{home_leads_to} <svg" in home
    assert (may_do in challenge) is (kind != PhaseKind.PROPOSE)  # there a button says it
    assert (may_do in of_all) is (kind not in (PhaseKind.PROPOSE, PhaseKind.REWORK))
    assert (may_do in of_one) is (kind not in (PhaseKind.PROPOSE, PhaseKind.REWORK))
    assert ('name="reaction"' in of_one) is ("REACT" in OPEN_TO[kind])
    assert ("?argumenter#argumenter" in of_one) is ("ARGUE" in OPEN_TO[kind])
    assert (reverse("proposal_new", args=["ecologie"]) in challenge) is ("PROPOSE" in OPEN_TO[kind])


def test_before_anybody_may_propose_pages_say_from_when(visit: Callable[..., Client], in_saran: Municipality) -> None:
    reach(PhaseKind.PREPARE)
    begins = timezone.localtime().replace(year=timezone.localtime().year + 1, month=12, day=1, hour=8, minute=0)
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(opens_at=begins, closes_at=None)
    client = visit(in_saran, stays=True)
    for path in ("/", "/defis/ecologie/", "/propositions/"):
        page = html.unescape(client.get(path).content.decode())
        assert f"à partir du 1er\u00a0décembre {begins.year} à 8\u00a0h" in page
        assert "8\u00a0h\u00a000" not in page
        assert "Personne n’a" not in page
    assert "Lire les défis <svg" in client.get("/").content.decode()


def test_a_stage_that_was_passed_over_is_not_done(in_saran: Municipality) -> None:
    proposal = ProposalFactory(stage=Stage.PROJECT, for_count=2)
    page = proposal_page(pk=proposal.pk, at=timezone.now())
    assert page is not None
    assert [station["state"] for station in stations(page)] == ["done", "done", "next", "next", "now"]
    ProposalFactory(merged_into=proposal)
    page = proposal_page(pk=proposal.pk, at=timezone.now())
    assert page is not None
    assert [station["state"] for station in stations(page)] == ["done", "done", "next", "done", "now"]


def test_only_what_the_city_wrote_is_promised(visit: Callable[..., Client], in_saran: Municipality) -> None:
    for words in ("Une réponse écrite avant juin.", ""):
        Consultation.objects.update(commitment=words)
        client = visit(in_saran, stays=True)
        pages = [client.get(path).content.decode() for path in ("/", "/mode-d-emploi/")]
        assert all(
            (f"ngagement de la collectivité : {words}" in page or f"son engagement : {words}" in page) is bool(words)
            for page in pages
        )
        reach(PhaseKind.ANSWER)
        found = help_of()
        assert found is not None
        assert ("Engagement de la collectivité" in found.text) is bool(words)
        reach(PhaseKind.PROPOSE)
