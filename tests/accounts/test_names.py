"""Public names: not the authority's, not an elected function's, not another participant's, in any spelling."""

from collections.abc import Callable
from importlib import import_module
from threading import Barrier, Thread
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django_tenants.utils import schema_context

from accounts import services
from accounts.enums import Capacity, Role
from accounts.models import User
from accounts.names import (
    NameLeadsSomewhere,
    NameMixed,
    NameRefused,
    NameReserved,
    NameTaken,
    check_name,
    is_reserved,
    key_of,
)
from consultations.framing.models import Consultation
from consultations.participation.services.replies import reply
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, VersionedProposalFactory
from tests.support.pages import says

RESERVED = [
    "La maire",
    "Le Maire",
    "LE MAIRE",
    "le  maire",
    "Mairie de Saran",
    "m a i r i e",
    "m.a.i.r.i.e",
    "l a  m a i r e",
    "M-A-I-R-I-E",
    "Ma\u0456rie",  # Cyrillic
    "\u041c\u0430\u0456\u0433\u0435",  # whole in Cyrillic
    "\u13b7\u13aa\u13c6\u13a1\u13ac",  # whole in Cherokee
    "Μαιrie",
    "ｍａｉｒｉｅ",  # full width
    "𝓜𝓪𝓲𝓻𝓲𝓮",
    "Ⓜⓐⓘⓡⓘⓔ",
    "🅼🅰🅸🆁🅸🅴",
    "ᴍᴀɪʀɪᴇ",
    "Maırie",  # without its dot
    "Må\u0301ïríê",
    "m\u200ba\u200bi\u200br\u200bi\u200be",
    "M\u0336a\u0336i\u0336r\u0336i\u0336e\u0336",
    "Ma1rie",
    "M4irie",
    "M@irie",
    "Ma|r|e",
    "Ma!rie",
    "Mairie!",
    "Mairie45",
    "mairie_saran",
    "mai rie",
    "rnairie",
    "Madame la maire",
    "Paul, adjoint au maire",
    "Adjointe à la culture",
    "Conseil municipal",
    "Conseillère municipale",
    "Jean D., conseiller départemental",
    "Un élu",
    "Élue de la majorité",
    "Le député",
    "La sénatrice",
    "Préfet du Loiret",
    "Ville de Saran",
    "SARAN",
    "S a r a n",
    "Saran officiel",
    "Commune de Saran",
    "Équipe de Saran",
    "L’équipe",
    "La présidente",
    "Hôtel de Ville",
    "Police municipale",
    "Modérateur",
    "Admin",
    "Administration",
    "Territoires résilients",
    "Equipe Territoires Resilients",
    "Support",
    "Le service communication",
    "DGS de Saran",
    "1er adjoint",
    "3e adjointe",
    "Le Bourgmestre",
    "Modo",
    "Participation citoyenne Saran",
    "Service urbanisme de Saran",
    "Services techniques",
    "Secrétariat général, Saran",
    "Bureau municipal",
    "CCAS",
    "Gendarmerie de Saran",
    "Support technique",
    "L’équipe du site",
    "Compte vérifié ✓",
    "Saran demande votre avis",
    "Compte supprimé",
    "Ancien compte",
    "Anonyme",
    "Maryvonne Hautin",  # who decides: see the test
    "maryvonne HAUTIN",
]
ALLOWED = [
    "Lemaire",
    "Marie",
    "Marie Martin",
    "Rose-Marie",
    "Jean Lemaire",
    "Anne-Marie Dumaire",
    "Mairey-Dubois",
    "Vélo Saran",
    "Les amis de Saran",
    "Amicale des jardins",
    "Comité de quartier",
    "Association sportive de Saran",
    "Président du club de pétanque",
    "Harmonie municipale",
    "Sarah",
    "Sarane",
    "Maya",
    "O’Brien",
    "Йван",
    "Νίκος",
    "日本 太郎",
    "김 민수",
    "محمد",
    "ⵣⵉⵔⵉ",
    "Zoé 🌳",
    "Мария",
    "Élodie 45",
    "X",
    "Paul, rue de la Paix",
    "Louis Prefer",
    "Ludivine",
    "Ada 2",
    "Bureau des élèves",
    "Au service des autres",
    "J.-P. Martin",
    "Ancienne du quartier",
]


@pytest.mark.parametrize("name", RESERVED)
def test_nobody_speaks_as_the_authority_or_an_elected_person(in_saran: Municipality, name: str) -> None:
    Consultation.objects.update(decision_maker="Maryvonne Hautin, maire de Saran")
    with pytest.raises((NameReserved, NameMixed, NameLeadsSomewhere)):
        check_name(name, user=UserFactory())


