"""Who has lost their second factor gets a way back from somebody else, who shows theirs; it is recorded and told."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django_tenants.utils import schema_context

from accounts import factors
from accounts.enums import Role
from accounts.factors import NobodyToHelp, OneselfRefused
from accounts.models import AuditEntry, User
from common.models import OutboxMessage
from consultations.framing.models import Consultation
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tenants.schema import grant_rights
from tests.accounts.factories import UserFactory
from tests.accounts.test_second_factor import press_link, with_app
from tests.conftest import kept_page, shows
from tests.support.pages import says

PAGE = "/gestion/equipe/"
REASON = "Rappelée au standard de la mairie"


@pytest.fixture
def boss(in_saran: Municipality) -> User:
    return UserFactory(role=Role.ADMINISTRATOR, email="chef@saran.example")


@pytest.fixture
def colleague(in_saran: Municipality) -> User:
    return with_app(UserFactory(role=Role.MODERATOR, email="mod@saran.example"))


@pytest.fixture
def desk(in_saran: Municipality, boss: User, visit: Callable[..., Client]) -> Client:
    return visit(in_saran, boss, stays=True)


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exists()


def test_an_administrator_gives_a_colleague_a_way_back(
    desk: Client, boss: User, colleague: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    theirs = visit(in_saran, colleague, stays=True)
    assert f"{colleague.pk}/acces/" in desk.get(PAGE).content.decode()
    answer = desk.post(f"{PAGE}{colleague.pk}/acces/", follow=True)
    assert "mod@saran.example peut revenir" in answer.content.decode()
    assert not has_factor(colleague)
    assert theirs.get("/gestion/").status_code == 302  # signed out everywhere
    entry = AuditEntry.objects.get(action="second_factor_taken_away")
    assert (entry.actor_id, entry.subject_id) == (boss.pk, str(colleague.pk))
    mail = OutboxMessage.objects.get().payload
    assert mail["to"] == "mod@saran.example"
    assert "a été retirée" in mail["body"]
    assert "il n’y a rien à faire" not in mail["body"]
    assert "activez une nouvelle double vérification" in mail["body"]


def test_in_a_city_that_only_reads_it_works(desk: Client, colleague: User, in_saran: Municipality) -> None:
    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(state=LifecycleState.READ_ONLY)
    grant_rights(in_saran.schema_name, state=LifecycleState.READ_ONLY)
    assert desk.post(f"{PAGE}{colleague.pk}/acces/").status_code == 302
    assert not has_factor(colleague)


def test_nobody_does_it_for_themselves(desk: Client, boss: User) -> None:
    with_app(boss)
    shows(desk, boss)
    assert f"{boss.pk}/acces/" not in desk.get(PAGE).content.decode()
    answer = desk.post(f"{PAGE}{boss.pk}/acces/", follow=True)
    assert says(answer, OneselfRefused)
    assert has_factor(boss)


def test_it_takes_a_fresh_proof(
    in_saran: Municipality, boss: User, colleague: User, visit: Callable[..., Client]
) -> None:
    desk = visit(in_saran, boss, stays=True, second_factor=False)
    shows(desk, boss, "mfa", 1.0)
    assert desk.get(PAGE).status_code == 200
    assert desk.post(f"{PAGE}{colleague.pk}/acces/").headers["Location"].startswith("/connexion/confirmer/")
    assert has_factor(colleague)


def test_it_is_for_the_team_of_this_city_and_by_its_administrators(
    desk: Client, colleague: User, in_saran: Municipality, brest: Municipality, visit: Callable[..., Client]
) -> None:
    resident = with_app(UserFactory())
    desk.post(f"{PAGE}{resident.pk}/acces/")
    assert has_factor(resident)
    facilitator = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    assert facilitator.post(f"{PAGE}{colleague.pk}/acces/").status_code == 404
    with schema_context(brest.schema_name):
        elsewhere = visit(brest, UserFactory(role=Role.ADMINISTRATOR), stays=True)
    elsewhere.post(f"{PAGE}{colleague.pk}/acces/")
    assert has_factor(colleague)


BY_ADDRESS = f"{PAGE}acces/"


def test_an_administrator_gives_a_participant_a_way_back_by_their_address(
    desk: Client, boss: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    resident = with_app(UserFactory(email="residente@example.org"))
    theirs = visit(in_saran, resident, stays=True)
    assert f'action="{BY_ADDRESS}"' in desk.get(PAGE).content.decode()
    answer = desk.post(BY_ADDRESS, {"way_back-email": "Residente@Example.org "}, follow=True)
    assert "residente@example.org peut revenir" in answer.content.decode()
    assert not has_factor(resident)
    assert theirs.get("/compte/").status_code == 302
    entry = AuditEntry.objects.get(action="second_factor_taken_away")
    assert (entry.actor_id, entry.subject_id) == (boss.pk, str(resident.pk))
    assert OutboxMessage.objects.get().payload["to"] == "residente@example.org"


def test_by_address_the_refusals_are_in_words_and_tell_of_no_account(desk: Client, boss: User) -> None:
    with_app(boss)
    shows(desk, boss)
    known = UserFactory(email="sans@example.org")
    words = str(NobodyToHelp.message)
    for email, said in (
        (known.email, words),
        ("personne@example.org", words),
        (boss.email, "Personne ne fait cela pour son propre compte"),
        ("pas une adresse", "adresse entière"),
    ):
        answer = desk.post(BY_ADDRESS, {"way_back-email": email})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert has_factor(boss)
    assert not AuditEntry.objects.filter(action="second_factor_taken_away").exists()


def test_by_address_too_it_takes_an_administrator_of_this_city_and_a_fresh_proof(
    in_saran: Municipality, brest: Municipality, boss: User, visit: Callable[..., Client]
) -> None:
    resident = with_app(UserFactory(email="residente@example.org"))
    form = {"way_back-email": resident.email}
    facilitator = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    assert facilitator.post(BY_ADDRESS, form).status_code == 404
    stale = visit(in_saran, boss, stays=True, second_factor=False)
    shows(stale, boss, "mfa", 1.0)
    assert stale.post(BY_ADDRESS, form).headers["Location"].startswith("/connexion/confirmer/")
    with schema_context(brest.schema_name):
        elsewhere = visit(brest, UserFactory(role=Role.ADMINISTRATOR), stays=True)
        assert elsewhere.post(BY_ADDRESS, form).status_code == 422
    assert has_factor(resident)


@pytest.mark.parametrize(
    ("role", "said"),
    [(Role.PARTICIPANT, "mailto:concertation@saran.example"), (Role.MODERATOR, "dans «\u00a0Votre équipe\u00a0»")],
)
def test_whoever_is_asked_reads_who_can_help_them(
    in_saran: Municipality, visit: Callable[..., Client], role: str, said: str
) -> None:
    Consultation.objects.filter(is_current=True).update(contact_email="concertation@saran.example")
    person = with_app(UserFactory(role=role))
    browser = visit(in_saran, stays=True)
    press_link(browser, person)
    page = browser.get("/connexion/second-facteur/").content.decode()
    assert "tout perdu" in page
    assert said in page
    assert ("Votre équipe" in page) is (role != Role.PARTICIPANT)


def test_an_operator_gives_the_last_administrator_a_way_back_with_a_reason(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    operator = person(city=None, operator=True)
    ops = visit(None, operator)
    page = f"/ops/collectivites/{saran.pk}/acces/"
    with schema_context(saran.schema_name):
        boss = with_app(UserFactory(role=Role.ADMINISTRATOR, email="chef@saran.example"))
        mod = with_app(UserFactory(role=Role.MODERATOR, email="mod@saran.example"))
        resident = with_app(UserFactory(email="residente@example.org"))
    for wrong in (
        {"email": "chef@saran.example", "reason": ""},
        {"email": "mod@saran.example", "reason": REASON},
        {"email": "personne@saran.example", "reason": REASON},
        {"email": "pas une adresse", "reason": REASON},
    ):
        assert ops.post(page, wrong).status_code == 422
    assert ops.post(page, {"email": "Chef@saran.example ", "reason": REASON}).status_code == 302
    with schema_context(saran.schema_name):
        assert (has_factor(boss), has_factor(mod)) == (False, True)
        entry = AuditEntry.objects.get(action="second_factor_taken_away")
        assert (entry.actor_id, entry.details) == (None, {"operator": operator.pk, "reason": REASON})
        assert OutboxMessage.objects.get().payload["to"] == "chef@saran.example"
    # And a participant, where the team of the city asks.
    assert ops.post(page, {"email": "residente@example.org", "reason": REASON}).status_code == 302
    with schema_context(saran.schema_name):
        assert not has_factor(resident)


def test_an_operator_shows_their_own_first(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    operator = person(city=None, operator=True)
    ops = visit(None, operator, second_factor=False)
    shows(ops, operator, "mfa", 1.0)
    page = f"/ops/collectivites/{saran.pk}/acces/"
    answer = ops.post(page, {"email": "chef@saran.example", "reason": REASON})
    assert answer.headers["Location"].startswith("/connexion/confirmer/")
    shown = ops.get(kept_page(answer)).content.decode()
    assert "Retirer la double vérification perdue par quelqu’un d’une collectivité" in shown
    assert all(words in shown for words in ("Saran", "chef@saran.example", REASON))


def test_the_command_does_it_for_an_operator(db: None, person: Any) -> None:
    operator = with_app(person(city=None, operator=True))
    call_command("give_way_back", "--ops", "--email", operator.email, "--reason", REASON, stdout=StringIO())
    assert not has_factor(operator)
    assert "http://territoires.localhost/compte/securite/" in OutboxMessage.objects.get().payload["body"]
    with pytest.raises(CommandError):
        call_command("give_way_back", "--ops", "--email", "x@example.org", "--reason", REASON)


def test_the_service_refuses_oneself(boss: User) -> None:
    with_app(boss)
    with pytest.raises(factors.OneselfRefused):
        factors.give_way_back(user=boss, actor=boss, city=None)
