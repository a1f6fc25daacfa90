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
    """Everybody who confirms (or chooses: `_check_room`) stops once they hold what they lock, until `go`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: str = "check_whole") -> None:
        self.there, self.go, self.failed = threading.Semaphore(0), threading.Event(), []
        inner = getattr(ballots, at)

        def waits(*args: Any) -> None:
            self.there.release()
            assert self.go.wait(20)
            inner(*args)

        monkeypatch.setattr(ballots, at, waits)

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
        # Of the very first ballot the row is held by being written.
        Vote.objects.update(begun=True, closes_at=NOW() + timedelta(seconds=60))
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


def test_two_devices_that_choose_at_once_lose_neither_choice(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    schema_name = Municipality.objects.get(slug="saran").schema_name
    with schema_context(schema_name):
        vote, user = a_vote(), UserFactory()
        choose(vote=vote, user=user, number=1, wanted=True, at=NOW())
    held = Held(monkeypatch, "_check_room")

    def chosen(number: int) -> Callable[[], Any]:
        return lambda: choose(vote=vote, user=user, number=number, wanted=True, at=NOW())

    first = held.begin(schema_name, chosen(2))
    assert held.there.acquire(timeout=20)
    second = held.begin(schema_name, chosen(3))
    assert not held.there.acquire(timeout=0.4), "both read the basket before either has written it"
    held.go.set()
    for thread in (first, second):
        thread.join(20)
    assert not held.failed
    with schema_context(schema_name):
        assert choose(vote=vote, user=user, number=1, wanted=True, at=NOW()).numbers == {1, 2, 3}


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
