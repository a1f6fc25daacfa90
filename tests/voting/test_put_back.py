"""A city put back from a file of while people voted: nothing confirmed since is lost, and nothing is opened twice."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from common.outbox import enqueue_each_at, messages_of
from consultations.voting.enums import VoteState
from consultations.voting.models import Ballot, Item, Tally, Vote, Voter
from consultations.voting.selectors.own import own_of
from consultations.voting.services.ballots import choose
from consultations.voting.services.timing import close_vote
from tenants.dumps import write_dump
from tenants.keys.services import KeyDestroyed, key_of
from tenants.models import Municipality
from tenants.restoring import restore
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory
from tests.voting.factories import a_vote, cast

NOW = timezone.now


@pytest.mark.usefixtures("few_are_enough")
def test_a_vote_goes_on_where_its_city_is_put_back(real_db: str) -> None:
    Municipality.objects.filter(slug="saran").update(maintenance_since=NOW())
    city, file = Municipality.objects.get(slug="saran"), io.BytesIO()
    with schema_context(city.schema_name):
        vote, early = a_vote(), UserFactory()
        cast(vote, 1, user=early)
    write_dump(municipality=city, target=file, at=NOW())

    with schema_context(city.schema_name):
        cast(vote, 2, user=UserFactory())  # whose account is lost like the rest
        choose(vote=vote, user=early, number=1, wanted=False, at=NOW())
        cast(vote, 3, user=early)
        Item.objects.filter(number=5).update(proposal=ProposalFactory())
        enqueue_each_at(close_vote, [(vote.closes_at, {"vote_id": vote.pk})])  # planned again since
        since = a_vote()
    restore(file, at=NOW())
    with schema_context(city.schema_name):
        key = key_of(vote.key_name)
        assert sorted(min(own_of(key, each).chosen) for each in Ballot.objects.all()) == [2, 3]
        assert set(Voter.objects.values_list("user", "has_voted")) == {(early.pk, True), (None, True)}
        assert Item.objects.get(number=5).proposal is None
        assert messages_of(close_vote).count() == 1
        assert not Vote.objects.filter(pk=since.pk).exists()
        Vote.objects.update(closes_at=NOW() - timedelta(minutes=2))
        close_vote(vote_id=vote.pk)

    restore(file, at=NOW())
    with schema_context(city.schema_name):
        assert Vote.objects.get().state(NOW()) == VoteState.COUNTED
        assert not Ballot.objects.exists()
        tally = Tally.objects.get()
        assert (tally.online, tally.result["votes"]) == (2, {"1": 0, "2": 1, "3": 1, "4": 0, "5": 0})
        with pytest.raises(KeyDestroyed):
            key_of(vote.key_name)
