"""*Réglages*: what is set once, in lines of all apps, each for those who may set it."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import TEAM_ROLES, Role
from accounts.listing import list_neighbourhoods
from common import city_settings
from consultations.framing.enums import Delay, ModeratedBy, Moderation
from consultations.framing.models import Consultation, LegalIdentity
from consultations.moderation.models import CityWord
from tenants.copies import note_copy
from tenants.models import Municipality

Visit = Callable[..., Client]
PAGE = "/gestion/reglages/"
EVERYBODYS = ["Qui peut faire quoi", "Clés d’API", "Durées de conservation", "Sur votre site, et données ouvertes"]
FRAMERS = [
    "Apparence",
    "Langues",
    "Dates",
    "Population",
    "Quartiers",
    "Qui modère, et quand",
    "Délais de la modération",
    "Tableau des contributions",
    "Vos mots",
    "Relecture des feuilles saisies",
    "Textes légaux",
]
ADMINISTRATORS = [
    "Nom",
    "Adresse",
    "Vérification",
    "Modération déléguée",
    "Équipe",
    "Abonnement",
    "Copie de la plateforme",
    "Webhooks",
]


def lines(client: Client) -> dict[str, tuple[str, str]]:
    """By their words: where each leads, and what is set now."""
    page = client.get(PAGE).content.decode()
    rows = re.findall(r'<dt>(.*?)</dt>\s*<dd class="settings__now">(.*?)</dd>\s*<dd>(.*?)</dd>', page, re.S)
    assert rows
    assert all(effect.strip() for _label, _now, effect in rows)
    found = {}
    for label, now, _effect in rows:
        leads = re.findall(r'href="([^"]*)"', label)
        found[unescape(re.sub(r"<[^>]*>", "", label))] = ("".join(leads), unescape(now))
    return found


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.OBSERVER, EVERYBODYS),
        (Role.MODERATOR, EVERYBODYS),
        (Role.FACILITATOR, [*EVERYBODYS, *FRAMERS]),
        (Role.ADMINISTRATOR, [*EVERYBODYS, *FRAMERS, *ADMINISTRATORS]),
    ],
)
def test_each_of_the_team_reads_what_their_role_may_set_and_each_line_leads_there(
    visit: Visit, in_saran: Municipality, person: Callable[..., Any], role: str, shown: list[str]
) -> None:
    client = visit(in_saran, person(role=role))
    found = lines(client)
    assert sorted(found) == sorted(shown)
    assert [where for where, _now in found.values() if where and client.get(where).status_code != 200] == []
    assert [label for label, (where, _now) in found.items() if not where] == ["Nom"] * ("Nom" in found)


def test_lines_say_what_is_set_now(visit: Visit, in_saran: Municipality, person: Callable[..., Any]) -> None:
    administrator = person(role=Role.ADMINISTRATOR)
    client = visit(in_saran, administrator)
    before = {label: now for label, (_where, now) in lines(client).items()}
    assert before["Quartiers"].startswith("Pas de liste")
    assert before["Modération déléguée"] == "Pour aucune consultation"
    assert before["Copie de la plateforme"] == "Aucune dans le journal"
    assert before["Équipe"] == "2 personnes"
    assert before["Adresse"] == in_saran.host

    with schema_context(in_saran.schema_name):
        list_neighbourhoods(names=["Bourg", "Chêne Maillard"], actor=None)
        Consultation.objects.update(
            moderated_by=ModeratedBy.OPERATORS, moderation=Moderation.BEFORE, moderation_delay=Delay.ONE_DAY
        )
        note_copy(municipality=in_saran, actor=administrator, complete=False, at=timezone.now())
        LegalIdentity.objects.update_or_create(pk=LegalIdentity.ONLY, defaults={"phone": ""})
    person(role=Role.MODERATOR)
    after = {label: now for label, (_where, now) in lines(client).items()}
    assert after["Quartiers"] == "2 dans la liste"
    assert after["Modération déléguée"] == "Pour 1 consultation"
    assert after["Copie de la plateforme"].startswith("Dernière copie le ")
    assert after["Équipe"] == "3 personnes"
    assert "Nous relisons tout avant de publier" in after["Qui modère, et quand"]
    assert after["Qui modère, et quand"].endswith("en un jour au plus.")
    assert re.search(r"^\d+ informations? manque", after["Textes légaux"])


def test_words_of_ones_own_are_for_who_moderates(
    visit: Visit, in_saran: Municipality, person: Callable[..., Any]
) -> None:
    client = visit(in_saran, person(role=Role.MODERATOR))
    assert "Vos mots" not in lines(client)
    with schema_context(in_saran.schema_name):
        CityWord.objects.create(words="gros mot")
        Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    assert lines(client)["Vos mots"] == ("/gestion/moderation/mots/", "1 mot ou expression")


def test_a_city_without_a_consultation_has_its_settings(
    visit: Visit, in_saran: Municipality, person: Callable[..., Any]
) -> None:
    Consultation.objects.all().delete()
    found = lines(visit(in_saran, person(role=Role.ADMINISTRATOR)))
    assert {"Dates", "Qui modère, et quand"} & found.keys() == set()
    assert "Équipe" in found


@pytest.mark.parametrize("each", city_settings.settings, ids=lambda each: each.now.__name__)
def test_a_line_is_for_those_who_may_enter_its_page(each: Any) -> None:
    if not each.url_name:
        return
    of_one = ["territoires-resilients"] if each.url and each.url_name != "desk_contributions" else []
    view = resolve(reverse(each.url_name, settings.ROOT_URLCONF, args=of_one), settings.ROOT_URLCONF).func
    assert each.roles & set(TEAM_ROLES) <= getattr(view, "roles", each.roles)


@pytest.mark.parametrize("each", city_settings.settings, ids=lambda each: each.now.__name__)
def test_saying_what_is_set_costs_no_more_queries_than_declared(
    rf: Any, in_saran: Municipality, person: Callable[..., Any], each: Any
) -> None:
    list_neighbourhoods(names=[f"Quartier {number}" for number in range(9)], actor=None)
    request = rf.get(PAGE)
    request.user, request.tenant, request.session = person(role=Role.MODERATOR), in_saran, {}
    Consultation.objects.exists()  # in the city again
    with CaptureQueriesContext(connection) as captured:
        each.now(request)
    assert len(captured) <= each.queries
