"""What the week says of sheets, and what nobody asks of those who gave them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from common.worklist import Asked, Line, When
from consultations.cocreation.selectors.coauthors import proposals_alone
from consultations.cocreation.week import alone, silent_authors
from consultations.framing.models import Consultation
from consultations.framing.selectors import calendar_of
from consultations.offline import week
from consultations.offline.models import Entry
from consultations.offline.services import own
from consultations.offline.services.entering import set_rule
from consultations.participation.models import Argument, Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.offline.factories import entered
from tests.participation.factories import ProposalFactory


@pytest.fixture
def asked(in_saran: Municipality) -> Asked:
    found, at = Consultation.objects.get(is_current=True), timezone.now()
    return Asked(consultation=found, calendar=calendar_of(found, at=at), city=in_saran, at=at)


def said(asked: Asked) -> list[Line]:
    return list(week.to_read(asked))


def test_sheets_to_read_are_a_line_for_whoever_did_not_type_them(asked: Asked) -> None:
    one, other = UserFactory(role=Role.FACILITATOR), UserFactory(role=Role.MODERATOR)
    set_rule(consultation=asked.consultation, read_twice=True, by=one)
    assert said(asked) == []
    for number in range(2):
        entered(by=one, solution=f"Planter des arbres, feuille {number}.")
    [line] = said(asked)
    assert (line.title, line.amount, line.when) == ("2 feuilles saisies à relire", 2, When.WEEK)
    assert line.url.endswith("/saisie/a-relire/")
    assert [line.may_be_done_by(each) for each in (one, other, UserFactory(role=Role.OBSERVER))] == [False, True, False]
    Entry.objects.update(typed_at=asked.at - timedelta(days=3))
    assert said(asked)[0].when == When.TODAY
    entered(by=other, solution="Planter des arbres, feuille trois.")
    assert all(said(asked)[0].may_be_done_by(each) for each in (one, other))


def test_what_was_given_offline_is_not_left_alone_by_its_author(asked: Asked) -> None:
    """Nor is anything asked of them: they never had an account here. One attached to an account is like any other."""
    made = entered(name="Jeanne D.")
    ProposalFactory(author=None, imported_author="Ailleurs", import_ref="ailleurs-1")
    assert list(alone(asked)) == []
    facilitator = UserFactory(role=Role.FACILITATOR)
    page = proposals_alone(user=facilitator, imported=False, page=1)
    assert (page.own_count, page.imported_count) == (0, 2)
    assert len(proposals_alone(user=facilitator, imported=True, page=1).page.object_list) == 2
    proposal = Proposal.objects.get(import_ref=None)
    Argument.objects.create(
        proposal=proposal, author=facilitator, stance="FOR", text="x", submitted_at=asked.at - timedelta(days=20)
    )
    Proposal.objects.update(for_count=1)
    assert list(silent_authors(asked)) == []
    bound = UserFactory()
    own.bind(entry=made.entry, user=bound, at=timezone.now())
    bound.is_active = False
    bound.save()
    assert [line.amount for line in alone(asked)] == [1]
