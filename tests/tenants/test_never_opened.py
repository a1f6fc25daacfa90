"""What is said of a city that takes no writing is true of one that never opened, too: nothing of it was ever public."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from common.models import OutboxMessage
from consultations.framing.models import Consultation
from tenants.enums import LifecycleState as State
from tenants.enums import Transition
from tenants.lifecycle import warn_of_trial_end
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.tenants.test_lifecycle import EXPECTED, MACHINE_ONLY, make, put, ready_for

# What holds only of what was open once: that people read it, wrote on it, or are told something on it.
OF_OPEN_ONES = re.compile(
    r"se lire|se lit\b|écrit plus|l’écriture|publiés? (compris|reste|peut)|Bientôt|prépare sa|En préparation|habitants|"
    r"proposer et argumenter|le public la verra|tout le monde, depuis"
)
NOT_WRITABLE = [State.READ_ONLY, State.SUSPENDED, State.CLOSED]


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.split("<body")[1])).replace("\u00a0", " ")


def in_state(saran: Municipality, state: State, *, opened: bool) -> Municipality:
    with schema_context(saran.schema_name):
        Consultation.objects.update(opened_at=timezone.now() if opened else None)
    return put(saran, state, opened_at=timezone.now() if opened else None)


VISITORS = {
    (State.READ_ONLY, True): "Cette plateforme se lit, mais on n’y écrit plus.",
    (State.CLOSED, True): "Cette plateforme est fermée : elle se lit, mais on n’y écrit plus.",
    (State.SUSPENDED, True): "Ce qui a été écrit ici est conservé.",
    (State.READ_ONLY, False): "n’est pas ouverte au public, et ne peut pas l’être pour le moment",
    (State.CLOSED, False): "Cette plateforme est fermée. Elle n’a jamais été ouverte au public.",
    (State.SUSPENDED, False): "Elle n’a pas encore été ouverte au public.",
}


@pytest.mark.parametrize(("state", "opened"), VISITORS)
def test_visitors_are_told_what_is_true(
    visit: Callable[..., Client], saran: Municipality, state: State, opened: bool
) -> None:
    said = text_of(visit(in_state(saran, state, opened=opened)).get("/").content.decode())
    assert VISITORS[state, opened] in said
    if not opened:
        assert not OF_OPEN_ONES.search(said), OF_OPEN_ONES.search(said)


DESK = {
    (State.READ_ONLY, True): "tout peut se lire",
    (State.CLOSED, True): "tout peut se lire",
    (State.SUSPENDED, True): "seule votre équipe la voit",
    (State.READ_ONLY, False): "votre équipe lit ce qu’elle a préparé",
    (State.CLOSED, False): "Elle n’a jamais été ouverte au public",
    (State.SUSPENDED, False): "seule votre équipe la voit",
}


@pytest.mark.parametrize(("state", "opened"), DESK)
def test_the_team_is_told_what_is_true(
    visit: Callable[..., Client], saran: Municipality, state: State, opened: bool
) -> None:
    city = in_state(saran, state, opened=opened)
    with schema_context(saran.schema_name):
        team = User.objects.get(email="maire@saran.example")
    client = visit(city, team)
    said = text_of(client.get("/gestion/").content.decode())
    assert DESK[state, opened].lower() in said.lower()
    if not opened:
        assert "avant d’ouvrir" not in said
        for page in (said, text_of(client.get("/defis/ecologie/").content.decode())):
            assert not OF_OPEN_ONES.search(page), OF_OPEN_ONES.search(page)


@pytest.mark.parametrize("state", NOT_WRITABLE)
def test_what_is_sent_all_the_same_is_refused_in_true_words(
    visit: Callable[..., Client], saran: Municipality, state: State
) -> None:
    city = in_state(saran, state, opened=False)
    with schema_context(saran.schema_name):
        team = User.objects.get(email="maire@saran.example")
    answer = visit(city, team).post("/gestion/consultations/territoires-resilients/cadre/", {"title": "Autre"})
    assert answer.status_code == 409
    assert not OF_OPEN_ONES.search(text_of(answer.content.decode()))


# What is unpaid is said by billing, with its invoice (tests/billing/test_written.py).
@pytest.mark.parametrize("transition", sorted(set(Transition) - {Transition.STOP_UNPAID}))
@pytest.mark.parametrize("opened", [True, False])
def test_the_mail_about_a_change_says_what_is_true(saran: Municipality, transition: Transition, opened: bool) -> None:
    ready = ready_for(saran, transition)
    state = next(state for state in State if transition in EXPECTED[state])
    fields = {**ready["fields"], "opened_at": timezone.now() if opened else None}
    with schema_context("public"):
        operator = None if transition in MACHINE_ONLY else UserFactory(operator=True)
    make(put(saran, state, **fields), transition, operator, **ready["asking"])
    with schema_context("public" if transition == Transition.DELETE else saran.schema_name):
        mail = OutboxMessage.objects.get(task="accounts.tasks.send_mail").payload
    if not opened:
        assert not OF_OPEN_ONES.search(mail["subject"] + mail["body"])
    # Of these, what follows depends on who could read it before.
    differs = transition not in (Transition.ACTIVATE, Transition.EXTEND_TRIAL, Transition.RESUME, Transition.DELETE)
    assert ("ouv" in mail["body"] and "au public" in mail["body"]) is (differs and not opened)


@pytest.mark.parametrize("opened", [True, False])
def test_the_warning_of_the_end_of_a_trial_too(saran: Municipality, opened: bool) -> None:
    city = put(saran, State.TRIAL, opened_at=timezone.now() if opened else None, trial_ends_on=timezone.localdate())
    assert warn_of_trial_end(municipality=city, at=timezone.now())
    with schema_context(saran.schema_name):
        body = OutboxMessage.objects.get(task="accounts.tasks.send_mail").payload["body"]
    assert ("votre équipe lit ce qu’elle a préparé" in body) is not opened
