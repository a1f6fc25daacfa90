"""Where a project comes from, as everybody reads it; and what it became, from where it began."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

import common
from accounts.enums import Role
from common.templatetags.ui import full_day
from consultations.outcomes.models import Project, ProjectFollow
from consultations.outcomes.selectors.lineage import Lineage, Root, Taken, lineage_of
from consultations.outcomes.selectors.lineage_drawing import _width, drawing_of
from consultations.outcomes.services.project_news import follow_project
from consultations.outcomes.services.projects import change_state
from consultations.participation.enums import Stage, Status, Verdict
from consultations.participation.models import Argument, Authorship, Proposal, Reaction
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.project_factories import (
    MilestoneFactory,
    ProjectFactory,
    ProjectNewsFactory,
    accepted,
    project_from,
)
from tests.participation.factories import ArgumentFactory, ProposalFactory

TODAY = timezone.localdate
FONTS = Path(common.__file__ or "").parent / "static/common/vendor"


def taken(proposal: Proposal, name: str, **kwargs: Any) -> Argument:
    return ArgumentFactory(proposal=proposal, author__public_name=name, verdict=Verdict.TAKEN, **kwargs)  # type: ignore[return-value]


@pytest.fixture
def grown(in_saran: Municipality) -> dict[str, Any]:
    """A project out of a collective proposal of two, with arguments that were taken up and others."""
    collective = accepted(
        proposal__title="Un îlot frais dans chaque quartier",
        proposal__stage=Stage.PROJECT,
        proposal__author__public_name="Mésange",
    )
    sources = [
        ProposalFactory(merged_into=collective, title=title, author__public_name=name, stage=Stage.PROJECT, version=2)
        for title, name in (("Un îlot frais à dix minutes", "Pinson"), ("Ouvrir les cours", "Sauge 45"))
    ]
    Authorship.objects.create(proposal=sources[0], user=UserFactory(public_name="Tilleul"), role="CO_AUTHOR")
    taken(sources[0], "Roue libre", text="Oui, si l’on peut y entrer en fauteuil roulant.")
    taken(sources[1], "Clairon", stance="AGAINST")
    ArgumentFactory(proposal=sources[1], author__public_name="Martinet")
    project = project_from(collective, title="Les Aydes au frais", slug="les-aydes-au-frais")
    return {"project": project, "collective": collective, "sources": sources}


def page_of(visit: Callable[..., Client], city: Municipality, path: str) -> str:
    answer = visit(city, stays=True).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def said(page: str) -> str:
    """As one reads it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_project_is_walked_back_to_its_arguments_and_to_whom_it_thanks(
    visit: Callable[..., Client], grown: dict[str, Any], saran: Municipality
) -> None:
    page = page_of(visit, saran, "/projets/les-aydes-au-frais/")
    for words in ("Un îlot frais dans chaque quartier", "Ouvrir les cours", "Hélène Vasseur", "fauteuil roulant"):
        assert words in page
    assert "Merci à <b>Mésange</b>, <b>Pinson</b>, <b>Tilleul</b>, <b>Sauge 45</b>, <b>Roue libre</b>" in page
    assert "Martinet" not in page
    assert "De 2 idées" in page
    assert "et de 2 arguments repris" in page
    assert 'class="lineage"' in page
    assert "style=" not in page


def test_what_is_hidden_is_not_named_and_what_its_author_took_away_is_said(
    visit: Callable[..., Client], grown: dict[str, Any], saran: Municipality
) -> None:
    source, collective = grown["sources"][0], grown["collective"]
    Argument.objects.filter(author__public_name="Clairon").update(status=Status.HIDDEN)
    Proposal.objects.filter(pk=source.pk).update(status=Status.HIDDEN)
    page = page_of(visit, saran, "/projets/les-aydes-au-frais/")
    for words in ("dix minutes", "Pinson", "Tilleul", "Roue libre", "Clairon"):
        assert words not in page
    Proposal.objects.filter(pk=collective.pk).update(status=Status.REMOVED, author=None, title="Proposition retirée")
    page = page_of(visit, saran, "/projets/les-aydes-au-frais/")
    assert "Un îlot frais" not in page
    assert "Sa proposition d’origine a été retirée, à la demande de qui l’avait écrite." in page
    Proposal.objects.filter(pk=collective.pk).update(status=Status.HIDDEN)
    assert "ne se lit plus ici" in page_of(visit, saran, "/projets/les-aydes-au-frais/")


