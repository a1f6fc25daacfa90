"""What somebody of the team does at the authority stands beside their name, as they or their administrator say it."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.erasure import ask_erasure
from accounts.functions import FunctionMixed, FunctionRefused, FunctionReserved, revision_of_function, set_function
from accounts.models import FUNCTION_MAX, AuditEntry, User
from accounts.services import NotInTeam, change_team_role, remove_from_team
from common.meanwhile import ChangedMeanwhile, mark_of
from common.personal import personal_files
from common.text import TextTooLong, TextTooShort
from tenants.models import Municipality
from tests.accounts.factories import UserFactory, able_administrator
from tests.accounts.test_names import BADGE
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory

Visit = Callable[..., Client]
SAID = "Chargée de mission participation"
OWN = "/compte/fonction/"


@pytest.fixture
def agent(in_saran: Municipality) -> User:
    found: User = UserFactory(role=Role.FACILITATOR, public_name="Nadia", email="nadia@saran.example")  # type: ignore[assignment]
    return found


def test_it_stands_on_the_badge_wherever_they_sign_as_long_as_they_are_in_the_team(
    visit: Visit, in_saran: Municipality, agent: User
) -> None:
    boss: Any = able_administrator()
    own, other = ProposalFactory(author=agent), ProposalFactory()
    argument = ArgumentFactory(proposal=other, author=agent)
    ReplyFactory(argument=ArgumentFactory(proposal=other), author=agent)
    pages = {
        own.get_absolute_url(): 1,
        other.get_absolute_url(): 2,
        argument.get_absolute_url(): 1,
        "/propositions/": 1,
    }
    visitor = visit(in_saran, stays=True)
    assert f"{BADGE}\u00a0: animation" in visitor.get("/propositions/").content.decode()
    set_function(member_id=agent.pk, function="Chargée du CCAS", actor=boss)
    for path, least in pages.items():
        assert visitor.get(path).content.decode().count(f"{BADGE}\u00a0: Chargée du CCAS") >= least, path
    remove_from_team(member_id=agent.pk, actor=boss, city=in_saran)
    assert "Chargée du CCAS" not in visitor.get("/propositions/").content.decode()
    agent.refresh_from_db()
    assert agent.function == ""


def test_it_goes_with_the_account_from_the_press_on(in_saran: Municipality, agent: User) -> None:
    """Before the worker has erased the rest."""
    set_function(member_id=agent.pk, function=SAID, actor=agent)
    assert ask_erasure(user=agent, with_texts=False, at=timezone.now())
    assert User.objects.get(pk=agent.pk).function == ""


def test_ones_copy_has_it(in_saran: Municipality, agent: User) -> None:
    member = set_function(member_id=agent.pk, function=SAID, actor=agent)
    account = next(each for each in personal_files(member) if each.name == "compte")
    assert account.rows[0]["fonction"] == SAID


def test_the_database_holds_no_function_of_who_is_not_in_the_team(in_saran: Municipality) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(role=Role.PARTICIPANT, function="Maire")


def test_an_administrator_says_it_on_the_page_of_the_team(visit: Visit, in_saran: Municipality, agent: User) -> None:
    boss: Any = able_administrator()
    desk = visit(in_saran, boss, stays=True)
    path = f"/gestion/equipe/{agent.pk}/fonction/"
    answer = desk.post(path, {"function": f"  {SAID} ", "revision": revision_of_function(agent)}, follow=True)
    assert f"<dd>{SAID}</dd>" in answer.content.decode()
    assert User.objects.get(pk=agent.pk).function == SAID
    entry = AuditEntry.objects.get(action="team_function_changed")
    assert (entry.actor_id, entry.subject_id, entry.details) == (boss.pk, str(agent.pk), {})
    desk.post(path, {"function": SAID, "revision": ""})
    assert AuditEntry.objects.filter(action="team_function_changed").count() == 1
    gone = desk.post("/gestion/equipe/999999/fonction/", {"function": SAID}, follow=True)
    assert str(NotInTeam.message) in unescape(gone.content.decode())


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.OBSERVER, Role.SERVICE])
def test_each_of_the_team_says_their_own_on_their_account(visit: Visit, in_saran: Municipality, role: str) -> None:
    member: Any = UserFactory(role=role)
    client = visit(in_saran, member, stays=True)
    assert OWN in client.get("/compte/").content.decode()
    assert client.post(OWN, {"function": SAID}).headers["Location"] == "/compte/"
    assert SAID in client.get("/compte/").content.decode()


def test_nobody_else_says_anything(visit: Visit, in_saran: Municipality, agent: User) -> None:
    participant: Any = UserFactory()
    theirs = visit(in_saran, participant, stays=True)
    assert theirs.post(OWN, {"function": "Maire"}).status_code == 404
    assert OWN not in theirs.get("/compte/").content.decode()
    for actor, of in ((UserFactory(role=Role.MODERATOR), agent), (participant, participant)):
        with pytest.raises(NotInTeam):
            set_function(member_id=of.pk, function="Maire", actor=actor)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("x" * (FUNCTION_MAX + 1), TextTooLong),
        ("x", TextTooShort),
        ("Écrivez à nadia@saran.example", FunctionRefused),
        ("voir www.saran.example", FunctionRefused),
        ("x <b", FunctionMixed),
    ],
)
def test_what_does_not_go_is_refused_and_nothing_typed_is_lost(
    visit: Visit, in_saran: Municipality, agent: User, words: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        set_function(member_id=agent.pk, function=words, actor=agent)
    boss: Any = able_administrator()
    for client, path in (
        (visit(in_saran, agent, stays=True), OWN),
        (visit(in_saran, boss, stays=True), f"/gestion/equipe/{agent.pk}/fonction/"),
    ):
        answer = client.post(path, {"function": words})
        assert answer.status_code == 422
        assert f'value="{words}"' in unescape(answer.content.decode())
    assert User.objects.get(pk=agent.pk).function == ""


def test_signs_that_nobody_sees_are_no_function(agent: User) -> None:
    assert set_function(member_id=agent.pk, function="\u200d\u3164 ", actor=agent).function == ""
    said = "Chargée\u202e de l\u2019eau\n"
    assert set_function(member_id=agent.pk, function=said, actor=agent).function == "Chargée de l’eau"


OFFICES = [
    "La maire",
    "Maire d’Ormes",
    "M a i r e",
    "Ma1re",
    "\u041c\u0430\u0456\u0433\u0435",  # whole in Cyrillic
    "Adjointe à la culture",
    "Conseillère municipale",
    "Élue à l’eau",
    "Présidente",
    "Vice-président",
    "Administration",
    "Préfet du Loiret",
    "Sous-préfète",
    "Représentante de l’État",
    "Commissaire de police",
    "Directrice générale des services",
    "Équipe du service Territoires résilients",
    "TERRITOIRES RESILIENTS",
    "Saran",
]
EVERYDAY = [
    SAID,
    "Chargée du CCAS",
    "Directrice",
    "Responsable de l’état civil",
    "Service urbanisme",
    "Directeur des services techniques",
    "Animatrice à Saran",
    "Modératrice",
    "Cheffe de projet résilience",
]


@pytest.mark.parametrize("words", OFFICES)
def test_nobody_says_an_office_of_themselves_and_an_administrator_says_it_of_whoever_holds_it(
    agent: User, words: str
) -> None:
    with pytest.raises(FunctionReserved):
        set_function(member_id=agent.pk, function=words, actor=agent)
    boss: Any = able_administrator()
    for member in (agent, boss):
        assert set_function(member_id=member.pk, function=words, actor=boss).function == words
    assert AuditEntry.objects.filter(action="team_function_changed", actor=boss).count() == 2
    # What stands there is theirs: sent again as it is, nothing happens.
    assert set_function(member_id=agent.pk, function=words, actor=agent).function == words


@pytest.mark.parametrize("words", EVERYDAY)
def test_what_is_no_office_one_says_of_oneself(agent: User, words: str) -> None:
    assert set_function(member_id=agent.pk, function=words, actor=agent).function == words


@pytest.mark.parametrize(
    "words", ["Cheffe de pr\u043ejet", "Cheffe \u0434\u0435 projet", "<b>x</b>", "{{ x }}", "Chef \u200d de projet"]
)
def test_signs_of_programs_and_several_alphabets_are_in_nobodys_function(agent: User, words: str) -> None:
    for actor in (agent, able_administrator()):
        with pytest.raises(FunctionMixed):
            set_function(member_id=agent.pk, function=words, actor=actor)


def test_an_office_that_an_administrator_said_goes_with_that_role_and_what_was_said_of_others_stays(
    in_saran: Municipality, agent: User
) -> None:
    boss: Any = able_administrator()
    other: Any = UserFactory(administrator=True)
    for member in (agent, other):
        set_function(member_id=member.pk, function="Maire", actor=boss)
        change_team_role(member_id=member.pk, role=Role.DECISION_MAKER, actor=boss, city=in_saran)
    assert User.objects.get(pk=agent.pk).function == "Maire"
    assert User.objects.get(pk=other.pk).function == ""
    third: Any = UserFactory(administrator=True)
    set_function(member_id=third.pk, function="Urbaniste", actor=boss)
    change_team_role(member_id=third.pk, role=Role.OBSERVER, actor=boss, city=in_saran)
    assert User.objects.get(pk=third.pk).function == "Urbaniste"


def test_two_who_change_one_function_see_each_other(visit: Visit, in_saran: Municipality, agent: User) -> None:
    seen = revision_of_function(agent)
    boss: Any = able_administrator()
    set_function(member_id=agent.pk, function="Directrice", actor=boss)
    with pytest.raises(ChangedMeanwhile):
        set_function(member_id=agent.pk, function=SAID, actor=agent, revision=seen)
    for client, path in (
        (visit(in_saran, agent, stays=True), OWN),
        (visit(in_saran, boss, stays=True), f"/gestion/equipe/{agent.pk}/fonction/"),
    ):
        answer = client.post(path, {"function": SAID, "revision": seen})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Directrice" in page
        assert f'value="{SAID}"' in page
        assert f'value="{mark_of("Directrice")}"' in page


def test_two_who_change_one_role_see_each_other(visit: Visit, in_saran: Municipality, agent: User) -> None:
    boss: Any = able_administrator()
    desk = visit(in_saran, boss, stays=True)
    seen = mark_of("FACILITATOR")
    assert f'value="{seen}"' in desk.get("/gestion/equipe/").content.decode()
    path = f"/gestion/equipe/{agent.pk}/role/"
    desk.post(path, {"role": Role.MODERATOR, "revision": seen})
    answer = desk.post(path, {"role": Role.OBSERVER, "revision": seen}, follow=True)
    assert "Rien n’a été changé" in unescape(answer.content.decode())
    assert User.objects.get(pk=agent.pk).role == Role.MODERATOR
