"""Menus: each app's entries in one order, those that are for who asks, and where one is."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, resolve, reverse

from accounts.abilities import OPERATE
from accounts.enums import TEAM_ROLES, Role
from common import navigation
from common.navigation import Menu
from tenants.models import Municipality
from tests.participation.factories import ProposalFactory

FRAMING = ["Consultations", "Textes et dates", "Défis"]
DESK = {
    Role.OBSERVER: ["Cette semaine", "Consultations", "Réglages"],
    Role.FACILITATOR: ["Cette semaine", "Réunir", *FRAMING, "Réglages"],
    Role.ADMINISTRATOR: ["Cette semaine", "Réunir", *FRAMING, "Équipe", "Journal", "Réglages"],
}


def menu_of(page: str, label: str) -> list[tuple[str, str]]:
    """The words of a menu, each with what it says of where one is."""
    menu = re.findall(rf'<nav[^>]*aria-label="{label}">(.*?)</nav>', page, re.S)[0]
    return [(words, now) for now, words in re.findall(r'<a href="[^"]*"(?: aria-current="(\w+)")?>(.*?)</a>', menu)]


@pytest.mark.parametrize("role", DESK)
def test_the_desk_offers_each_role_what_it_may_enter(
    visit: Callable[..., Client], saran: Municipality, person: Callable[..., Any], role: str
) -> None:
    page = visit(saran, person(role=role)).get("/gestion/").content.decode()
    offered = [words for words, _now in menu_of(page, "Bureau de l’équipe")]
    known = DESK[Role.ADMINISTRATOR]
    assert [words for words in offered if words in known] == DESK[role]


def test_its_entries_stand_under_few_headings_each_in_a_list_that_bears_its_name(
    visit: Callable[..., Client], saran: Municipality, person: Callable[..., Any]
) -> None:
    def headings(role: str) -> list[str]:
        page = visit(saran, person(role=role)).get("/gestion/").content.decode()
        named = re.findall(r'<p class="desk__group" id="([^"]*)">(.*?)</p>\s*<ul aria-labelledby="([^"]*)">', page)
        assert all(heading == listed for heading, _words, listed in named)
        return [words for _heading, words, _listed in named]

    assert headings(Role.ADMINISTRATOR) == ["Dialogue", "Suites", "Cadre", "Plateforme"]
    assert headings(Role.SERVICE) == ["Suites"]


def test_each_entry_of_the_desk_but_the_first_stands_in_a_group() -> None:
    assert {each.url_name for each in navigation._menus[Menu.DESK] if each.group is None} == {"desk"}


@pytest.mark.parametrize("role", DESK)
def test_what_the_desk_offers_answers(
    visit: Callable[..., Client], saran: Municipality, person: Callable[..., Any], role: str
) -> None:
    """Whichever app has put it into the menu."""
    client = visit(saran, person(role=role))
    menu = re.findall(
        r'<nav[^>]*aria-label="Bureau de l’équipe">(.*?)</nav>', client.get("/gestion/").content.decode(), re.S
    )
    paths = re.findall(r'<a href="([^"]*)"', menu[0])
    assert [path for path in paths if client.get(path).status_code != 200] == []


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/gestion/", [("Cette semaine", "page")]),
        ("/gestion/consultations/territoires-resilients/documents/", [("Textes et dates", "true")]),
        ("/gestion/consultations/territoires-resilients/defis/", [("Défis", "page")]),
        ("/gestion/consultations/territoires-resilients/defis/ecologie/", [("Défis", "true")]),
        ("/gestion/consultations/territoires-resilients/ajouter-un-defi/", [("Défis", "true")]),
        ("/gestion/consultations/", [("Consultations", "page")]),
        ("/gestion/preparer-une-consultation/vide/", [("Consultations", "true")]),
        ("/gestion/consultations/territoires-resilients/", [("Cette semaine", "true")]),
        ("/gestion/reglages/", [("Réglages", "page")]),
        ("/gestion/verification/", [("Réglages", "true")]),
        ("/gestion/apparence/", [("Réglages", "true")]),
        ("/gestion/equipe/", [("Équipe", "page")]),
        ("/gestion/equipe/roles/", [("Réglages", "true")]),
    ],
)
def test_the_desk_says_where_one_is(
    visit: Callable[..., Client],
    saran: Municipality,
    person: Callable[..., Any],
    path: str,
    marked: list[tuple[str, str]],
) -> None:
    page = visit(saran, person(administrator=True)).get(path).content.decode()
    assert [each for each in menu_of(page, "Bureau de l’équipe") if each[1]] == marked


def test_a_citys_menu_says_where_one_is(visit: Callable[..., Client], saran: Municipality, in_saran: Any) -> None:
    proposal = ProposalFactory().get_absolute_url()
    for path, marked in (
        ("/", []),
        ("/defis/ecologie/", [("Défis", "true")]),
        ("/propositions/", [("Propositions", "page")]),
        (proposal, [("Propositions", "true")]),
        ("/mode-d-emploi/", [("Mode d’emploi", "page")]),
    ):
        menu = menu_of(visit(saran).get(path).content.decode(), "Navigation principale")
        assert [words for words, _now in menu] == ["Défis", "Propositions", "Mode d’emploi"]
        assert [each for each in menu if each[1]] == marked, path


def test_a_citys_menu_goes_from_what_is_asked_to_what_became_of_it() -> None:
    names = [str(entry.url_name) for entry in navigation._menus[Menu.CITY]]
    assert names == ["home", "proposals", "votes", "votes", "answers", "projects", "results", "how_it_works"]


def test_the_operators_menu(visit: Callable[..., Client], db: None, person: Callable[..., Any]) -> None:
    page = visit(None, person(city=None, operator=True)).get("/ops/bibliotheque/nouvelle/").content.decode()
    assert menu_of(page, "Équipe") == [
        ("Collectivités", ""),
        ("Mises en service", ""),
        ("Vérifications", ""),
        ("Facturation", ""),
        ("Modération", ""),
        ("Cadrage", ""),
        ("Noms réservés", ""),
        ("Bibliothèque", "true"),
        ("Lexique", ""),
        ("Clés d’API", ""),
        ("Composants", ""),
    ]


def test_an_account_has_what_is_ones_own(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    for who, words in (({}, []), ({"role": Role.OBSERVER}, ["Bureau de l’équipe"])):
        page = visit(saran, person(**who)).get("/").content.decode()
        panel = re.findall(r'<ul class="menu__panel">(.*?)</ul>', page, re.S)[0]
        assert re.findall(r'<a href="[^"]*">(.*?)</a>', panel) == ["Ma participation", "Mon espace", *words]


@pytest.mark.parametrize("entry", [(menu, each) for menu in Menu for each in navigation._menus[menu]])
def test_each_entry_leads_to_a_page_that_those_who_see_it_may_enter(entry: tuple[Menu, navigation.Entry]) -> None:
    menu, each = entry
    is_public = menu in (Menu.OPS, Menu.SITE, Menu.SITE_OWN, Menu.SITE_FOOT, Menu.SITE_FOOT_OWN)
    urlconf = settings.PUBLIC_SCHEMA_URLCONF if is_public else settings.ROOT_URLCONF
    of_none = {"desk", "desk_contributions"}
    of_one = ["territoires-resilients"] if each.url and menu == Menu.DESK and each.url_name not in of_none else []
    try:
        view = resolve(reverse(each.url_name, urlconf=urlconf, args=of_one), urlconf).func
    except NoReverseMatch:
        pytest.fail(f"{each.url_name} is no page without arguments")
    shown_to = each.roles or {Menu.DESK: frozenset(TEAM_ROLES), Menu.OPS: OPERATE.roles}.get(menu, frozenset())
    assert shown_to <= getattr(view, "roles", shown_to)


def test_a_menu_asks_the_database_no_more_than_its_entries_say(
    visit: Callable[..., Client], saran: Municipality, person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visit(saran, person(administrator=True))
    counts, entries = [], navigation._menus[Menu.DESK]
    for menu in (entries, []):
        monkeypatch.setitem(navigation._menus, Menu.DESK, menu)
        client.get("/gestion/apparence/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/gestion/apparence/")
        counts.append(len(captured))
    assert counts[0] == counts[1] + sum(entry.queries for entry in entries)