def test_whoever_has_left_is_not_thanked(in_saran: Municipality) -> None:
    proposal = accepted()
    argument = taken(proposal, "Clairon")
    Argument.objects.filter(pk=argument.pk).update(author=None)
    Proposal.objects.filter(pk=proposal.pk).update(author=None)
    lineage = lineage_of(project_from(proposal))
    assert lineage.thanked == []
    assert lineage.taken_count == 1


def test_thirty_proposals_and_six_hundred_arguments_are_walked_in_ten_queries(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    collectives = [accepted(proposal__stage=Stage.PROJECT) for _unused in range(3)]
    author = UserFactory()
    for collective in collectives:
        for source in ProposalFactory.create_batch(9, merged_into=collective, author=author):
            Argument.objects.bulk_create(
                Argument(
                    proposal=source, author=author, stance="FOR", text=f"Voici la raison {number}", verdict="TAKEN"
                )
                for number in range(22)
            )
    project = project_from(*collectives)
    with CaptureQueriesContext(connection) as captured:
        lineage = lineage_of(Project.objects.get(pk=project.pk))
        drawing = drawing_of(lineage)
    assert len(captured) <= 10
    assert lineage.argument_count == 594
    assert drawing is not None
    assert (len(drawing.columns), drawing.left_out) == (3, 24)


LONG = ["Éclairage WWW MMM anticonstitutionnellement jusqu’à l’aube", "M" * 300, "漢" * 120, "un deux", "Îlot"]


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_nothing_of_the_drawing_is_beyond_its_edge(count: int) -> None:
    for title in LONG:
        roots = [Root(Proposal(title=title, version=1), taken=[Taken(Argument(), title)]) for _each in range(count)]
        drawing = drawing_of(Lineage(Project(), roots, [], 0))
        assert drawing is not None
        rooms = [each.left for each in drawing.columns[1:]] + [360]
        for column, edge in zip(drawing.columns, rooms, strict=True):
            assert max(column.left + _width(line.words, 15) for line in column.title) <= edge
            assert max(column.left + 19 + _width(line.words, 14) for line in column.names) <= edge
            assert max(sign.x + 8 for sign in column.signs) <= edge
            assert len(column.title) <= 2


@pytest.mark.parametrize(("name", "weight"), [("atkinson-hyperlegible-next", 400), ("bricolage-grotesque-titles", 700)])
def test_no_letter_is_wider_than_the_drawing_takes_it_to_be(name: str, weight: int) -> None:
    font = instantiateVariableFont(TTFont(FONTS / f"{name}.woff2"), {"wght": weight})
    for code, glyph in font.getBestCmap().items():
        assert font["hmtx"][glyph][0] <= _width(chr(code), font["head"].unitsPerEm), chr(code)


def test_a_short_title_is_whole_where_there_is_one_proposal(in_saran: Municipality) -> None:
    drawing = drawing_of(lineage_of(project_from(accepted(proposal__title="Un kiosque que l’on réserve sans payer"))))
    assert drawing is not None
    assert [line.words for line in drawing.columns[0].title] == ["Un kiosque que l’on réserve sans payer"]


def test_the_drawing_explains_its_own_signs_only(
    visit: Callable[..., Client], grown: dict[str, Any], saran: Municipality
) -> None:
    page = page_of(visit, saran, "/projets/les-aydes-au-frais/")
    for words in ("pour, repris", "contre, repris", "pas repris", "une personne"):
        assert words in page
    assert "pour améliorer, repris" not in page
    Argument.objects.all().delete()
    page = page_of(visit, saran, "/projets/les-aydes-au-frais/")
    for words in ("pour, repris", "pas repris", "une personne"):
        assert words not in page


def test_a_proposal_and_those_that_it_brings_together_lead_to_what_they_became(
    visit: Callable[..., Client], grown: dict[str, Any], saran: Municipality
) -> None:
    for proposal in (grown["collective"], *grown["sources"]):
        page = page_of(visit, saran, proposal.get_absolute_url())
        assert "Ce que c’est devenu" in page
        assert '<b><a href="/projets/les-aydes-au-frais/">Projet' in page
    Project.objects.update(published_at=None)
    assert "Les Aydes au frais" not in page_of(visit, saran, grown["collective"].get_absolute_url())


def test_each_person_finds_the_projects_that_come_from_what_they_did(
    visit: Callable[..., Client], grown: dict[str, Any], saran: Municipality
) -> None:
    fan, reader, nobody = UserFactory(), UserFactory(), UserFactory()
    Reaction.objects.create(user=fan, proposal=grown["collective"], value="LIKE")
    Reaction.objects.create(user=nobody, proposal=grown["collective"], value="DISLIKE")
    ProjectFollow.objects.create(user=reader, project=grown["project"])
    arguer = Argument.objects.get(author__public_name="Roue libre").author
    said = {
        grown["sources"][0].author: "Il vient d’une de vos propositions.",
        arguer: "Un de vos arguments, repris, y a conduit.",
        Argument.objects.get(author__public_name="Martinet").author: "Vous avez donné un argument sur une proposition",
        fan: "Vous avez soutenu une proposition dont il vient.",
        reader: "Vous le suivez.",
    }
    for user, words in said.items():
        page = visit(saran, user, stays=True).get("/ma-participation/").content.decode()
        assert words in page
        assert "Les Aydes au frais" in page
        assert ("Ce qui a changé grâce à vous" in page) is (user != reader)
    assert "Les Aydes au frais" not in visit(saran, nobody, stays=True).get("/ma-participation/").content.decode()
    Project.objects.update(state="ABANDONED", state_reason="Le terrain est vendu.")
    page = visit(saran, fan, stays=True).get("/ma-participation/").content.decode()
    assert "Ce qui a changé grâce à vous" not in page
    assert "Vous avez soutenu une proposition dont il vient." in page


def test_the_page_of_a_project_says_what_is_late_put_off_and_overspent(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    project = ProjectFactory(state="UNDERWAY", budget_planned=1000, budget_spent=1300)
    MilestoneFactory(project=project, title="Sol ouvert", planned_on=TODAY() - timedelta(days=1))
    MilestoneFactory(
        project=project,
        title="Ouverture",
        first_planned_on=TODAY() + timedelta(days=10),
        late_why="Le raccord d’eau passe sous la rue.",
    )
    page = page_of(visit, in_saran, project.get_absolute_url())
    for words in ("Elle est en retard.", "et non", "Le raccord d’eau", "C’est 300 € de plus que prévu."):
        assert words in page
    Project.objects.update(state="ABANDONED", state_reason="Le terrain appartient au département.")
    assert "Le terrain appartient au département." in page_of(visit, in_saran, project.get_absolute_url())


def move(project: Project, state: str, reason: str = "") -> None:
    project.refresh_from_db()
    by = UserFactory(role="FACILITATOR")
    change_state(project=project, state=state, reason=reason, revision=project.revision, by=by, at=timezone.now())


def test_a_project_that_is_over_has_no_step_to_come_and_the_day_when_it_ended_is_one(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    project = ProjectFactory(budget_planned=1000, budget_spent=0)
    day = timezone.localdate() - timedelta(days=3)
    MilestoneFactory(project=project, title="Ouverture", planned_on=day)
    page = said(page_of(visit, in_saran, project.get_absolute_url()))
    assert "0 € dépensé sur 1 000 €" in page
    assert "Pas encore dépensé" in page
    assert "en retard" in page
    move(project, "ABANDONED", "Le terrain appartient au département.")
    page = said(page_of(visit, in_saran, project.get_absolute_url()))
    today = said(full_day(timezone.localdate()))
    assert f"Abandonné {today} Ouverture était prévu pour le {said(full_day(day))}" in page
    for words in ("Pas encore dépensé", "retard", "de moins que prévu"):
        assert words not in page
    move(project, "DONE", "Le département nous le prête.")
    page = said(page_of(visit, in_saran, project.get_absolute_url()))
    assert f"Réalisé {today}" in page
    assert "1 000 € de moins que prévu" in page
    move(project, "UNDERWAY", "Une malfaçon est à reprendre.")
    page = said(page_of(visit, in_saran, project.get_absolute_url()))
    assert f"Repris {today}" in page
    assert "Pas encore dépensé" in page


def test_the_desk_does_not_ask_for_steps_of_what_is_over(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    desk = visit(saran, person(role=Role.FACILITATOR))
    with schema_context(saran.schema_name):
        pages = {state: ProjectFactory(state=state, state_reason="x") for state in ("DECIDED", "DONE", "ABANDONED")}
        base = f"/gestion/consultations/{pages['DONE'].consultation.slug}/projets/"
    told = {state: desk.get(f"{base}{project.slug}/").content.decode() for state, project in pages.items()}
    assert {state: "Aucune étape" in page for state, page in told.items()} == {
        "DECIDED": True,
        "DONE": False,
        "ABANDONED": False,
    }


def test_the_list_is_by_state_and_chosen_by_state_and_place(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    assert "Pas encore de projet" in page_of(visit, in_saran, "/projets/")
    ProjectFactory(title="Square", state="UNDERWAY", neighbourhood="Bourg")
    ProjectFactory(title="Fontaine", state="DONE", neighbourhood="Les Aydes")
    ProjectFactory(title="Secret", prepared=True)
    page = page_of(visit, in_saran, "/projets/")
    assert page.index("Square") < page.index("Fontaine")
    assert "Secret" not in page
    assert "Square" not in page_of(visit, in_saran, "/projets/?etat=DONE")
    assert "Fontaine" not in page_of(visit, in_saran, "/projets/?quartier=Bourg")
    assert "Fontaine" in page_of(visit, in_saran, "/projets/?etat=NIMPORTE&serie=rien&quartier=nulle-part&page=9")


def test_the_list_costs_the_same_at_two_projects_and_at_ten(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    def cost() -> int:
        page_of(visit, in_saran, "/projets/")
        with CaptureQueriesContext(connection) as captured:
            page_of(visit, in_saran, "/projets/?page=1")
        return len(captured)

    for project in ProjectFactory.create_batch(2):
        MilestoneFactory(project=project)
    first = cost()
    for project in ProjectFactory.create_batch(8):
        MilestoneFactory(project=project)
    assert cost() == first


def test_the_home_tells_what_moves_and_is_done(visit: Callable[..., Client], in_saran: Municipality) -> None:
    assert "Ce qui a changé grâce à vous" not in page_of(visit, in_saran, "/")
    ProjectNewsFactory(project=ProjectFactory(title="Square", state="UNDERWAY"), title="On plantera")
    hidden = ProjectNewsFactory(project=ProjectFactory(title="Fontaine", state="DONE"), is_hidden=True, title="Retirée")
    ProjectFactory(title="Seulement étudié", state="STUDIED")
    page = page_of(visit, in_saran, "/")
    for words in ("Ce qui a changé grâce à vous", "Square", "On plantera", "Fontaine"):
        assert words in page
    for words in ("Seulement étudié", hidden.title):
        assert words not in page


def test_a_visitor_follows_once_they_are_in(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    user = person()
    with schema_context(saran.schema_name):
        project = ProjectFactory()
    address = f"{project.get_absolute_url()}suivre/"
    assert "/connexion/" in visit(saran).post(address, {"suivre": "oui"}).headers["Location"]
    client = visit(saran, user)
    for _twice in "ab":
        assert client.post(address, {"suivre": "oui"}).status_code == 302
    page = client.get(project.get_absolute_url()).content.decode()
    assert "Vous suivez ce projet" in page
    assert "le suit" not in page
    assert "1 personne le suit" in visit(saran).get(project.get_absolute_url()).content.decode()
    with schema_context(saran.schema_name):
        follow_project(project=project, user=UserFactory(), at=timezone.now())
    assert "Vous et 1 autre personne le suivez" in client.get(project.get_absolute_url()).content.decode()
    with schema_context(saran.schema_name):
        assert Project.objects.get().follower_count == 2
    client.post(address, {"suivre": "non"})
    with schema_context(saran.schema_name):
        assert Project.objects.get().follower_count == 1


def test_an_author_who_stands_among_the_co_authors_too_is_named_once(grown: dict[str, Any]) -> None:
    Authorship.objects.create(proposal=grown["sources"][0], user=grown["sources"][0].author, role="CO_AUTHOR")
    (root,) = (each for each in lineage_of(grown["project"]).leaves if each.proposal == grown["sources"][0])
    assert root.authors == ["Pinson", "Tilleul"]
