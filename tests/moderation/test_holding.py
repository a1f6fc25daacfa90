"""Where the city reads before it publishes: what waits is known to its author and to moderators alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from common.models import OutboxMessage
from common.outbox import run_message
from common.text import BLANK
from consultations.framing.enums import Moderation
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act, State
from consultations.moderation.models import Case, Decision
from consultations.moderation.receivers import somebody_reads_it
from consultations.moderation.services.appealing import appeal
from consultations.moderation.services.deciding import announce_decision, undo
from consultations.moderation.services.refusals import NothingToReport, WordsChanged
from consultations.moderation.services.reporting import report
from consultations.moderation.subjects import subject_of
from consultations.participation.counts import recount
from consultations.participation.enums import Stage, Status
from consultations.participation.models import Argument, Draft, Proposal, ProposalVersion, Reply
from consultations.participation.services.arguments import argue, edit_argument
from consultations.participation.services.holding import held, take_back
from consultations.participation.services.proposals import edit_proposal, submit_proposal
from consultations.participation.services.refusals import AlreadyAnswered, NoLongerWaits, NotYours
from consultations.participation.services.replies import edit_reply, reply
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory

TEXT = "Les bancs de la place manquent d'ombre en été, je le vois tous les jours."
OTHER = "Les bancs de la place manquent de lumière le soir, je le vois en rentrant."


@pytest.fixture(autouse=True)
def _before(in_saran: object) -> None:
    Consultation.objects.update(moderation=Moderation.BEFORE, moderation_delay=24)


def proposed(author: User | None = None, **kwargs: Any) -> Proposal:
    draft = DraftFactory(author=author or UserFactory(), **kwargs)
    return submit_proposal(draft=draft, author=draft.author, at=timezone.now())


def argued(author: User | None = None, *, proposal: Proposal | None = None) -> Argument:
    proposal = proposal or ProposalFactory()
    recount()
    return argue(proposal=proposal, author=author or UserFactory(), stance="FOR", text=TEXT, at=timezone.now())


def replied(author: User | None = None) -> Reply:
    argument = ArgumentFactory()
    recount()
    return reply(argument=argument, author=author or UserFactory(), text=TEXT, at=timezone.now())


MAKERS: list[Callable[..., Any]] = [proposed, argued, replied]
every_kind = pytest.mark.parametrize("make", MAKERS)


def status(thing: Any) -> str:
    return str(type(thing).objects.values_list("status", flat=True).get(pk=thing.pk))


def case_of(thing: Any) -> Case:
    return Case.objects.get(subject_id=thing.pk, is_held=True)


def digest_of(case: Case) -> str:
    found = subject_of(case.kind, case.subject_id)
    assert found is not None
    return found.digest


def published(thing: Any, act: str = Act.KEEP, **kwargs: Any) -> Decision:
    case = Case.objects.get(subject_id=thing.pk)
    return decided(case, act, **{"read": digest_of(case), **kwargs})


def announced() -> list[str]:
    """The events that wait to be sent to others than moderators."""
    sent = [row.payload.get("event") for row in OutboxMessage.objects.order_by("created_at")]
    return [event for event in sent if event and event not in ("text_held", "text_edited")]


@every_kind
def test_what_is_written_waits_is_counted_nowhere_and_announced_to_nobody(make: Callable[..., Any]) -> None:
    thing = make()
    assert status(thing) == Status.HELD
    assert announced() == []
    assert recount() == 0
    case = case_of(thing)
    assert (case.state, case.due_at) == (State.OPEN, thing.publish_by)
    assert timedelta(hours=24) <= thing.publish_by - thing.submitted_at < timedelta(hours=25)


@every_kind
def test_what_the_team_writes_is_published_at_once(make: Callable[..., Any]) -> None:
    thing = make(UserFactory(role=Role.FACILITATOR))
    assert status(thing) == Status.PUBLISHED
    assert len(announced()) == 1
    assert not Case.objects.exists()


@every_kind
def test_read_and_published_it_is_counted_at_once_and_announced_ten_seconds_later(make: Callable[..., Any]) -> None:
    thing = make()
    decision = published(thing, at=(at := timezone.now() + timedelta(hours=3)))
    thing.refresh_from_db(fields=["status", "submitted_at"])
    assert (thing.status, thing.submitted_at) == (Status.PUBLISHED, at)
    assert recount() == 0
    assert decision.publishes
    assert not Case.objects.filter(is_held=True).exists()
    assert announced() == []
    announce_decision(decision_id=decision.pk)
    announce_decision(decision_id=decision.pk)
    assert len(announced()) == 2  # the text, once, and the decision


def test_a_first_argument_that_is_published_brings_its_proposal_to_the_next_stage() -> None:
    argument = argued()
    assert Proposal.objects.get(pk=argument.proposal_id).stage == Stage.IDEA
    published(argument)
    assert Proposal.objects.get(pk=argument.proposal_id).stage == Stage.ARGUMENTS


def test_the_first_version_of_a_proposal_is_of_its_publication() -> None:
    proposal = proposed()
    published(proposal, at=(at := timezone.now() + timedelta(hours=3)))
    assert ProposalVersion.objects.get(proposal=proposal).created_at == at


@every_kind
@pytest.mark.parametrize("act", [Act.KEEP, Act.HIDE, Act.REDACT])
def test_cancelled_within_ten_seconds_it_waits_again_and_nobody_hears(make: Callable[..., Any], act: Act) -> None:
    thing, judge = make(), moderator()
    case = case_of(thing)
    before = digest_of(case)
    words = next(iter(subject_of(case.kind, case.subject_id).texts.values())).split()[0]  # type: ignore[union-attr]
    decision = published(thing, act, moderator=judge, passages=[words])
    undo(decision=decision, moderator=judge, at=decision.decided_at + timedelta(seconds=9))
    assert status(thing) == Status.HELD
    assert digest_of(case_of(thing)) == before
    assert recount() == 0
    announce_decision(decision_id=decision.pk)
    assert announced() == []
    published(thing, seen=Decision.objects.latest("pk").pk)
    assert status(thing) == Status.PUBLISHED


@every_kind
def test_refused_it_was_never_public_and_published_all_the_same_once_its_author_is_found_right(
    make: Callable[..., Any],
) -> None:
    thing, author = make(), None
    decision = published(thing, Act.HIDE)
    author = thing.author
    thing.refresh_from_db(fields=["status", "status_before"])
    assert thing.was_refused
    assert recount() == 0
    with pytest.raises(NothingToReport):
        report(kind=decision.kind, pk=thing.pk, reason="INSULT", at=timezone.now())
    announce_decision(decision_id=decision.pk)
    appeal(decision=decision, author=author, words="Ce texte ne vise personne, relisez-le.", at=timezone.now())
    again = published(thing, Act.RESTORE)
    assert status(thing) == Status.PUBLISHED
    assert again.publishes
    assert recount() == 0


def test_published_without_a_passage() -> None:
    argument = argued()
    published(argument, Act.REDACT, passages=["tous les jours"])
    argument.refresh_from_db()
    assert argument.status == Status.PUBLISHED
    assert argument.text == TEXT.replace("tous les jours", BLANK)


def corrected(thing: Any, at: Any = None) -> None:
    at = at or timezone.now()
    if isinstance(thing, Proposal):
        texts = {**thing.texts, "solution": OTHER}
        edit_proposal(proposal=thing, author=thing.author, at=at, **texts)
    elif isinstance(thing, Argument):
        edit_argument(argument=thing, author=thing.author, stance="AGAINST", text=OTHER, at=at)
    else:
        edit_reply(reply=thing, author=thing.author, text=OTHER, at=at)


def again(thing: Any) -> Any:
    return type(thing).objects.get(pk=thing.pk)


@every_kind
def test_corrected_while_it_waits_it_is_not_published_by_who_has_read_other_words(make: Callable[..., Any]) -> None:
    thing = make()
    read = digest_of(case_of(thing))
    corrected(again(thing), at=timezone.now() + timedelta(hours=5))
    for seen in (read, ""):
        with pytest.raises(WordsChanged):
            published(thing, read=seen)
    assert status(thing) == Status.HELD
    assert recount() == 0
    published(thing)
    assert status(thing) == Status.PUBLISHED
    assert recount() == 0


@every_kind
def test_corrected_after_it_was_published_it_waits_again(make: Callable[..., Any]) -> None:
    thing = make()
    published(thing)
    corrected(again(thing))
    assert status(thing) == Status.HELD
    assert recount() == 0
    assert case_of(thing).state == State.OPEN
    published(thing)
    assert status(thing) == Status.PUBLISHED
    assert recount() == 0


@every_kind
def test_taken_back_it_is_gone_and_nobody_has_to_read_it(make: Callable[..., Any]) -> None:
    thing = make()
    with pytest.raises(NotYours):
        take_back(thing=thing, author=UserFactory())
    take_back(thing=thing, author=thing.author)
    assert not type(thing).objects.filter(pk=thing.pk).exists()
    assert Case.objects.get().state == State.DECIDED
    assert recount() == 0


def test_a_proposal_that_is_taken_back_is_a_draft_again_as_it_was_corrected() -> None:
    proposal = proposed()
    draft = Draft.objects.get(proposal=proposal)
    corrected(again(proposal))
    take_back(thing=proposal, author=proposal.author)
    now = Draft.objects.get(pk=draft.pk)
    assert (now.proposal_id, now.solution, now.revision) == (None, OTHER, draft.revision + 1)
    assert submit_proposal(draft=now, author=proposal.author, at=timezone.now()).is_held


@every_kind
def test_decided_meanwhile_it_cannot_be_taken_back(make: Callable[..., Any]) -> None:
    thing = make()
    published(thing)
    with pytest.raises(NoLongerWaits):
        take_back(thing=thing, author=thing.author)


def test_public_for_a_moment_and_argued_about_it_is_not_taken_back() -> None:
    proposal, judge = proposed(), moderator()
    decision = published(proposal, moderator=judge)
    ArgumentFactory(proposal=proposal)
    undo(decision=decision, moderator=judge, at=decision.decided_at)
    with pytest.raises(AlreadyAnswered):
        take_back(thing=proposal, author=proposal.author)


@every_kind
def test_nothing_waits_without_somebody_to_read_it(make: Callable[..., Any]) -> None:
    """Whatever ends the process between the text and its case, there is neither."""

    class Killed(BaseException):
        pass

    def kill(**kwargs: Any) -> None:
        raise Killed

    before = [model.objects.count() for model in (Proposal, Argument, Reply)]
    made = make  # what it hangs on is made inside, and goes too
    held.connect(kill)
    try:
        with pytest.raises(Killed), transaction.atomic():
            made()
    finally:
        held.disconnect(kill)
    assert [model.objects.count() for model in (Proposal, Argument, Reply)] == before
    assert not Case.objects.exists()
    assert somebody_reads_it in [each[1]() if callable(each[1]) else each[1] for each in held.receivers]


def test_another_way_of_moderating_publishes_and_loses_nothing_by_itself() -> None:
    waiting, public = argued(), ProposalFactory()
    Consultation.objects.update(moderation=Moderation.AFTER)
    assert status(waiting) == Status.HELD
    assert case_of(waiting).state == State.OPEN
    at_once = argued(proposal=public)
    assert status(at_once) == Status.PUBLISHED
    Consultation.objects.update(moderation=Moderation.BEFORE)
    assert status(at_once) == Status.PUBLISHED
    published(waiting)
    assert status(waiting) == Status.PUBLISHED
    assert recount() == 0


@every_kind
def test_the_filter_reads_it_while_it_waits(make: Callable[..., Any]) -> None:
    thing = make()
    column = "solution" if isinstance(thing, Proposal) else "text"
    type(thing).objects.filter(pk=thing.pk).update(**{column: "Appelez-moi au 06 12 34 56 78, je suis là le soir."})
    for message in OutboxMessage.objects.filter(payload__event="text_held"):
        run_message(str(message.pk), at=timezone.now())
    case = case_of(thing)
    assert [flag.kind for flag in case.flags.all()] == ["PHONE"]
    assert case.due_at <= thing.publish_by  # what is flagged is looked at within a day
