"""A vote of one neighbourhood: who says that they live there votes, and for one neighbourhood alone."""

import threading
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.listing import list_neighbourhoods
from accounts.models import User
from accounts.neighbourhoods import NeighbourhoodRefused
from consultations.voting.enums import Electorate
from consultations.voting.models import Ballot, Vote, Voter
from consultations.voting.services import ballots
from consultations.voting.services.ballots import choose, confirm
from consultations.voting.services.refusals import MayNotVote, VotedInAnother
from consultations.voting.services.setting import create_vote
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.voting.factories import a_vote, cast, prioritising, said
from tests.voting.test_outcome import staff
from tests.voting.test_setting import typed

NOW = timezone.now


@pytest.fixture
def _listed(in_saran: Municipality) -> None:
    list_neighbourhoods(names=["Le Bourg", "Chêne Maillard"], actor=None)


def _chosen(vote: Vote, user: User) -> Any:
    return choose(vote=vote, user=user, number=1, wanted=True, at=NOW())


@pytest.mark.usefixtures("_listed")
def test_who_lives_there_votes_whatever_the_spelling() -> None:
    vote = a_vote(neighbourhood="Le Bourg")
    for words, may in (("Le Bourg", True), ("le bourg", True), ("Chêne Maillard", False), ("", False)):
        user = UserFactory(neighbourhood=words)
        if may:
            assert cast(vote, 1, user=user)
        else:
            with pytest.raises(MayNotVote) as refused:
                _chosen(vote, user)
            assert "Le Bourg" in str(refused.value.message)


@pytest.mark.usefixtures("_listed")
def test_one_votes_for_one_neighbourhood_but_in_each_of_its_votes() -> None:
    here, too, there, whole = (a_vote(neighbourhood=name) for name in ("Le Bourg", "Le Bourg", "Chêne Maillard", ""))
    user = UserFactory(neighbourhood="Le Bourg")
    for vote in (here, too, whole):
        cast(vote, 1, user=user)
    User.objects.filter(pk=user.pk).update(neighbourhood="Chêne Maillard")
    user.refresh_from_db()
    with pytest.raises(VotedInAnother) as refused:
        _chosen(there, user)
    assert "Le Bourg" in str(refused.value.message)
    # Whoever has moved may not change the ballot of where they lived either; it counts.
    with pytest.raises(MayNotVote):
        _chosen(here, user)


@pytest.mark.usefixtures("_listed")
def test_letters_say_where_one_lives() -> None:
    vote = a_vote(neighbourhood="Le Bourg", electorate=Electorate.CODES)
    user = UserFactory(neighbourhood="Chêne Maillard")
    Voter.objects.create(vote=vote, user=user, with_code=True)
    assert cast(vote, 1, user=user)
    assert "Le Bourg" in vote.who_votes


@pytest.mark.usefixtures("_listed")
def test_it_is_of_the_list_and_follows_it() -> None:
    with pytest.raises(NeighbourhoodRefused):
        create_vote(consultation=prioritising(), by=staff(), at=NOW(), **said(neighbourhood="Ailleurs"))
    vote = a_vote(neighbourhood="Le Bourg")
    list_neighbourhoods(names=["Centre", "Chêne Maillard"], actor=None, moves={"le-bourg": "Centre"})
    vote.refresh_from_db()
    assert vote.neighbourhood == "Centre"


@pytest.mark.usefixtures("_listed")
def test_the_desk_sets_it_and_pages_say_for_whom(saran: Municipality, visit: Any) -> None:
    desk: Client = visit(saran, staff(), stays=True)
    consultation = prioritising()
    form = f"/gestion/consultations/{consultation.slug}/votes/nouveau/"
    assert "Le Bourg" in desk.get(form).content.decode()
    assert desk.post(form, typed(neighbourhood="Ailleurs")).status_code == 422
    assert desk.post(form, typed(neighbourhood="Le Bourg")).status_code == 302
    assert Vote.objects.get().neighbourhood == "Le Bourg"
    vote = a_vote(neighbourhood="Le Bourg")
    stranger: Client = visit(saran, UserFactory(neighbourhood="Chêne Maillard"))
    said_to_them = stranger.get(vote.get_absolute_url()).content.decode()
    assert "habitent ce quartier" in said_to_them
    assert "Le Bourg" in said_to_them


def test_two_neighbourhoods_at_once_are_one_ballot(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    schema_name = Municipality.objects.get(slug="saran").schema_name
    with schema_context(schema_name):
        user = UserFactory(neighbourhood="Le Bourg")
        votes = [a_vote(neighbourhood="Le Bourg"), a_vote(neighbourhood="Chêne Maillard")]
        _chosen(votes[0], user)
        moved = User.objects.get(pk=user.pk)
        moved.neighbourhood = "Chêne Maillard"
        _chosen(votes[1], moved)
    inner, both, failed = ballots.stand, threading.Barrier(2, timeout=0.5), []

    def waits(vote: Vote) -> None:
        with suppress(threading.BrokenBarrierError):
            both.wait()
        inner(vote)

    monkeypatch.setattr(ballots, "stand", waits)

    def run(vote: Vote, who: User) -> None:
        try:
            with schema_context(schema_name):
                confirm(vote=vote, user=who, seen=[1], at=NOW())
        except VotedInAnother as refusal:
            failed.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in zip(votes, (user, moved), strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    with schema_context(schema_name):
        assert len(failed) == Ballot.objects.filter(sealed__isnull=False).count() == 1
