"""Views of the list of contributions: saved, opened again whatever became of what they ask for, renamed, deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.abilities import may
from accounts.enums import Role
from accounts.models import AuditEntry, Neighbourhood, User
from common.personal import forget_person
from common.refusals import Refusal
from consultations.framing.models import Challenge
from consultations.participation.abilities import READ_CONTRIBUTIONS
from consultations.participation.backoffice.sifting import SiftForm
from consultations.participation.backoffice.views_shown import ready_sift
from consultations.participation.enums import Status
from consultations.participation.models import SavedView
from consultations.participation.registry import ready_views
from consultations.participation.services import saved_views
from consultations.participation.services.saved_views import (
    TooManyViews,
    ViewNameTaken,
    delete_view,
    rename_view,
    save_view,
)
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.participation.test_lists import queries

LIST, ARRANGE, SAVE = (f"/gestion/contributions/{page}" for page in ("", "vues/", "vues/enregistrer/"))


@pytest.fixture
def member(in_saran: Municipality) -> User:
    found: User = UserFactory(role=Role.OBSERVER)
    return found


@pytest.fixture
def desk(saran: Municipality, visit: Callable[..., Client], member: User) -> Client:
    return visit(saran, member, stays=True)


def said(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")  # type: ignore[no-any-return]


def kept(name: str = "Ombre", query: str = "q=ombre", **more: Any) -> SavedView:
    return SavedView.objects.create(name=name, query=query, **more)


def test_the_filters_order_and_columns_of_the_list_are_saved_under_a_name_and_open_again(
    desk: Client, member: User
) -> None:
    found, _other = ProposalFactory(title="De l’ombre"), ProposalFactory(title="Des bancs")
    asked = "q=ombre&quoi=PROPOSAL&colonnes=defi&colonnes=canal&tri=anciennes"
    assert f"{SAVE}?q=ombre&amp;quoi=PROPOSAL" in said(desk.get(f"{LIST}?{asked}"))
    form = said(desk.get(f"{SAVE}?{asked}"))
    for words in ("« ombre »", "Défi et Canal", "les plus anciennes d’abord"):
        assert words in form
    answer = desk.post(f"{SAVE}?{asked}", {"nom": " L’ombre  d’été ", "qui": "moi"}, follow=True)
    view = SavedView.objects.get()
    assert (view.name, view.query, view.owner, view.is_shared) == ("L’ombre d’été", asked, member, False)
    assert answer.redirect_chain[-1][0] == f"{LIST}?vue={view.pk}"
    assert [line.row for line in answer.context["page"].lines] == [found]
    page = said(answer)
    assert f'href="{LIST}?vue={view.pk}" aria-current="page"' in page
    assert "anciennes" in answer.context["sift"].sort
    assert answer.context["columns"] == ("defi", "canal")
    assert AuditEntry.objects.get(action="view_saved").actor == member


def test_views_of_a_city_are_its_own(
    saran: Municipality, brest: Municipality, visit: Callable[..., Client], person: Callable[..., User], desk: Client
) -> None:
    view = kept(is_shared=True)
    theirs = visit(brest, person(city=brest, role=Role.ADMINISTRATOR), stays=True)
    assert theirs.get(f"{LIST}?vue={view.pk}").status_code == 404
    for do in ("renommer", "supprimer"):
        assert theirs.post(f"{ARRANGE}{view.pk}/{do}/", {"nom": "Autre", "seen": "Ombre"}).status_code == 404
    view.refresh_from_db()
    assert view.name == "Ombre"


def test_the_teams_views_are_everybodys_and_ones_own_are_nobody_elses(desk: Client, member: User) -> None:
    mine, theirs = kept("À moi", owner=member), kept("À elle", owner=UserFactory(role=Role.FACILITATOR))
    teams = kept("À l’équipe", owner=theirs.owner, is_shared=True)
    page = said(desk.get(LIST))
    assert f"?vue={mine.pk}" in page
    assert f"?vue={teams.pk}" in page
    assert "À elle" not in page
    answer = desk.get(f"{LIST}?vue={theirs.pk}")
    assert answer.status_code == 404
    assert "Cette vue n’existe plus" in said(answer)
    assert "À elle" not in said(answer)
    assert not any(each.is_here for each in answer.context["views"])
    for written in ("", "x", "9" * 30, "-1", "²", str(theirs.pk + 1000)):
        assert desk.get(LIST, {"vue": written}).status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("defi=un-defi-retire", "Ce défi n’existe plus"),
        ("consultation=une-ancienne", "Cette consultation n’existe plus"),
        ("quartier=les-tilleuls", "Ce quartier n’est pas dans la liste"),
        ("etape=VOTE", "Ce filtre n’existe pas"),
        ("colonnes=meteo", "Cette colonne n’existe pas"),
    ],
)
def test_a_view_on_something_that_is_gone_opens_and_says_what_is(
    query: str, words: str, desk: Client, member: User
) -> None:
    Neighbourhood.objects.create(key="bourg", name="Bourg", position=1)
    found, argument = ProposalFactory(), ArgumentFactory()
    view = kept(query=f"quoi=PROPOSAL&{query}", owner=member)
    answer = desk.get(f"{LIST}?vue={view.pk}")
    assert answer.status_code == 200
    page = said(answer)
    assert "Une chose que demande la vue « Ombre » n’existe plus" in page
    assert words in page
    assert "is-invalid" not in page
    assert {line.row for line in answer.context["page"].lines} == {found, argument.proposal}


def test_filters_that_cannot_be_read_are_no_view(desk: Client) -> None:
    answer = desk.post(f"{SAVE}?du=hier", {"nom": "Ombre", "qui": "equipe"})
    assert answer.status_code == desk.get(f"{LIST}?du=hier").status_code == 422
    assert "Un des filtres ne peut pas être lu" in said(answer)
    assert not SavedView.objects.exists()


def test_a_view_of_the_team_stays_when_whoever_made_it_leaves_and_ones_own_goes(desk: Client, member: User) -> None:
    colleague = UserFactory(role=Role.FACILITATOR)
    own, teams = kept(owner=colleague), kept(owner=colleague, is_shared=True)
    forget_person(colleague, with_texts=False, at=timezone.now())
    assert not SavedView.objects.filter(pk=own.pk).exists()
    assert desk.get(f"{LIST}?vue={teams.pk}").status_code == 200
    assert "une personne qui est partie" in said(desk.get(ARRANGE))


def test_ones_own_views_go_with_the_role_that_lets_one_read_the_list(member: User) -> None:
    own, teams = kept(owner=member), kept(owner=member, is_shared=True)
    saved_views.let_go_of_views(member)
    assert SavedView.objects.filter(pk=own.pk).exists()
    member.role = Role.SERVICE
    assert not may(member, READ_CONTRIBUTIONS)
    saved_views.let_go_of_views(member)
    assert list(SavedView.objects.order_by("pk")) == [teams]


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "obligatoire"), (" \u200b\u202e ", "obligatoire"), ("é" * 300, "240"), ("\x07\x00", "obligatoire")],
)
def test_a_name_that_is_none_is_refused_at_its_field_and_what_was_typed_stays(
    name: str, words: str, desk: Client
) -> None:
    answer = desk.post(f"{SAVE}?quoi=REPLY", {"nom": name, "qui": "equipe"})
    assert answer.status_code == 422
    page = said(answer)
    assert words in page
    assert "Quoi : Réponse" in page
    assert answer.context["form"]["qui"].value() == "equipe"
    assert not SavedView.objects.exists()


def test_signs_that_turn_a_line_around_are_taken_out_of_a_name(desk: Client) -> None:
    desk.post(SAVE, {"nom": "\u202eerbmo\u0007 ‮l", "qui": "moi"})
    assert SavedView.objects.get().name == "erbmo l"


def test_a_name_is_taken_once_among_ones_own_and_once_in_the_team_whatever_its_letters(member: User) -> None:
    view = save_view(actor=member, name="Ombre", query="q=ombre", is_shared=False)
    assert save_view(actor=member, name="Ombre", query="q=ombre", is_shared=False) == view
    save_view(actor=member, name="Ombre", query="q=ombre", is_shared=True)
    save_view(actor=UserFactory(role=Role.OBSERVER), name="Ombre", query="", is_shared=False)
    for is_shared in (False, True):
        with pytest.raises(ViewNameTaken):
            save_view(actor=member, name="OMBRE", query="q=autre", is_shared=is_shared)


def test_there_are_no_more_than_so_many(member: User, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "OWN_VIEWS_MAX", 1)
    monkeypatch.setattr(saved_views, "TEAM_VIEWS_MAX", 1)
    kept(owner=UserFactory(role=Role.OBSERVER))
    for is_shared in (False, True):
        save_view(actor=member, name="Une", query="", is_shared=is_shared)
        with pytest.raises(TooManyViews):
            save_view(actor=member, name="Deux", query="", is_shared=is_shared)
    answer = desk.post(SAVE, {"nom": "Deux", "qui": "moi"})
    assert answer.status_code == 409
    assert "supprimez-en une" in said(answer)
    assert 'value="Deux"' in said(answer)


def test_a_view_that_asks_for_too_much_is_refused_in_words(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "VIEW_QUERY_MAX", 10)
    answer = desk.post(f"{SAVE}?q=une-longue-recherche", {"nom": "Longue", "qui": "moi"})
    assert answer.status_code == 422
    assert "demande trop de choses" in said(answer)


def test_views_are_renamed_and_deleted_by_whoever_made_them(desk: Client, member: User) -> None:
    view, other = kept(owner=member), kept("Prise", owner=member)
    refused = desk.post(f"{ARRANGE}{view.pk}/renommer/", {"nom": "prise", "seen": "Ombre"})
    assert refused.status_code == 409
    assert 'value="prise"' in said(refused)
    assert "déjà une vue de ce nom" in said(refused)
    assert desk.post(f"{ARRANGE}{view.pk}/renommer/", {"nom": ""}).status_code == 422
    desk.post(f"{ARRANGE}{view.pk}/renommer/", {"nom": "Fraîcheur", "seen": "Ombre"})
    view.refresh_from_db()
    assert view.name == "Fraîcheur"
    late = desk.post(f"{ARRANGE}{view.pk}/renommer/", {"nom": "Autre", "seen": "Ombre"})
    assert late.status_code == 409
    assert "Quelqu’un a renommé cette vue entre-temps : elle s’appelle « Fraîcheur »" in said(late)
    desk.post(f"{ARRANGE}{view.pk}/supprimer/")
    assert list(SavedView.objects.all()) == [other]
    again = desk.post(f"{ARRANGE}{view.pk}/supprimer/")
    assert again.status_code == 404
    assert "Cette vue n’existe plus" in said(again)


@pytest.mark.parametrize("do", ["renommer", "supprimer"])
def test_views_of_others_are_changed_by_nobody_but_those_of_the_team_by_who_looks_after_them(
    do: str, saran: Municipality, visit: Callable[..., Client], desk: Client
) -> None:
    owner = UserFactory(role=Role.MODERATOR)
    own, teams = kept(owner=owner), kept(owner=owner, is_shared=True)
    for view in (own, teams):
        assert desk.post(f"{ARRANGE}{view.pk}/{do}/", {"nom": "Autre", "seen": "Ombre"}).status_code == 404
    keeper = visit(saran, UserFactory(role=Role.FACILITATOR), stays=True)
    assert keeper.post(f"{ARRANGE}{own.pk}/{do}/", {"nom": "Autre", "seen": "Ombre"}).status_code == 404
    assert SavedView.objects.filter(name="Ombre").count() == 2
    assert keeper.post(f"{ARRANGE}{teams.pk}/{do}/", {"nom": "Autre", "seen": "Ombre"}).status_code == 302
    assert SavedView.objects.filter(name="Ombre").count() == 1


# ── Columns ──────────────────────────────────────────────────────────────────


def test_columns_are_chosen_in_the_address_and_kept_by_sorting_and_pages(desk: Client) -> None:
    ProposalFactory.create_batch(26, neighbourhood="Les Tilleuls")
    page = said(desk.get(f"{LIST}?colonnes=quartier&colonnes=de&colonnes=quartier"))
    assert 'data-head="Quartier">Les Tilleuls' in page
    assert "Avis</a></th>" not in page
    assert "colonnes=de&amp;colonnes=quartier&amp;apres=" in page
    usual = desk.get(f"{LIST}?colonnes=de&colonnes=recue&colonnes=avis&colonnes=etat")
    assert usual.context["asked"] == ""


def test_every_column_shows_something_and_none_asks_the_database_more_for_more_lines(desk: Client) -> None:
    every = "&".join(f"colonnes={key}" for key in ("de", "defi", "recue", "avis", "etat", "etape", "reponse"))
    address = f"{LIST}?{every}&colonnes=quartier&colonnes=canal"
    ArgumentFactory(verdict="TAKEN")
    desk.get(address)
    few = queries(desk, address)
    for challenge in Challenge.objects.order_by("pk")[:3]:
        ArgumentFactory.create_batch(3, proposal__challenge=challenge)
    assert queries(desk, address) == few
    page = said(desk.get(address))
    for words in (Challenge.objects.order_by("pk")[0].label, "Repris", "Sur ce site", "Idée"):
        assert words in page


def test_a_column_that_does_not_exist_is_said_and_the_rest_is_shown(desk: Client) -> None:
    ProposalFactory()
    answer = desk.get(f"{LIST}?colonnes=mot-de-passe&colonnes=canal")
    assert answer.status_code == 422
    assert "Cette colonne n’existe pas" in said(answer)
    assert answer.context["columns"] == ("canal",)


# ── How many are in each ─────────────────────────────────────────────────────


def test_ready_views_say_how_many_they_hold_and_no_more_than_999(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ArgumentFactory.create_batch(3, proposal=ProposalFactory(for_count=3))
    ProposalFactory(status=Status.HIDDEN)
    page = said(desk.get(LIST))
    assert "Tout<small>5</small>" in page
    assert "Masquées<small>1</small>" in page
    monkeypatch.setattr("consultations.participation.selectors.counting.VIEW_COUNTED", 2)
    monkeypatch.setattr("consultations.participation.backoffice.views_shown.VIEW_COUNTED", 2)
    page = said(desk.get(LIST))
    assert "Tout<small>2+</small>" in page
    assert "Masquées<small>1</small>" in page


def test_a_ready_view_counts_what_its_page_shows(member: User) -> None:
    for each in ready_views:
        shown, counted = SiftForm(QueryDict(each.query)).sift(user=member), ready_sift(each.query)
        names = ("words", "kind", "challenges", "stage", "state", "channel", "awaited", "more")
        assert [getattr(shown, name) for name in names] == [getattr(counted, name) for name in names], each.query


def test_a_view_that_is_gone_renamed_or_too_long_is_refused_by_its_code(in_saran: Municipality, member: User) -> None:
    theirs, view = kept(owner=UserFactory(role=Role.OBSERVER)), kept(owner=member)

    def refused(call: Callable[[], object]) -> str:
        with pytest.raises(Refusal) as told:
            call()
        return told.value.code

    for pk in (theirs.pk, 999_999):
        assert refused(lambda pk=pk: delete_view(actor=member, pk=pk)) == "view_gone"  # type: ignore[misc]
    rename_view(actor=member, pk=view.pk, name="Lumière", seen="Ombre")
    assert refused(lambda: rename_view(actor=member, pk=view.pk, name="Nuit", seen="Ombre")) == "view_renamed_meanwhile"
    long = f"q={'ombre' * 2000}"
    asked = {"actor": member, "name": "Longue", "query": long, "is_shared": False}
    assert refused(lambda: save_view(**asked)) == "view_too_long"
