"""Facts of participation become notices: for the right people, once, in bulk, in their own city."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from common import outbox
from common.events import Event
from common.models import OutboxMessage
from consultations.cocreation import events as cocreation_events
from consultations.cocreation.enums import Consent, MergeState
from consultations.cocreation.models import CoAuthorInvitation, MergeRequest, MergeSource
from consultations.framing.events import dates_changed
from consultations.framing.models import Consultation
from consultations.framing.services.consultations import update_consultation
from consultations.participation import events
from consultations.participation.enums import Status, Verdict
from consultations.participation.models import Argument, Authorship, Follow, Proposal, ProposalVersion, Reaction, Reply
from consultations.participation.services.proposals import submit_proposal
from notifications.models import MailPreference, Notice
from notifications.registry import types
from notifications.services.notifying import FACTS_KEPT, notify
from notifications.types import Notification
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory

NOW = timezone.now


def announce(event: Event, **ids: Any) -> None:
    """As the worker does, and once more."""
    for _again in range(2):
        event.send(sender=None, **ids)


def notified(key: str) -> list[User]:
    return [notice.user for notice in Notice.objects.filter(type=key).select_related("user").order_by("user__pk")]


@pytest.fixture
def cast(in_saran: Municipality) -> dict[str, Any]:
    """A proposal of `author` with `helper`; `fan` reacted, `critic` argued, `reader` follows, `both` did it all."""
    people = {name: UserFactory(public_name=name) for name in ("author", "helper", "fan", "critic", "reader", "both")}
    proposal = ProposalFactory(author=people["author"], version=2)
    for number, made_by in ((1, "author"), (2, "helper")):
        ProposalVersion.objects.create(proposal=proposal, number=number, title="x", made_by=people[made_by])
    Authorship.objects.create(proposal=proposal, user=people["helper"], role="CO_AUTHOR")
    for name in ("fan", "both"):
        Reaction.objects.create(proposal=proposal, user=people[name], value="LIKE")
    for name in ("reader", "both"):
        Follow.objects.create(proposal=proposal, user=people[name])
    arguments = {name: ArgumentFactory(proposal=proposal, author=people[name]) for name in ("critic", "both")}
    return {**people, "proposal": proposal, "argument": arguments["critic"]}


def test_a_new_proposal_notifies_those_who_follow_the_challenge(in_saran: Municipality) -> None:
    author, follower = UserFactory(), UserFactory()
    draft = DraftFactory(author=author)
    for user in (author, follower, UserFactory(is_active=False)):
        Follow.objects.create(challenge=draft.challenge, user=user)
    proposal = submit_proposal(draft=draft, author=author, at=NOW())
    for message in OutboxMessage.objects.all():  # as it was asked for, by the service itself
        assert outbox.run_message(str(message.pk), at=NOW())
    announce(events.proposal_submitted, proposal_id=proposal.pk)
    assert notified("NEW_PROPOSAL") == [follower]
    assert Notice.objects.get().count == 1


def test_an_argument_notifies_those_who_work_on_the_proposal_and_nobody_else(cast: dict[str, Any]) -> None:
    announce(events.argument_given, argument_id=cast["argument"].pk)
    assert notified("NEW_ARGUMENT") == [cast["author"], cast["helper"]]
    announce(events.argument_given, argument_id=ArgumentFactory(proposal=cast["proposal"], author=cast["helper"]).pk)
    assert {notice.user: notice.count for notice in Notice.objects.all()} == {cast["author"]: 2, cast["helper"]: 1}


def test_what_was_hidden_before_it_was_announced_notifies_nobody(cast: dict[str, Any]) -> None:
    Argument.objects.update(status=Status.HIDDEN)
    announce(events.argument_given, argument_id=cast["argument"].pk)
    Proposal.objects.update(status=Status.HIDDEN)
    Follow.objects.create(challenge=cast["proposal"].challenge, user=cast["fan"])
    announce(events.proposal_submitted, proposal_id=cast["proposal"].pk)
    assert not Notice.objects.exists()


def test_a_verdict_notifies_the_author_of_the_argument_and_a_changed_one_again(cast: dict[str, Any]) -> None:
    argument = cast["argument"]
    argument.verdict, argument.verdict_by, argument.verdict_revision = Verdict.TAKEN, cast["helper"], 1
    argument.save()
    announce(cocreation_events.argument_answered, argument_id=argument.pk)
    assert notified("ARGUMENT_ANSWERED") == [cast["critic"]]
    Notice.objects.update(read_at=NOW())
    announce(cocreation_events.argument_answered, argument_id=argument.pk)  # told late, once it was read: no news
    assert Notice.objects.count() == 1
    argument.verdict, argument.verdict_revision = Verdict.NOT_TAKEN, 2
    argument.save()
    announce(cocreation_events.argument_answered, argument_id=argument.pk)
    assert notified("ARGUMENT_ANSWERED") == [cast["critic"]] * 2


def test_a_reply_notifies_the_thread(cast: dict[str, Any]) -> None:
    argument = cast["argument"]
    first, second = (
        Reply.objects.create(argument=argument, author=cast[name], text=name) for name in ("author", "reader")
    )
    for reply in (first, second):
        announce(events.reply_given, reply_id=reply.pk)
    assert {notice.user: notice.count for notice in Notice.objects.all()} == {cast["critic"]: 2, cast["author"]: 1}
    announce(events.reply_given, reply_id=Reply.objects.create(argument=argument, author=cast["critic"], text="moi").pk)
    assert notified("NEW_REPLY").count(cast["critic"]) == 1  # not told what they said themselves


def test_a_version_notifies_once_everyone_it_concerns_but_who_made_it(cast: dict[str, Any]) -> None:
    announce(cocreation_events.version_published, proposal_id=cast["proposal"].pk, version=2)
    assert notified("NEW_VERSION") == [cast[name] for name in ("author", "fan", "critic", "reader", "both")]
    assert set(Notice.objects.values_list("count", flat=True)) == {1}


def test_an_invitation_notifies_the_guest_and_its_answer_the_host(cast: dict[str, Any]) -> None:
    host, guest = cast["author"], cast["reader"]
    by_mail = CoAuthorInvitation.objects.create(proposal=cast["proposal"], email=guest.email.upper(), invited_by=host)
    unknown = CoAuthorInvitation.objects.create(proposal=cast["proposal"], email="x@example.org", invited_by=host)
    for invitation in (by_mail, unknown):
        announce(cocreation_events.coauthor_invited, key=str(invitation.pk))
    assert notified("COAUTHOR_INVITED") == [guest]
    unknown.answered_at = NOW()  # taken back by the host
    unknown.save()
    by_mail.answered_at, by_mail.accepted = NOW(), True
    by_mail.save()
    for invitation in (by_mail, unknown):
        announce(cocreation_events.coauthor_answered, key=str(invitation.pk))
    assert notified("COAUTHOR_ANSWERED") == [host]


def test_a_facilitator_who_takes_care_of_a_proposal_notifies_those_who_follow(cast: dict[str, Any]) -> None:
    announce(cocreation_events.stewardship_taken, proposal_id=cast["proposal"].pk, user_id=UserFactory().pk)
    assert notified("STEWARDSHIP") == [cast[name] for name in ("author", "helper", "reader", "both")]


def test_a_merge_notifies_from_the_question_to_its_undoing(cast: dict[str, Any]) -> None:
    starter, other, late = UserFactory(), ProposalFactory(), UserFactory()
    merge_request = MergeRequest.objects.create(
        challenge=cast["proposal"].challenge, started_by=starter, title="Ensemble", solution="x"
    )
    sources = [
        MergeSource.objects.create(collective=merge_request, proposal=each) for each in (cast["proposal"], other)
    ]
    announce(cocreation_events.merge_asked, collective_id=merge_request.pk, source_ids=[sources[0].pk])
    assert notified("MERGE_ASKED") == [cast["author"], cast["helper"]]
    sources[0].consent, sources[0].answered_by = Consent.AGREED, cast["author"]
    sources[0].save()
    announce(cocreation_events.merge_answered, source_id=sources[0].pk)
    assert notified("MERGE_ANSWERED") == [starter]

    merge_request.proposal, merge_request.state = ProposalFactory(author=starter, title="Ensemble"), MergeState.FORMED
    merge_request.save()
    ArgumentFactory(proposal=cast["proposal"], author=other.author)  # on another part than their own
    announce(cocreation_events.collective_formed, collective_id=merge_request.pk)
    those = [cast[name] for name in ("author", "helper", "fan", "critic", "reader", "both")]
    assert notified("MERGED") == sorted([*those, other.author], key=lambda user: user.pk)
    assert Notice.objects.get(type="MERGED", user=other.author).subjects["proposal"] == other.pk

    Reaction.objects.create(proposal=merge_request.proposal, user=late, value="LIKE")
    merge_request.ended_by = starter
    merge_request.save()
    announce(cocreation_events.collective_undone, collective_id=merge_request.pk)
    assert set(notified("MERGE_UNDONE")) == {*those, other.author, late}
    assert Notice.objects.get(type="MERGE_UNDONE", user=late).subjects["proposal"] == merge_request.proposal.pk


def test_dates_that_change_notify_those_who_follow_or_took_part_once_it_is_open(cast: dict[str, Any]) -> None:
    consultation, at = Consultation.objects.get(), NOW()
    actor = UserFactory(administrator=True)

    def move(days: int) -> None:
        begun = consultation.phases.get(kind="PROPOSE").opens_at
        dates = {"opens_at": begun, "closes_at": at + timedelta(days=days)}
        update_consultation(
            consultation=consultation, actor=actor, dates=dates, at=at, shorter=True, title=consultation.title
        )

    move(30)
    OutboxMessage.objects.all().delete()
    move(30)  # saved again, the same
    assert not OutboxMessage.objects.exists()
    move(40)
    message = OutboxMessage.objects.get()
    assert message.payload["event"] == dates_changed.name
    assert outbox.run_message(str(message.pk), at=at)
    assert notified("DATES_CHANGED") == [cast[name] for name in ("author", "helper", "fan", "critic", "reader", "both")]


# ── Grouping ─────────────────────────────────────────────────────────────────


def notify_of(number: int, people: list[User]) -> None:
    recipients: dict[int, Any] = {user.pk: {} for user in people}
    notify(types["NEW_ARGUMENT"], Notification(fact=f"fact:{number}", group="1", recipients=recipients), at=NOW())


def test_many_facts_are_one_small_row_and_the_count_is_exact(in_saran: Municipality) -> None:
    user = UserFactory()
    notify_of(0, [user])
    Notice.objects.update(count=FACTS_KEPT - 1, facts=[f"fact:{number}" for number in range(FACTS_KEPT - 1)])
    for number in (FACTS_KEPT, FACTS_KEPT + 1, FACTS_KEPT + 2, FACTS_KEPT):  # the last was told before
        notify_of(number, [user])
    notice = Notice.objects.get()
    assert notice.count == FACTS_KEPT + 2
    assert len(notice.facts) == FACTS_KEPT
    assert notice.facts[-1] == f"fact:{FACTS_KEPT + 2}"


@pytest.mark.parametrize("field", ["read_at", "mailed_at"])
def test_after_it_was_read_or_mailed_there_is_a_new_notice(in_saran: Municipality, field: str) -> None:
    user = UserFactory()
    notify_of(1, [user])
    Notice.objects.update(**{field: NOW()})
    notify_of(1, [user])
    assert Notice.objects.count() == 1
    notify_of(2, [user])
    assert sorted(Notice.objects.values_list("count", flat=True)) == [1, 1]


def test_two_hundred_people_cost_as_many_queries_as_two(in_saran: Municipality) -> None:
    def cost(number: int, people: list[User]) -> int:
        with CaptureQueriesContext(connection) as captured:
            notify_of(number, people)
        return len(captured)

    few, many = [UserFactory() for _unused in range(2)], [UserFactory() for _unused in range(200)]
    assert cost(1, few) == cost(2, many) <= 9
    assert Notice.objects.count() == 202
    assert MailPreference.objects.filter(next_mail_at__isnull=False).count() == 202
    assert OutboxMessage.objects.count() == 202


def test_a_city_notifies_its_own_people_only(
    person: Callable[..., Any], in_saran: Municipality, brest: Municipality
) -> None:
    """Numbers of accounts are the same in both."""
    with schema_context(brest.schema_name):
        stranger = UserFactory()
    if not User.objects.filter(pk=stranger.pk).exists():
        UserFactory(pk=stranger.pk)
    notify_of(1, [stranger])
    assert Notice.objects.filter(user_id=stranger.pk).exists()
    with schema_context(brest.schema_name):
        assert not Notice.objects.exists()
        assert not OutboxMessage.objects.exists()