@pytest.mark.parametrize("name", ALLOWED)
def test_names_of_people_and_associations_pass(in_saran: Municipality, name: str) -> None:
    check_name(name, user=UserFactory(public_name=""))


@pytest.mark.parametrize(
    "name",
    [
        "Lot gagné https://evil.example/prix",
        "http://evil.example/gagnez",
        "www.evil.example",
        "evil.example/x",
        "evil․example",
        "paul@example.org",
        "06 12 34 56 78",
        "Paul 0612345678",
        "ev\u200bil.exa\u200bmple",
    ],
)
def test_no_name_leads_anywhere(in_saran: Municipality, name: str) -> None:
    with pytest.raises(NameLeadsSomewhere):
        check_name(name, user=UserFactory(role=Role.FACILITATOR))


@pytest.mark.parametrize(
    "name", ["Jul\u0456e", "La\U000133fcmaire", "Ca\u13f4ol", "\u2067 deux \u200f ש R\u00e9sident \u2069"]
)
def test_what_is_not_written_with_letters_of_one_alphabet_in_use_is_nobodys_name(
    in_saran: Municipality, name: str
) -> None:
    with pytest.raises(NameMixed):
        check_name(name, user=UserFactory())


@pytest.mark.parametrize("filler", "\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5")
def test_a_letter_that_is_drawn_as_a_space_is_one(in_saran: Municipality, filler: str) -> None:
    user = UserFactory(public_name="")
    with pytest.raises(NameReserved):
        named(user, f"La{filler}maire")
    named(user, f"Jean{filler}Petit")
    assert User.objects.get(pk=user.pk).public_name == "Jean Petit"


@pytest.mark.parametrize(
    ("kind", "name", "reserved"),
    [
        ("GROUP", "CA Orléans Métropole", ("Orléans Métropole", "ORLÉANS", "Agglo d’Orléans", "La métropole")),
        ("DEPARTMENT", "Loiret", ("Département du Loiret", "Le Loiret", "Président du Loiret")),
        ("COMMUNE", "Saint-Jean-de-Braye", ("St Jean de Braye", "saintjeandebraye", "Ville de Saint Jean de Braye")),
    ],
)
def test_the_names_of_other_kinds_of_authorities_are_theirs(
    in_saran: Municipality, kind: str, name: str, reserved: tuple[str, ...]
) -> None:
    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(name=name)
    for each in reserved:
        assert is_reserved(each), each
    assert not is_reserved("Saran")


# ── Namesakes ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    [
        "Marie Martin",
        "MARIE MARTIN",
        "Marie-Martin",
        "mariemartin",
        "Marié Mártin",
        "Mar1e Martin",
        "Mar\u200bie Martin",
    ],
)
def test_a_namesake_is_offered_a_number_and_takes_it_with_a_press(
    visit: Callable[..., Client], in_saran: Municipality, name: str
) -> None:
    first, second, third = (UserFactory(public_name="") for _each in range(3))
    named(first, "Marie Martin")
    client = visit(in_saran, second, stays=True)
    refused = client.post("/bienvenue/", {"public_name": name, "capacity": "RESIDENT"})
    assert refused.status_code == 422
    page = refused.content.decode()
    offered = refused.context["form"]["public_name"].value()
    assert offered.endswith(" 2")
    assert says(page, NameTaken)
    assert f'value="{offered}"' in page
    assert client.post("/bienvenue/", {"public_name": offered, "capacity": "RESIDENT"}).status_code == 302
    with pytest.raises(NameTaken) as refusal:
        named(third, name)
    assert refusal.value.suggestion.endswith(" 3")


def test_a_number_stays_within_the_length_of_a_name(in_saran: Municipality) -> None:
    long = "Marguerite-Bernadette de la Tour du Moul"
    named(UserFactory(public_name=""), long)
    with pytest.raises(NameTaken) as refusal:
        named(UserFactory(public_name=""), long)
    assert len(refusal.value.suggestion) <= 40


def test_ones_own_name_in_another_spelling_is_ones_own(in_saran: Municipality) -> None:
    user = UserFactory(public_name="")
    named(user, "marie martin")
    named(user, "Marie Martin")
    assert User.objects.get(pk=user.pk).public_name == "Marie Martin"


