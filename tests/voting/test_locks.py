"""What is read to be changed is locked first: of two at once, the second reads what the first has written."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.framing.services.closing import close_consultation
from consultations.voting.enums import Electorate
from consultations.voting.models import Tally, Vote
from consultations.voting.services import items, setting
from consultations.voting.services.closing import close
from consultations.voting.services.codes import make_codes, use_code
from consultations.voting.services.paper import confirm_paper, enter_paper, take_paper_out
from tests.accounts.factories import UserFactory
from tests.voting.factories import a_vote, cast
from tests.voting.test_outcome import staff

pytestmark = pytest.mark.usefixtures("in_saran")
Prepared = tuple[set[str], Callable[[], Any]]
_LOCKED = re.compile(r'^SELECT .* FROM "(voting_\w+)".* FOR NO KEY UPDATE', re.DOTALL)


def _closing() -> Prepared:
    vote = a_vote()
    cast(vote, 1)
    Vote.objects.update(closes_at=timezone.now())
    return {"voting_vote", "voting_tally"}, lambda: close(vote_id=vote.pk, at=timezone.now())


def _paper(do: Callable[..., Any]) -> Prepared:
    paper = enter_paper(vote=a_vote(), numbers=[1], by=staff(), at=timezone.now())
    return {"voting_paperballot"}, lambda: do(paper=paper, by=staff(), at=timezone.now())


def _codes(*, made: bool) -> Prepared:
    vote = a_vote(electorate=Electorate.CODES, is_open=not made)
    if made:
        return {"voting_vote"}, lambda: make_codes(vote=vote, amount=2, by=staff(), at=timezone.now())
    Vote.objects.update(opens_at=timezone.now() + timedelta(days=1))
    vote.refresh_from_db()
    code = make_codes(vote=vote, amount=1, by=staff(), at=timezone.now())[0]
    return {"voting_voter"}, lambda: use_code(vote=vote, user=UserFactory(), typed=code, at=vote.opens_at)


def _choosing() -> Prepared:
    vote = a_vote()
    return {"voting_ballot"}, lambda: cast(vote, 1)


def _withdrawing() -> Prepared:
    item = a_vote().items.get(number=1)
    return {"voting_vote", "voting_item"}, lambda: items.withdraw_item(
        item=item, why="Le terrain a été vendu.", by=staff(), at=timezone.now()
    )


def _changing() -> Prepared:
    item = a_vote(is_open=False).items.get(number=1)
    return {"voting_vote", "voting_item"}, lambda: items.change_item(
        item=item,
        title="Des bancs",
        text="",
        cost=20_000,
        neighbourhood="",
        revision=item.mark,
        by=staff(),
        at=timezone.now(),
    )


def _discarding() -> Prepared:
    vote = a_vote(is_open=False)
    return {"voting_vote"}, lambda: setting.discard_vote(vote=vote, by=staff(), at=timezone.now())


def _ending() -> Prepared:
    vote = a_vote()
    return {"voting_vote"}, lambda: close_consultation(consultation=vote.consultation, actor=None, at=timezone.now())


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(_closing, id="close"),
        pytest.param(lambda: _paper(confirm_paper), id="confirm paper"),
        pytest.param(lambda: _paper(take_paper_out), id="take paper out"),
        pytest.param(lambda: _codes(made=True), id="make codes"),
        pytest.param(lambda: _codes(made=False), id="use a code"),
        pytest.param(_choosing, id="choose"),
        pytest.param(_withdrawing, id="withdraw"),
        pytest.param(_changing, id="change a project"),
        pytest.param(_discarding, id="discard"),
        pytest.param(_ending, id="put back"),
    ],
)
def test_what_is_changed_is_locked(prepare: Callable[[], Prepared]) -> None:
    tables, do = prepare()
    with CaptureQueriesContext(connection) as asked:
        do()
    assert tables <= {found[1] for each in asked.captured_queries if (found := _LOCKED.match(each["sql"]))}


def test_the_test_sees_what_is_not_locked() -> None:
    assert not _LOCKED.match(str(Tally.objects.all().query))
