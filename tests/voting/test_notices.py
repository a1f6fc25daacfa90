"""Who is told of a vote, and of what: never who chose what."""

import pytest
from django.utils import timezone

from accounts.enums import Role
from consultations.participation.models import Follow
from consultations.voting import events
from consultations.voting.models import Vote
from consultations.voting.services.items import withdraw_item
from consultations.voting.services.timing import tell_open, tell_soon
from notifications.models import Notice
from notifications.registry import types
from notifications.selectors import all_notices
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory
from tests.participation.test_notices import announce, notified
from tests.voting.factories import a_vote, cast

NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran")


def test_those_of_the_consultation_hear_that_it_opens_and_whoever_has_not_voted_that_it_closes() -> None:
    vote, proposal, follower = a_vote(), ProposalFactory(), UserFactory()
    Follow.objects.create(user=follower, proposal=proposal)
    for _twice in range(2):
        announce(events.vote_opened, vote_id=vote.pk)
    assert set(notified("VOTE_OPENED")) == {proposal.author, follower}
    assert set(Notice.objects.values_list("count", flat=True)) == {1}
    cast(vote, 1, user=follower)
    announce(events.vote_closes_soon, vote_id=vote.pk)
    assert set(notified("VOTE_CLOSES_SOON")) == {proposal.author}


def test_that_a_project_is_withdrawn_everybody_who_voted_is_told() -> None:
    """Told to those alone who chose it, the notice would say what they chose."""
    vote, one, other = a_vote(), UserFactory(), UserFactory()
    cast(vote, 1, user=one)
    cast(vote, 2, user=other)
    by = UserFactory(role=Role.FACILITATOR)
    item = withdraw_item(item=vote.items.get(number=1), why="Le terrain vient d’être vendu.", by=by, at=NOW())
    announce(events.item_withdrawn, item_id=item.pk, actor_id=by.pk)
    assert set(notified("VOTE_ITEM_WITHDRAWN")) == {one, other}
    words = all_notices(one)[0].words
    assert words.quote == "Le terrain vient d’être vendu."
    assert "Si vous l’aviez choisi" in words.sentence


def test_whoever_voted_or_takes_part_reads_the_result() -> None:
    vote, voter = a_vote(), UserFactory()
    cast(vote, 1, user=voter)
    announce(events.vote_counted, vote_id=vote.pk)
    assert voter in notified("VOTE_COUNTED")
    assert "est là" in all_notices(voter)[0].words.sentence


def test_what_is_over_is_told_to_nobody() -> None:
    vote = a_vote()
    Vote.objects.filter(pk=vote.pk).update(closes_at=NOW())
    before = Notice.objects.count()
    tell_open(vote_id=vote.pk)
    tell_soon(vote_id=vote.pk)
    assert Notice.objects.count() == before


def test_all_of_them_may_be_muted() -> None:
    ours = ("VOTE_OPENED", "VOTE_CLOSES_SOON", "VOTE_ITEM_WITHDRAWN", "VOTE_COUNTED")
    assert all(types[key].may_be_muted for key in ours)
