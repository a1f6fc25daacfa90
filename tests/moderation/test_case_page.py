"""What the page of a case says: the ground that was reported stands out, and reports are read once they are decided."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Case
from consultations.moderation.services.appealing import appeal
from consultations.moderation.services.reporting import point_at
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator, reported
from tests.moderation.test_reporting import Found
from tests.participation.factories import ArgumentFactory

pytestmark = pytest.mark.usefixtures("in_saran")


@pytest.fixture
def page(visit: Callable[..., Client], in_saran: Municipality) -> Callable[[Case], str]:
    client = visit(in_saran, moderator(), stays=True)
    return lambda case: client.get(f"/gestion/moderation/{case.pk}/").content.decode()


def first_ground(page: str) -> tuple[str, bool]:
    """Of hiding the text: which comes first, and whether it stands out."""
    button = page.partition("for-HIDE")[2].partition("<button")[2].partition(">")[0]
    return button.partition('value="')[2].partition('"')[0], "ground--likely" in button


@pytest.mark.parametrize(
    ("reason", "ground", "stands_out"),
    [("INSULT", "ATTACK", True), ("OFF_TOPIC", "OFF_TOPIC", True), ("OTHER", "PERSONAL", False)],
)
def test_the_ground_that_was_reported_comes_first(page: Any, reason: str, ground: str, stands_out: bool) -> None:
    assert first_ground(page(reported(ArgumentFactory(), reason=reason))) == (ground, stands_out)


def test_else_the_ground_that_the_filter_points_at(page: Any) -> None:
    argument = ArgumentFactory()
    found = {"text": [Found("INSULT")]}
    case = point_at(kind=Kind.ARGUMENT, pk=argument.pk, found=found, at=timezone.now())
    assert first_ground(page(case)) == ("ATTACK", True)


def test_what_was_decided_shows_its_reports_with_their_words(page: Any) -> None:
    argument = ArgumentFactory()
    for reason in ("INSULT", "PERSONAL", "PERSONAL"):
        case = reported(argument, reason=reason, words=f"À cause de {reason}.", reporter=UserFactory())
    decision = decided(case, Act.HIDE)
    shown = page(case)
    assert "de votre propre initiative" not in shown
    assert "3 signalements, décidés le" in shown
    assert "Rien n’attend." in shown
    assert "À cause de INSULT." in shown
    appeal(decision=decision, author=argument.author, words="Ce n’est une attaque contre personne.", at=timezone.now())
    contested = page(case)
    assert "À cause de INSULT." in contested
    assert "Rien n’attend." not in contested
