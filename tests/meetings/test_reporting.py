"""After a meeting: what it is refused, and what is attached to it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.outbox import messages_of
from consultations.framing.models import Consultation
from consultations.meetings.models import Meeting, SaidThere
from consultations.meetings.selectors import all_said, public_said, said_at
from consultations.meetings.services import refusals, reporting
from consultations.meetings.services.telling import tell_all
from consultations.offline.models import Entry
from consultations.participation.enums import Status
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.meetings.factories import a_meeting, told
from tests.participation.factories import ArgumentFactory, ProposalFactory


def report(meeting: Meeting, **more: Any) -> Meeting:
    given = {"text": "Trente idées pour l’ombre, dont une pergola.", "document": None, "others_came": 0, "revision": 0}
    return reporting.write_report(meeting=meeting, by=UserFactory(), at=timezone.now(), **{**given, **more})


def test_what_has_not_taken_place_has_no_report_and_nothing_was_said_there(in_saran: Municipality) -> None:
    for meeting, why in ((a_meeting(), refusals.NotYetOver), (a_meeting(is_public=False), refusals.NotPublished)):
        with pytest.raises(why):
            report(meeting)
        with pytest.raises(why):
            reporting.said_there(meeting=meeting, what=ProposalFactory(), by=None, at=timezone.now())
    with pytest.raises(refusals.SeatsWrong):
        report(a_meeting(ago=timedelta(hours=1)), others_came=10_000)


def test_its_document_is_one_of_its_own_consultation(in_saran: Municipality) -> None:
    meeting, here = a_meeting(ago=timedelta(hours=1)), Consultation.objects.get(is_current=True)
    other = Consultation.objects.create(slug="autre", title="Autre")
    assert report(meeting, document=other.documents.create(title="Ailleurs", text="Mots")).document is None
    own = here.documents.create(title="La synthèse", text="Mots")
    assert report(meeting, document=own, revision=1).document == own


def test_a_report_that_is_changed_is_not_told_again(in_saran: Municipality) -> None:
    meeting = a_meeting(ago=timedelta(hours=1))
    report(meeting)
    assert told(meeting) == ["REPORT"]
    messages_of(tell_all).delete()  # written to everybody
    report(meeting, revision=1)
    assert told(meeting) == []


def test_a_contribution_is_attached_once_and_leaves_with_what_it_was(in_saran: Municipality) -> None:
    meeting, proposal, argument = a_meeting(ago=timedelta(hours=1)), ProposalFactory(), ArgumentFactory()
    for _twice in range(2):
        for what in (proposal, argument):
            reporting.said_there(meeting=meeting, what=what, by=None, at=timezone.now())
    assert SaidThere.objects.count() == 2
    with pytest.raises(refusals.NothingSuchThere):
        reporting.add_proposal(meeting=meeting, typed="n° inconnu", by=UserFactory(), at=timezone.now())
    elsewhere = Consultation.objects.create(slug="autre", title="Autre")
    Meeting.objects.filter(pk=meeting.pk).update(consultation=elsewhere)
    meeting.refresh_from_db()
    with pytest.raises(refusals.NothingSuchThere):
        reporting.add_proposal(meeting=meeting, typed=str(proposal.pk), by=UserFactory(), at=timezone.now())


def test_what_was_typed_as_said_there_is_read_at_both(in_saran: Municipality) -> None:
    """Typed by the team (consultations.offline) with the number of the meeting; of another consultation it says nothing."""
    meeting, proposal, hidden = a_meeting(ago=timedelta(hours=1)), ProposalFactory(), ProposalFactory(status="HIDDEN")
    day = timezone.localdate()
    for each in (proposal, hidden):
        Entry.objects.create(
            consultation=meeting.consultation, meeting=meeting.pk, given_on=day, channel="WORKSHOP", proposal=each
        )
    assert [each.proposal for each in public_said(meeting)] == [proposal]
    assert len(all_said(meeting)) == 2
    assert list(said_at(proposal)) == [meeting]
    reporting.said_there(meeting=meeting, what=proposal, by=None, at=timezone.now())
    assert [each.proposal for each in public_said(meeting)] == [proposal]
    assert list(said_at(proposal)) == [meeting]
    Entry.objects.update(consultation=Consultation.objects.create(slug="autre", title="Autre"))
    SaidThere.objects.all().delete()
    assert public_said(meeting) == list(said_at(proposal)) == []


def test_an_argument_on_what_is_hidden_is_not_read_there(in_saran: Municipality) -> None:
    meeting, argument = a_meeting(ago=timedelta(hours=1)), ArgumentFactory(proposal__status=Status.HIDDEN)
    reporting.said_there(meeting=meeting, what=argument, by=None, at=timezone.now())
    assert len(all_said(meeting)) == 1
    assert public_said(meeting) == []
