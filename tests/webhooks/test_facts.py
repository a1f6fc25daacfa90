"""What is published becomes a message, in one transaction; what is hidden, or of a person, becomes none."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from common.models import OutboxMessage
from common.outbox import announce_later, run_message
from consultations.cocreation.events import collective_formed, version_published
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.meetings.events import meeting_published
from consultations.moderation.enums import Act
from consultations.moderation.events import decision_taken
from consultations.moderation.services.deciding import announce_decision
from consultations.outcomes.events import answer_published, project_published
from consultations.participation.enums import Status
from consultations.participation.events import argument_given, proposal_submitted, reply_given, text_edited
from consultations.participation.models import Proposal
from consultations.voting.events import vote_counted, vote_opened
from tenants.models import Municipality
from tests.meetings.factories import a_meeting
from tests.moderation.factories import decided, reported
from tests.outcomes.factories import published_answer
from tests.outcomes.project_factories import ProjectFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory, merge
from tests.voting.addresses import an_open_vote
from tests.webhooks.factories import EndpointFactory
from webhooks import registry
from webhooks.enums import EndpointState
from webhooks.models import Delivery, Endpoint
from webhooks.services.facts import tell

SECRET = "Une mare aux libellules derrière la mairie"


@pytest.fixture
def told(in_saran: Municipality) -> Endpoint:
    return EndpointFactory()


def happens(event: Any, **payload: Any) -> list[dict[str, Any]]:
    """The messages that an event has become."""
    Delivery.objects.all().delete()
    message = announce_later(event, **payload)
    assert run_message(str(message.pk), at=timezone.now()), message.last_error
    return [json.loads(body) for body in Delivery.objects.order_by("kind").values_list("body", flat=True)]


def only(event: Any, **payload: Any) -> tuple[str, dict[str, Any]]:
    (said,) = happens(event, **payload)
    assert said.keys() == {"type", "timestamp", "data"}
    return said["type"], said["data"]


def test_what_is_published_is_told_by_its_number_and_its_page(told: Endpoint, saran: Municipality) -> None:
    proposal = ProposalFactory(title=SECRET, solution=SECRET)
    argument = ArgumentFactory(proposal=proposal, text=SECRET)
    reply = ReplyFactory(argument=argument)
    where = {"challenge": proposal.challenge.slug, "consultation": proposal.challenge.consultation.slug}
    page = f"{saran.url}propositions/{proposal.pk}/"
    of_proposal = {"proposal_id": proposal.pk, **where, "url": page}
    of_argument = {**of_proposal, "argument_id": argument.pk}
    of_reply = {**of_argument, "reply_id": reply.pk}
    assert only(proposal_submitted, proposal_id=proposal.pk) == ("proposal.published", of_proposal)
    assert "mare" not in Delivery.objects.get().body, "not even the words of its address"
    assert only(argument_given, argument_id=argument.pk) == ("argument.published", of_argument)
    assert only(reply_given, reply_id=reply.pk) == ("reply.published", of_reply)
    assert only(text_edited, reply_id=reply.pk) == ("contribution.corrected", of_reply)
    of_version = {**of_proposal, "version": 2}
    assert only(version_published, proposal_id=proposal.pk, version=2) == ("proposal.version_published", of_version)


def test_what_the_city_does_is_told(told: Endpoint) -> None:
    answer = published_answer()
    kind, data = only(answer_published, version_id=answer.current_id)
    assert (kind, data["answer_id"], data["decision"]) == ("answer.published", answer.pk, answer.decision)
    project = ProjectFactory(published_at=timezone.now())
    kind, data = only(project_published, project_id=project.pk)
    assert (kind, data["project_id"], data["state"]) == ("project.published", project.pk, project.state)
    assert data["url"].endswith(project.get_absolute_url())
    vote = an_open_vote()
    assert only(vote_opened, vote_id=vote.pk)[0] == "vote.opened"
    kind, data = only(vote_counted, vote_id=vote.pk)
    assert (kind, data["vote_id"], data["number"]) == ("vote.counted", vote.pk, vote.number)
    meeting = a_meeting()
    assert only(meeting_published, meeting_id=meeting.pk)[1]["begins_at"] == meeting.begins_at.isoformat()
    assert not happens(meeting_published, meeting_id=a_meeting(is_public=False).pk)


def test_a_collective_proposal_names_those_it_brings_together(told: Endpoint) -> None:
    merged = merge()
    kind, data = only(collective_formed, collective_id=merged.pk)
    assert (kind, data["proposal_id"]) == ("proposal.merged", merged.proposal_id)
    assert len(data["source_ids"]) >= 2


@pytest.mark.parametrize("status", [Status.HELD, Status.HIDDEN, Status.REMOVED, Status.WITHDRAWN])
def test_of_what_is_out_of_sight_nothing_is_told(told: Endpoint, status: str) -> None:
    proposal = ProposalFactory(status=status)
    argument = ArgumentFactory(proposal=proposal)
    assert not happens(proposal_submitted, proposal_id=proposal.pk)
    assert not happens(argument_given, argument_id=argument.pk)
    assert not happens(text_edited, argument_id=argument.pk)
    assert not happens(version_published, proposal_id=proposal.pk, version=2)
    gone = 1_000_000
    assert not happens(proposal_submitted, proposal_id=gone)
    assert not happens(project_published, project_id=ProjectFactory(published_at=None).pk)


def test_that_something_is_hidden_or_shown_again_is_told_without_a_word_of_it(told: Endpoint) -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    proposal = ProposalFactory(title=SECRET)
    case = reported(proposal)
    hidden = decided(case)
    (said,) = happens(decision_taken, decision_id=hidden.pk)
    assert said["type"] == "contribution.hidden"
    assert said["data"]["proposal_id"] == proposal.pk
    assert "mare" not in json.dumps(said)
    shown = decided(case, Act.RESTORE)
    announce_decision(decision_id=shown.pk)
    (said,) = happens(decision_taken, decision_id=shown.pk)
    assert (said["type"], said["data"]["proposal_id"]) == ("contribution.restored", proposal.pk)


def test_each_is_told_what_it_asked_for_unless_it_was_stopped(in_saran: Municipality) -> None:
    every = EndpointFactory()
    EndpointFactory(kinds=["vote.opened"])
    paused = EndpointFactory(state=EndpointState.PAUSED)
    EndpointFactory(state=EndpointState.DISABLED)
    happens(proposal_submitted, proposal_id=ProposalFactory().pk)
    assert set(Delivery.objects.values_list("endpoint", flat=True)) == {every.pk, paused.pk}


def test_of_a_city_that_is_not_public_nothing_is_told(told: Endpoint, in_saran: Municipality) -> None:
    proposal = ProposalFactory()
    for change in ({"opened_at": None}, {"opened_at": timezone.now(), "verified_at": None}):
        with schema_context("public"):
            Municipality.objects.filter(pk=in_saran.pk).update(**change)
        assert not happens(proposal_submitted, proposal_id=proposal.pk)


def test_a_fact_that_is_taken_back_leaves_no_message(told: Endpoint) -> None:
    """The message is written by what the fact has put into the outbox, in its transaction."""
    proposal = ProposalFactory()
    with pytest.raises(RuntimeError), transaction.atomic():
        announce_later(proposal_submitted, proposal_id=proposal.pk)
        raise RuntimeError
    assert not OutboxMessage.objects.filter(task="common.outbox.send_event").exists()
    assert not Delivery.objects.exists()


def test_without_a_webhook_a_fact_costs_one_query_more(in_saran: Municipality, django_assert_num_queries: Any) -> None:
    proposal = ProposalFactory()
    kind, _event, fact = next(each for each in registry.sources if each[0].key == "proposal.published")
    with django_assert_num_queries(1):
        tell(kind, fact, proposal_id=proposal.pk)


def test_another_city_hears_nothing(told: Endpoint, brest: Municipality) -> None:
    with schema_context(brest.schema_name):
        assert not happens(proposal_submitted, proposal_id=ProposalFactory().pk)
        assert not Delivery.objects.exists()
        assert Proposal.objects.exists()


def test_keys_are_for_ever() -> None:
    """Other sites have written them into their programs: one that is gone or renamed breaks them."""
    assert [each.key for each in registry.kinds()] == [
        "proposal.published",
        "argument.published",
        "reply.published",
        "contribution.corrected",
        "proposal.version_published",
        "proposal.merged",
        "contribution.hidden",
        "contribution.restored",
        "answer.published",
        "project.published",
        "project.moved",
        "project.news_published",
        "project.milestone_reached",
        "vote.opened",
        "vote.counted",
        "meeting.published",
    ]
