"""People at once: whoever is confirming is waited for by the close, and whoever comes later finds it closed."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from consultations.voting.models import Ballot, Tally, Vote, Voter
from consultations.voting.services import ballots
from consultations.voting.services.ballots import choose, confirm
from consultations.voting.services.closing import close
from consultations.voting.services.refusals import VotedAlready, VoteOver
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.voting.factories import a_vote

NOW = timezone.now


class Held:
    """Everybody who confirms stops once they hold the vote, until `go`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.there, self.go, self.failed = threading.Semaphore(0), threading.Event(), []
        inner = ballots.check_whole

        def waits(*args: Any) -> None:
            self.there.release()
            assert self.go.wait(20)
            inner(*args)

        monkeypatch.setattr(ballots, "check_whole", waits)

    def begin(self, schema_name: str, do: Callable[[], Any]) -> threading.Thread:
        def run() -> None:
            try:
                with schema_context(schema_name):
                    do()
            except Exception as failure:  # looked at by the test
                self.failed.append(failure)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread


def test_the_close_waits_for_whoever_is_confirming(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    schema_name = Municipality.objects.get(slug="saran").schema_name
    held = Held(monkeypatch)
    with schema_context(schema_name):
        vote, one, late = a_vote(), UserFactory(), UserFactory()
        for user in (one, late):
            choose(vote=vote, user=user, number=1, wanted=True, at=NOW())
        Vote.objects.update(closes_at=NOW() + timedelta(seconds=60))
        vote.refresh_from_db()

    def confirmed(user: Any) -> Callable[[], Any]:
        return lambda: confirm(vote=vote, user=user, seen=[1], at=NOW())

    in_time = held.begin(schema_name, confirmed(one))
    assert held.there.acquire(timeout=20)
    closing = held.begin(schema_name, lambda: close(vote_id=vote.pk, at=NOW() + timedelta(seconds=61)))
    closing.join(0.4)
    assert closing.is_alive(), "closed while somebody holds the vote"
    held.go.set()
    for thread in (in_time, closing):
        thread.join(20)
    too_late = held.begin(schema_name, confirmed(late))
    too_late.join(20)
    assert [type(each) for each in held.failed] == [VoteOver]
    with schema_context(schema_name):
        assert Tally.objects.get().online == Voter.objects.filter(has_voted=True).count() == 1


def test_two_accounts_of_one_mailbox_that_confirm_at_once_are_one_ballot(
    real_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one left and the second one came meanwhile: neither sees the other's row yet."""
    schema_name = Municipality.objects.get(slug="saran").schema_name
    held = Held(monkeypatch)
    with schema_context(schema_name):
        vote, users = a_vote(), [UserFactory(), UserFactory()]
        for user in users:
            choose(vote=vote, user=user, number=1, wanted=True, at=NOW())
        Vote.objects.update(begun=True)  # of the very first one the others wait for the end
        vote.refresh_from_db()
        one, other = User.objects.order_by("pk").filter(pk__in=[each.pk for each in users])
        other.email = one.email  # as it was read when each came
    threads = [
        held.begin(schema_name, lambda user=user: confirm(vote=vote, user=user, seen=[1], at=NOW()))
        for user in (one, other)
    ]
    for _each in threads:
        assert held.there.acquire(timeout=20)
    held.go.set()
    for thread in threads:
        thread.join(20)
    assert [type(each) for each in held.failed] == [VotedAlready]
    with schema_context(schema_name):
        assert Ballot.objects.filter(sealed__isnull=False).count() == Voter.objects.count() == 1
