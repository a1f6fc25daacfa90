"""Before a vote: the months in which the law asks for restraint, by kind of authority; and what was public when."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from consultations.moderation.elections import VOTES, votes_near
from consultations.moderation.enums import Act, Kind
from consultations.moderation.selectors.journal import periods
from consultations.participation.models import Argument
from tenants.enums import AuthorityKind
from tests.moderation.factories import decided, reported
from tests.participation.factories import ArgumentFactory, ProposalFactory


@pytest.mark.parametrize(
    ("kind", "on", "votes"),
    [
        (AuthorityKind.COMMUNE, date(2026, 9, 30), 0),
        (AuthorityKind.COMMUNE, date(2026, 10, 1), 1),
        (AuthorityKind.COMMUNE, date(2027, 4, 30), 1),
        (AuthorityKind.COMMUNE, date(2027, 5, 1), 0),
        (AuthorityKind.COMMUNE, date(2027, 9, 1), 0),
        (AuthorityKind.REGION, date(2027, 8, 31), 0),
        (AuthorityKind.REGION, date(2027, 9, 1), 1),
        (AuthorityKind.DEPARTMENT, date(2028, 3, 31), 1),
        (AuthorityKind.INTERCOMMUNALITY, date(2031, 9, 1), 1),
    ],
)
def test_the_sixth_month_before_the_month_of_a_vote_begins_it(kind: str, on: date, votes: int) -> None:
    assert len(list(votes_near(kind=kind, on=on))) == votes


def test_a_vote_at_the_end_of_a_year_ends_with_it() -> None:
    vote = VOTES[0].__class__("x", date(2026, 12, 1), frozenset())  # type: ignore[arg-type]
    assert (vote.begins, vote.ends) == (date(2026, 6, 1), date(2027, 1, 1))


@pytest.mark.usefixtures("in_saran")
def test_what_was_public_at_a_moment_is_known_afterwards() -> None:
    now = timezone.now()

    def days(number: int) -> datetime:
        return now + timedelta(days=number)

    argument = ArgumentFactory(submitted_at=days(-10))
    other = ProposalFactory(submitted_at=days(-1))
    case = reported(argument, at=days(-9))
    decided(case, at=days(-8))
    decided(case, Act.RESTORE, at=days(-5))
    decided(case, at=days(-3))

    def public(on: datetime) -> bool:
        return any((each.kind, each.number) == (Kind.ARGUMENT, argument.pk) for each in periods(on=on))

    assert [public(days(number)) for number in (-11, -9, -7, -4, -2)] == [False, True, False, True, False]
    assert [(each.since, each.until) for each in periods() if each.kind == Kind.ARGUMENT] == [
        (days(-10), days(-8)),
        (days(-5), days(-3)),
    ]
    assert any(each.number == other.pk and each.until is None for each in periods() if each.kind == Kind.PROPOSAL)
    hidden_elsewhere = ArgumentFactory(status="HIDDEN")
    assert not any(each.number == hidden_elsewhere.pk for each in periods() if each.kind == Kind.ARGUMENT)
    assert Argument.objects.count() == 2
