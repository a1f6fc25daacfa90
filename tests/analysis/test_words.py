"""What pages of analyses say is true, and heads of tables are over their cells for whoever hears them."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.enums import Role
from consultations.analysis.enums import Place, RunKind, RunState
from consultations.analysis.models import AnalysisRun
from consultations.analysis.selectors.charts import gaps
from consultations.analysis.selectors.dashboard import Compared, Figures
from consultations.analysis.selectors.synthesis_material import OTHERS, material_of
from consultations.analysis.selectors.synthesis_ranking import reactions_in_words, reactions_of
from consultations.analysis.selectors.synthesis_shown import frozen
from consultations.analysis.services.publishing import NobodyReacted, publish_run
from consultations.analysis.templatetags.figures import age_said, place_said
from consultations.framing.models import Consultation
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.participation.factories import ProposalFactory

SLOT = {"key": "a", "place": Place.SUPPORTED, "hidden": False, "pro": None, "con": None}
FIGURES = "/gestion/consultations/territoires-resilients/chiffres/publier/"


def spaced(words: str) -> str:
    return words.replace("\u00a0", " ").replace("\u202f", " ")


def heard(html: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Of each table its heads, and the cells of each line, without what is hidden from screen readers."""
    for table in BeautifulSoup(html, "html.parser").find_all("table"):
        for hidden in table.find_all(attrs={"aria-hidden": "true"}):
            hidden.decompose()
        lines = [
            [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")
        ]
        yield lines[0], lines[1:]


def test_figures_compared_stand_under_their_heads() -> None:
    compared = Compared(gaps([("de 18 à 24 ans", 0.08, 0.09), ("75 ans ou plus", None, 0.1)]), 12, 3)
    ((heads, lines),) = heard(
        render_to_string(
            "analysis/resident/_figures_gaps.html",
            {"compared": compared, "what": "Âge", "title": "Par âge", "said": age_said(compared)},
        )
    )
    assert heads == ["Âge", "Participent", "Population"]
    assert [spaced(each) for each in lines[0]] == ["De 18 à 24 ans", "8 %", "9 %"]
    assert lines[1][1] == "nombre non publié"


def test_shares_of_groups_stand_under_their_letters() -> None:
    shares = [SimpleNamespace(letter=letter, value=value, y=15) for letter, value in (("A", 87), ("B", 21))]
    proposal = SimpleNamespace(title="Un banc", get_absolute_url="/propositions/1/")
    row = SimpleNamespace(proposal=proposal, shares=shares, lowest=21, highest=87)
    ((heads, lines),) = heard(render_to_string("analysis/_rows.html", {"rows": [row], "letters": ["A", "B"]}))
    assert heads == ["Proposition", "Groupe A", "Groupe B"]
    assert [spaced(each) for each in lines[0]] == ["Un banc", "87 %", "21 %"]


def test_a_comparison_says_what_people_told() -> None:
    assert spaced(age_said(Compared(gaps([]), 136, 56))).startswith("136 personnes ont dit leur âge, 56 non.")
    assert spaced(age_said(Compared(gaps([]), 12, 0))) == "Les 12 personnes ont toutes dit leur âge."
    assert spaced(place_said(Compared(gaps([]), 72, 120))).startswith("72 personnes ont dit leur quartier, 120 non.")
    assert spaced(place_said(Compared(gaps([]), 12, 0))) == "Les 12 personnes ont toutes dit leur quartier."


@pytest.mark.parametrize("hides", [True, False])
def test_why_a_number_is_not_published_stands_wherever_one_is_not(hides: bool) -> None:
    page = SimpleNamespace(parts={"AGE": SimpleNamespace(hides=False), "PLACE": SimpleNamespace(hides=hides)})
    assert Figures.hides.fget(page) is hides  # type: ignore[attr-defined]


def test_what_everybody_will_read_is_not_said_to_be_read_before_the_opening(
    saran: Municipality, visit: Callable[..., Client], person: Any
) -> None:
    desk = visit(saran, person(role=Role.FACILITATOR))
    sent = {"is_public": "on", "effort": "", "revision": "0"}
    assert "Tout le monde lit ces chiffres." in spaced(desk.post(FIGURES, sent, follow=True).content.decode())


def test_before_the_opening_nobody_reads(saran: Municipality, visit: Callable[..., Client], person: Any) -> None:
    desk = visit(saran, person(role=Role.FACILITATOR))
    Municipality.objects.filter(pk=saran.pk).update(verified_at=None)
    answer = desk.post(FIGURES, {"is_public": "on", "effort": "", "revision": "0"}, follow=True)
    assert "dès l’ouverture de la consultation" in spaced(answer.content.decode())


def test_an_analysis_of_no_reaction_is_not_published(in_saran: Municipality) -> None:
    consultation = Consultation.objects.get(is_current=True)
    run = AnalysisRun.objects.create(
        consultation=consultation,
        kind=RunKind.GROUPS,
        state=RunState.DONE,
        asked_at=timezone.now(),
        ended_at=timezone.now(),
        result={"whole": {"reactions": 0}, "challenges": {}},
    )
    with pytest.raises(NobodyReacted) as refusal:
        publish_run(run_id=run.pk, consultation=consultation, actor=None, at=timezone.now())
    assert refusal.value.code == "nobody_reacted"
    run.refresh_from_db()
    assert run.published_at is None


def test_what_was_voted_elsewhere_counts_where_nobody_reacted_here() -> None:
    tally = {"like": 24, "mixed": 5, "dislike": 5}
    proposal = Proposal(imported_tally=tally)
    assert reactions_of(proposal).are_of_origin
    said = spaced(reactions_in_words(reactions_of(proposal)))
    assert said == "Sur le site d’origine : 24 pour, 5 partagés, 5 contre"
    proposal.like_count = 1
    assert spaced(reactions_in_words(reactions_of(proposal))) == "1 j’aime, 0 partagé, 0 je n’aime pas"
    proposal.mixed_count = proposal.dislike_count = 2
    with override("en"):
        assert reactions_in_words(reactions_of(proposal)) == "1 likes it, 2 have mixed feelings, 2 do not like it"
    proposal.mixed_count, proposal.like_count, proposal.dislike_count = 1, 2, 1
    with override("en"):
        assert reactions_in_words(reactions_of(proposal)) == "2 like it, 1 has mixed feelings, 1 does not like it"


def test_a_synthesis_of_imported_proposals_says_how_they_fared_elsewhere(in_saran: Municipality) -> None:
    proposal = ProposalFactory(imported_tally={"like": 24, "mixed": 5, "dislike": 5})
    material = material_of(proposal.challenge)
    assert material.choices(OTHERS, Place.SUPPORTED) == [proposal.pk], "well supported, and not little seen"
    part = {"topic": OTHERS, "text": "", "slots": [{**SLOT, "proposal": proposal.pk}]}
    (told,) = frozen(material, [part])  # type: ignore[list-item]
    (slot,) = told["slots"]
    assert (slot["likes"], slot["mixed"], slot["dislikes"], slot["origin"]) == (24, 5, 5, True)


def test_a_share_is_written_as_its_language_does() -> None:
    shown = {}
    for language in ("fr", "en"):
        with override(language):
            shown[language] = render_to_string("analysis/resident/_figures_share.html", {"share": 66}).strip()
    assert shown == {"fr": "66\u00a0%", "en": "66%"}