def test_of_two_who_ask_for_one_name_at_once_one_gets_it(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    city = Municipality.objects.get(slug="saran")
    with schema_context(city.schema_name):
        people = [UserFactory(public_name="") for _each in range(2)]
    both_were_free, said = Barrier(2), []

    def checked(name: str, *, user: User) -> None:
        check_name(name, user=user)
        both_were_free.wait(timeout=30)

    monkeypatch.setattr(services, "check_name", checked)

    def ask(user: User) -> None:
        try:
            with schema_context(city.schema_name):
                try:
                    named(user, "Marie Martin")
                    said.append("")
                except NameTaken as refusal:
                    said.append(refusal.suggestion)
        finally:
            connection.close()

    threads = [Thread(target=ask, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["", "Marie Martin 2"]


def named(user: User, name: str) -> None:
    services.complete_profile(user=user, public_name=name, capacity=Capacity.RESIDENT)


# ── Existing names, and the team's ───────────────────────────────────────────


def test_a_name_from_before_stays_and_its_form_can_still_be_saved(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    user, twin = UserFactory(public_name="Mairie de Saran"), UserFactory(public_name="Tilleul")
    named(UserFactory(public_name=""), "Tilleul")
    for one in (user, twin):
        client = visit(in_saran, one, stays=True)
        saved = client.post("/compte/", {"public_name": one.public_name, "capacity": "WORKER"})
        assert saved.status_code == 302
        one.refresh_from_db()
        assert one.capacity == "WORKER"


def test_in_an_old_city_who_was_there_first_holds_the_name_and_the_mailbox(in_saran: Municipality) -> None:
    first, second = UserFactory(public_name="Tilleul", email="a@gmail.com"), UserFactory(public_name="TILLEUL")
    alias = UserFactory(public_name="", email="a+1@gmail.com")
    migration = import_module("accounts.migrations.0007_hold_names_and_mailboxes")
    for _again in "ab":
        migration.hold(apps, None)
    for each in (first, second, alias):
        each.refresh_from_db()
    assert (first.name_key, second.name_key) == (key_of("Tilleul"), "")
    assert (first.mailbox, alias.mailbox) == ("a@gmail.com", "")
    assert second.public_name == "TILLEUL"


def test_the_team_may_speak_as_the_authority_and_no_longer_once_out_of_it(in_saran: Municipality) -> None:
    boss, agent = UserFactory(administrator=True), UserFactory(role=Role.FACILITATOR, public_name="")
    named(agent, "Mairie de Saran")
    services.remove_from_team(member_id=agent.pk, actor=boss, city=in_saran)
    agent.refresh_from_db()
    assert agent.public_name == "Anciennement de l’équipe"
    with pytest.raises(NameRefused):
        named(agent, "Mairie de Saran")
    other = UserFactory(role=Role.MODERATOR, public_name="Paul")
    services.remove_from_team(member_id=other.pk, actor=boss, city=in_saran)
    other.refresh_from_db()
    assert other.public_name == "Paul"


BADGE = "équipe de la collectivité"


def test_who_writes_for_the_city_carries_a_badge_wherever_they_sign_and_only_as_long_as_they_do(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    boss, agent = UserFactory(administrator=True), UserFactory(role=Role.FACILITATOR, public_name="Paul")
    proposal = VersionedProposalFactory(author=agent)
    proposal.versions.update(made_by=agent)
    other = ProposalFactory()
    argument = ArgumentFactory(proposal=other, author=agent)
    answered = ArgumentFactory(proposal=other)
    at = proposal.submitted_at
    reply(argument=answered, author=agent, text="Nous avons compté les arbres, il y en a douze.", at=at)
    pages = {
        "/propositions/": 1,
        proposal.get_absolute_url(): 1,
        other.get_absolute_url(): 2,
        f"{proposal.get_absolute_url()}versions/": 1,
        argument.get_absolute_url(): 1,
    }
    visitor = visit(in_saran, stays=True)
    for _kept in "ab":
        for path, least in pages.items():
            assert visitor.get(path).content.decode().count(BADGE) >= least, path
    services.change_team_role(member_id=agent.pk, role=Role.MODERATOR, actor=boss, city=in_saran)
    assert f"{BADGE} : modération" in visitor.get("/propositions/").content.decode().replace("\u00a0", " ")
    services.remove_from_team(member_id=agent.pk, actor=boss, city=in_saran)
    for path in pages:
        page = visitor.get(path).content.decode()
        assert BADGE not in page, path
        assert "Paul" in page


def test_what_was_imported_keeps_the_names_of_the_other_site(in_saran: Municipality) -> None:
    imported = ProposalFactory(author=None, imported_author="Mairie de Saran")
    assert imported.signed_name == "Mairie de Saran"
    assert imported.author_function == ""


def test_every_way_to_a_name_asks_the_same(in_saran: Municipality) -> None:
    """The service refuses what the form would: nobody gets round it."""
    user: Any = UserFactory(public_name="")
    for name in ("La maire", "Ma\u0456rie"):
        with pytest.raises(NameRefused):
            named(user, name)
    assert User.objects.get(pk=user.pk).public_name == ""
