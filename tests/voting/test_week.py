"""The lines of votes on the desk's week, and the team's panel while people vote."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from common.worklist import Asked, Line, When
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.framing.opening_warnings import OpeningWarning
from consultations.framing.selectors import calendar_of, every_consultation
from consultations.outcomes.models import Answer
from consultations.voting import week
from consultations.voting.models import PaperBallot, Vote
from consultations.voting.opening_warnings import not_set
from consultations.voting.services.closing import close
from consultations.voting.services.outcome import prepare_outcome
from consultations.voting.services.paper import confirm_paper, enter_paper
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory
from tests.voting.factories import a_vote, cast, prioritising
from tests.voting.test_closing import over

DAY = timedelta(days=1)
NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran")


def asked(city: Municipality) -> Asked:
    found = every_consultation().get()
    return Asked(found, calendar_of(found, at=NOW()), city, NOW())


def lines(city: Municipality) -> list[Line]:
    page = asked(city)
    return [each for find in (week.moments, week.papers, week.results) for each in find(page)]


def kinds(city: Municipality) -> list[str]:
    return [each.kind for each in lines(city)]


def staff() -> User:
    return UserFactory(role=Role.FACILITATOR)  # type: ignore[return-value]


def begins_in(left: timedelta) -> None:
    Phase.objects.filter(kind=PhaseKind.PRIORITISE).update(opens_at=NOW() + left, closes_at=NOW() + left + 30 * DAY)


def test_a_phase_that_begins_soon_without_a_vote_is_said_until_somebody_ticks_it_off(saran: Municipality) -> None:
    prioritising()
    begins_in(31 * DAY)
    assert lines(saran) == []
    begins_in(6 * DAY)
    (line,) = lines(saran)
    assert (line.kind, line.when, line.by_hand) == ("voting.none", When.WEEK, True)
    assert "Aucun vote n’est préparé" in line.title
    begins_in(-DAY)
    assert lines(saran) == [], "a city may do without"


def test_what_is_prepared_and_not_announced_presses_as_its_opening_comes(saran: Municipality) -> None:
    vote = a_vote(is_open=False)
    Vote.objects.update(announced_at=None, opens_at=NOW() + timedelta(hours=20))
    (line,) = lines(saran)
    assert (line.kind, line.when, line.subject) == ("voting.not_announced", When.TODAY, str(vote.pk))
    Vote.objects.update(opens_at=NOW() - DAY)
    assert "n’a pas été annoncé" in lines(saran)[0].why


def test_what_opens_and_closes_is_to_be_announced(saran: Municipality) -> None:
    vote = a_vote(is_open=False)
    (line,) = lines(saran)
    assert (line.kind, line.by_hand) == ("voting.opens", True)
    assert line.message.endswith(f"/{vote.get_absolute_url().lstrip('/')}")
    Vote.objects.update(opens_at=NOW() - DAY, closes_at=NOW() + 8 * DAY)
    assert lines(saran) == []
    Vote.objects.update(closes_at=NOW() + 2 * DAY)
    assert kinds(saran) == ["voting.closes"]


def test_paper_waits_for_another_person_than_who_entered_it(saran: Municipality) -> None:
    vote, one, other = a_vote(), staff(), staff()
    first = enter_paper(vote=vote, numbers=[1], by=one, at=NOW())
    enter_paper(vote=vote, numbers=[2], by=one, at=NOW())
    (line,) = lines(saran)
    assert (line.kind, line.amount, line.not_by) == ("voting.papers", 2, frozenset([one.pk]))
    assert not line.may_be_done_by(one)
    assert line.may_be_done_by(other)
    enter_paper(vote=vote, numbers=[2], by=other, at=NOW())
    assert lines(saran)[0].not_by == frozenset(), "each has one of the other’s"
    confirm_paper(paper=first, by=other, at=NOW())
    assert lines(saran)[0].amount == 2
    PaperBallot.objects.all().delete()
    assert lines(saran) == []


def test_a_result_waits_for_its_answers(saran: Municipality) -> None:
    vote = a_vote(costs=(100, 200, 300), budget=300)
    for number, proposal in enumerate(ProposalFactory.create_batch(2), start=1):
        vote.items.filter(number=number).update(proposal=proposal)
    cast(vote, 1)
    close(vote_id=over(vote).pk, at=NOW())
    (line,) = lines(saran)
    assert (line.kind, line.amount) == ("voting.results", 2)
    Answer.objects.create(proposal=vote.items.get(number=1).proposal, reasons="Nous regardons.")
    assert lines(saran)[0].amount == 1
    prepare_outcome(vote=Vote.objects.get(), actor=staff(), at=NOW())
    assert lines(saran) == []


def test_the_team_sees_how_many_have_voted(saran: Municipality, visit: Callable[..., Any]) -> None:
    vote = a_vote()
    client: Client = visit(saran, staff(), stays=True)
    assert "0\xa0personne a voté sur le site" in client.get("/gestion/").content.decode()
    cast(vote, 1)
    cast(vote, 2)
    page = client.get("/gestion/").content.decode()
    assert "2\xa0personnes ont voté sur le site" in page
    close(vote_id=over(vote).pk, at=NOW())
    assert "ont voté sur le site" not in client.get("/gestion/").content.decode()


def warnings(city: Municipality) -> list[OpeningWarning]:
    page = asked(city)
    return list(not_set(page.consultation, page.calendar, city))


def test_before_opening_a_vote_that_is_not_set_is_said_and_holds_nothing_back(saran: Municipality) -> None:
    vote = a_vote(is_open=False)
    Consultation.objects.update(opened_at=None)
    assert warnings(saran) == []
    Vote.objects.update(announced_at=None)
    (warning,) = warnings(saran)
    assert vote.title in warning.title
    assert "n’est pas annoncé" in warning.title
    begins_in(20 * DAY)
    assert "sort de sa phase" in warnings(saran)[0].title
    Vote.objects.all().delete()
    assert warnings(saran) == []
