"""What people read of their own ballot: not voted yet, voted, changed and not confirmed, emptied, too late."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import Role
from consultations.voting.models import Vote
from consultations.voting.services.ballots import choose
from consultations.voting.services.items import withdraw_item
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.voting.factories import a_vote, cast

NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran", "few_are_enough")


def read(answer: Any) -> str:
    return str(answer.content.decode().replace("\xa0", " ").replace("\u202f", " "))


def test_beside_the_button_it_says_whether_one_has_voted(saran: Municipality, visit: Any) -> None:
    vote, user = a_vote(), UserFactory()
    phone, here = visit(saran, user, stays=True), vote.get_absolute_url()
    assert "ballot__state" not in read(phone.get(here))
    choose(vote=vote, user=user, number=1, wanted=True, at=NOW())
    assert "Pas encore voté" in read(phone.get(here))
    cast(vote, 1, user=user)
    voted = read(phone.get(here))
    assert "Voté : votre bulletin compte" in voted
    assert f"{here}recu/" in voted
    choose(vote=vote, user=user, number=2, wanted=True, at=NOW())
    changed = read(phone.get(here))
    assert "Changé, pas confirmé" in changed
    assert f"{here}recu/" in changed
    assert "Voté :" not in changed


def test_who_had_chosen_only_what_is_withdrawn_is_told_that_the_ballot_is_empty(
    saran: Municipality, visit: Any
) -> None:
    vote, user = a_vote(), UserFactory()
    cast(vote, 1, user=user)
    staff: Any = UserFactory(role=Role.FACILITATOR)
    withdraw_item(item=vote.items.get(number=1), why="Le propriétaire du terrain ne veut plus", by=staff, at=NOW())
    phone, here = visit(saran, user, stays=True), vote.get_absolute_url()
    for path in ("", "recu/"):
        page = read(phone.get(here + path))
        assert "est vide maintenant" in page
        assert "Votre bulletin compte." not in page
    assert "ne veut plus Votre" not in page
    cast(vote, 2, user=user)
    assert "est vide maintenant" not in read(phone.get(here))


def test_too_late_one_reads_what_counts_and_nothing_of_choosing(saran: Municipality, visit: Any) -> None:
    vote, none, one, changed = a_vote(), UserFactory(), UserFactory(), UserFactory()
    choose(vote=vote, user=none, number=1, wanted=True, at=NOW())
    for user in (one, changed):
        cast(vote, 1, user=user)
    choose(vote=vote, user=changed, number=2, wanted=True, at=NOW())
    Vote.objects.update(closes_at=NOW() - timedelta(minutes=1))
    here = vote.get_absolute_url()
    for user, said, unsaid in (
        (none, "Votre choix n’a pas été confirmé à temps : il ne compte pas", "Mon reçu"),
        (one, ", compte.", "à temps"),
        (changed, "Ce que vous aviez changé depuis n’a pas été confirmé à temps", "Votre choix n’a pas"),
    ):
        phone = visit(saran, user, stays=True)
        late = phone.post(f"{here}relire/", {"vu": "1"})
        assert late.status_code == 409
        for page in (read(late), read(phone.get(here))):
            assert said in page
            assert unsaid not in page
            assert "Choisissez" not in page
            assert "Vous avez" not in page
    assert read(phone.get(f"{here}recu/")).count("Changer mon vote") == 0
