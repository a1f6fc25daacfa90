"""What brings people together: the page of everyone, the desk's, and leaving analyses."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from consultations.analysis.enums import RunFailure, RunKind, RunState
from consultations.analysis.models import AnalysisRun, LeftAnalyses
from consultations.analysis.services.leaving import leave_analyses
from consultations.analysis.services.publishing import NotMade, publish_run
from consultations.analysis.services.running import ask_for_run, make_run
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.analysis.tables import camps
from tests.analysis.test_city_groups import here, react

Visit = Callable[..., Client]
PAGE = "/ce-qui-rassemble/"


def made(people: list[int], *, seen: float = 0.95, items: int = 24, published: bool = True) -> list[Proposal]:
    """A run of these camps; the proposals."""
    _people, proposals = react(camps(people=people, items=items, seen=seen))
    run = ask_for_run(consultation=here(), kind=RunKind.GROUPS, actor=None, at=timezone.now())
    make_run(run_id=run.pk)
    if published:
        publish_run(run_id=run.pk, consultation=here(), actor=UserFactory(), at=timezone.now())
    return proposals


def test_a_run_that_is_gone_is_not_published(in_saran: Municipality) -> None:
    made([72, 51], published=False)
    with pytest.raises(NotMade):
        publish_run(run_id=987_654, consultation=here(), actor=UserFactory(), at=timezone.now())


def text(page: Any) -> str:
    return re.sub(r"\s+", " ", page.content.decode().replace("\u00a0", " ").replace("\u202f", " "))


def test_groups_are_shown_with_what_brings_them_together_first(in_saran: Municipality, visit: Visit) -> None:
    proposals = made([72, 51])
    page = visit(in_saran, stays=True).get(PAGE)
    said = text(page)
    assert "Cinq idées que tous les groupes aiment" in said
    assert "120 personnes qui ont assez réagi" in said
    assert "plus de trois personnes sur quatre aiment ces idées" in said
    assert "Deux façons de réagir" in said
    assert "environ 70 personnes" in said
    assert said.index("que tous les groupes aiment") < said.index("Deux façons de réagir")
    assert len(re.findall(r'class="ga" cx="[\d.]+" cy="[\d.]+" r="3"', said)) == 60, (
        "a sign a person, in fives, without those whom chance leaves out"
    )
    assert any(proposal.title in said for proposal in proposals[:8])


def test_of_provisional_groups_there_is_no_portrait(in_saran: Municipality, visit: Visit) -> None:
    made([30, 31])
    said = text(visit(in_saran, stays=True).get(PAGE))
    assert "Deux groupes, à titre provisoire" in said
    assert "Environ 60 personnes seulement." in said
    assert "Groupe A" not in said
    assert "bien plus aimé" not in said
    assert "qui semblent rassembler" in said


def test_with_few_people_no_groups_are_drawn(in_saran: Municipality, visit: Visit) -> None:
    made([24])
    said = text(visit(in_saran, stays=True).get(PAGE))
    assert "Pas de groupes" in said
    assert "Environ 20 personnes ont assez réagi. Il en faut 30." in said
    assert 'class="ga"' in said, "the column of everybody"
    assert "Groupe A" not in said


def test_of_fewer_than_five_people_nothing_is_counted(in_saran: Municipality, visit: Visit) -> None:
    made([4])
    said = text(visit(in_saran, stays=True).get(PAGE))
    assert "Moins de cinq personnes ont assez réagi." in said
    assert re.search(r"\d+ réactions", said) is None
    assert 'class="gn" cx' not in said


def test_chance_shows_no_groups_and_says_so(in_saran: Municipality, visit: Visit) -> None:
    AnalysisRun.objects.create(
        consultation=here(),
        kind=RunKind.GROUPS,
        state=RunState.DONE,
        asked_at=timezone.now(),
        ended_at=timezone.now(),
        published_at=timezone.now(),
        result={
            "whole": {
                "shown": "none", "reason": "chance", "placed": 140, "reactions": 2000, "groups": [], "together": [],
                "parting": [], "points": [[30, 30, 0]] * 5,
            },
            "challenges": {},
        },
    )  # fmt: skip
    said = text(visit(in_saran, stays=True).get(PAGE))
    assert "Les réactions ne se ressemblent pas plus que si elles étaient données au hasard." in said


def test_nothing_is_read_before_the_team_publishes_it(in_saran: Municipality, visit: Visit) -> None:
    made([30, 31], published=False)
    said = text(visit(in_saran, stays=True).get(PAGE))
    assert "n’a rien publié ici" in said
    assert "provisoire" not in said


def test_what_is_hidden_later_leaves_the_published_page_at_once(in_saran: Municipality, visit: Visit) -> None:
    proposals = made([30, 31], items=9)
    client = visit(in_saran, stays=True)
    shown = next(each for each in proposals if each.title in text(client.get(PAGE)))
    Proposal.objects.filter(pk=shown.pk).update(status=Status.HIDDEN)
    page = text(client.get(PAGE))
    assert shown.title not in page


def test_the_page_of_a_consultation_costs_the_same_with_more_challenges_and_ideas(
    in_saran: Municipality, visit: Visit, django_assert_max_num_queries: Any
) -> None:
    made([72, 51])
    client = visit(in_saran, stays=True)
    with django_assert_max_num_queries(16):
        client.get(reverse("together_of", args=[here().slug]))


# ── The desk ─────────────────────────────────────────────────────────────────


@pytest.fixture
def desk(in_saran: Municipality, visit: Visit) -> Client:
    return visit(in_saran, UserFactory(role=Role.ADMINISTRATOR), stays=True)


def address(name: str, *more: Any) -> str:
    return reverse(name, args=[here().slug, *more])


def test_the_team_asks_for_an_analysis_sees_how_it_goes_and_publishes_it(desk: Client, visit: Visit) -> None:
    react(camps(people=[30, 31], items=24, seen=0.95))
    assert "Il faut au moins 30 personnes" in text(desk.get(address("desk_groups")))
    for _press in range(2):
        desk.post(address("desk_analysis_run", "groups"))
    run = AnalysisRun.objects.get()
    said = text(desk.get(address("desk_groups")))
    assert "l’analyse attend son tour." in said
    assert "refresh" in said, "without JavaScript it asks for itself again"
    make_run(run_id=run.pk)
    said = text(desk.get(address("desk_groups")))
    assert "Deux groupes, à titre provisoire" in said
    assert "Seule l’équipe lit ce qui suit" in said
    desk.post(address("desk_groups_publish", run.pk))
    assert "Tout le monde lit ce qui suit" in text(desk.get(address("desk_groups")))
    desk.post(address("desk_groups_withdraw"))
    run.refresh_from_db()
    assert run.published_at is None


def test_without_its_worker_the_desk_has_a_sentence_and_no_error(desk: Client) -> None:
    desk.post(address("desk_analysis_run", "groups"))
    AnalysisRun.objects.update(asked_at=timezone.now() - timezone.timedelta(minutes=5))
    page = desk.get(address("desk_groups"))
    assert page.status_code == 200
    assert "Rien n’est perdu" in text(page)


def test_a_run_that_failed_says_why_at_the_desk(desk: Client) -> None:
    AnalysisRun.objects.create(
        consultation=here(),
        kind=RunKind.GROUPS,
        state=RunState.FAILED,
        failure=RunFailure.TOO_LONG,
        asked_at=timezone.now(),
        ended_at=timezone.now(),
    )
    assert "Le calcul a dépassé la durée permise" in text(desk.get(address("desk_groups")))


def test_an_analysis_is_cancelled_at_the_desk(desk: Client) -> None:
    desk.post(address("desk_analysis_run", "groups"))
    page = desk.post(address("desk_analysis_cancel", "groups"), follow=True)
    assert "L’analyse est annulée." in text(page)
    assert AnalysisRun.objects.get().state == RunState.CANCELLED


def test_what_is_not_there_any_more_is_not_published(desk: Client) -> None:
    page = desk.post(address("desk_groups_publish", 4711), follow=True)
    assert "Cette analyse n’est plus là" in text(page)


def test_publishing_another_takes_the_place_of_the_first(desk: Client) -> None:
    made([30, 31])
    first = AnalysisRun.objects.get()
    run = ask_for_run(consultation=here(), kind=RunKind.GROUPS, actor=None, at=timezone.now())
    make_run(run_id=run.pk)
    assert "Tout le monde lit une analyse plus ancienne" in text(desk.get(address("desk_groups")))
    desk.post(address("desk_groups_publish", run.pk))
    published = AnalysisRun.objects.get(published_at__isnull=False)
    assert published == run != first


@pytest.mark.parametrize("kind", ["nothing", "GROUPS"])
def test_there_is_no_other_kind_to_ask_for(desk: Client, kind: str) -> None:
    assert desk.post(address("desk_analysis_run", kind)).status_code == 404


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.MODERATOR, Role.DECISION_MAKER])
def test_who_may_not_analyse_reads_and_does_not_press(in_saran: Municipality, visit: Visit, role: Role) -> None:
    client = visit(in_saran, UserFactory(role=role), stays=True)
    assert "Faire l’analyse" not in text(client.get(address("desk_groups")))
    assert client.post(address("desk_analysis_run", "groups")).status_code == 404
    assert not AnalysisRun.objects.exists()


# ── Before reacting, and leaving ─────────────────────────────────────────────


def test_people_are_told_before_they_react_what_is_made_of_it(in_saran: Municipality, visit: Visit) -> None:
    _people, proposals = react(camps(people=[6], items=3, seen=1))
    told = "Vos réactions aident aussi à voir ce qui rassemble, sans votre nom."
    reader = visit(in_saran, UserFactory(), stays=True)
    page = text(reader.get(proposals[0].get_absolute_url()))
    assert page.index(told) < page.index('name="reaction"'), "before the buttons, for whoever hears the page"
    assert 'href="/ce-qui-rassemble/methode/"' in page
    reader.post(f"{proposals[0].get_absolute_url()}reagir/", {"reaction": "LIKE", "version": 1})
    assert told not in text(reader.get(proposals[0].get_absolute_url()))


def test_a_participant_leaves_analyses_and_comes_back(in_saran: Municipality, visit: Visit) -> None:
    person = UserFactory()
    client = visit(in_saran, person, stays=True)
    assert "/compte/analyses/" in text(client.get("/compte/"))
    for _press in range(2):
        page = client.post("/compte/analyses/", {"do": "leave"}, follow=True)
    assert "laissées de côté" in text(page)
    assert LeftAnalyses.objects.get().user == person
    for _press in range(2):
        page = client.post("/compte/analyses/", follow=True)
    assert "comptent de nouveau" in text(page) or "Elles aident" in text(page)
    assert not LeftAnalyses.objects.exists()


def test_the_team_sees_no_who_of_those_who_left(desk: Client) -> None:
    made([30, 31])
    gone = UserFactory(public_name="Aubépine")
    leave_analyses(user=gone, at=timezone.now())
    assert "Aubépine" not in text(desk.get(address("desk_groups")))
    assert "Analyses quittées" not in re.sub(r"<option.*?</option>", "", text(desk.get("/gestion/journal/")))
