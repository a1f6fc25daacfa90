"""Decisions: once, with a ground, by somebody else than the author; cancelled within ten seconds, then told."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.names import key_of
from common import retention
from common.models import ContentRevision, OutboxMessage
from common.outbox import run_message
from common.refusals import Refusal
from common.text import BLANK
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act, AppealState, Kind, State
from consultations.moderation.models import APPEAL_OPEN, Appeal, Case, Decision, Original, Report, SecondLook
from consultations.moderation.services.appealing import appeal
from consultations.moderation.services.deciding import announce_decision, decide, undo
from consultations.moderation.services.reporting import locked_case, point_at, report
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Picture, Proposal, ProposalVersion, Reply
from consultations.participation.services.proposals import submit_proposal
from notifications.models import Notice
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import OTHER, decided, moderator, reported, reported_picture_or_name
from tests.participation.factories import (
    ArgumentFactory,
    DraftFactory,
    ProposalFactory,
    ReplyFactory,
    VersionedProposalFactory,
)

pytestmark = pytest.mark.usefixtures("in_saran")


def status(thing: Any) -> str:
    return str(type(thing).objects.values_list("status", flat=True).get(pk=thing.pk))


@pytest.mark.parametrize("make", [ProposalFactory, ArgumentFactory, ReplyFactory])
def test_hidden_at_once_and_shown_again(make: Callable[[], Any]) -> None:
    thing = make()
    recount()
    case = reported(thing)
    decided(case)
    assert status(thing) == Status.HIDDEN
    assert recount() == 0
    assert Case.objects.get().state == State.DECIDED
    decided(case, Act.RESTORE)
    assert status(thing) == Status.PUBLISHED
    assert recount() == 0


def test_a_passage_goes_from_the_text_its_versions_and_the_search_and_comes_back() -> None:
    proposal = VersionedProposalFactory(solution="Appelez Mme Lefort au 02 61 91 04 17 : elle confirmera tout cela.")
    other = VersionedProposalFactory(solution="Appelez Mme Lefort au 02 61 91 04 17 : une autre proposition.")
    case = reported(proposal)
    decision = decided(case, Act.REDACT, passages=["Mme Lefort", "02 61 91 04 17"])
    proposal.refresh_from_db(fields=["solution"])
    assert proposal.solution == f"Appelez {BLANK} au {BLANK} : elle confirmera tout cela."
    assert "Lefort" not in ProposalVersion.objects.get(proposal=proposal).solution
    assert list(Proposal.objects.search("Lefort")) == [other]
    assert Original.objects.filter(decision=decision).count() == 2
    decided(case, Act.RESTORE)
    proposal.refresh_from_db(fields=["solution"])
    assert "Mme Lefort au 02 61 91 04 17" in proposal.solution
    assert "Lefort" in ProposalVersion.objects.get(proposal=proposal).solution


@pytest.mark.parametrize("act", [Act.HIDE, Act.REDACT, Act.KEEP])
def test_cancelled_within_ten_seconds_it_is_as_if_nothing_had_been_decided(act: Act) -> None:
    argument = ArgumentFactory(text="Appelez Mme Lefort, qui habite au numéro douze de la rue.")
    case, judge = reported(argument), moderator()
    decision = decided(case, act, moderator=judge, passages=["Mme Lefort"])
    undo(decision=decision, moderator=judge, at=decision.decided_at + timedelta(seconds=9))
    argument.refresh_from_db()
    assert (argument.status, argument.text[:18]) == (Status.PUBLISHED, "Appelez Mme Lefort")
    assert Case.objects.get().state == State.OPEN
    assert Report.objects.get().answered_at is None
    announce_decision(decision_id=decision.pk)
    assert not OutboxMessage.objects.filter(payload__event="decision_taken").exists()
    # Pressed twice: once.
    undo(decision=decision, moderator=judge, at=decision.decided_at + timedelta(seconds=9))
    assert Decision.objects.count() == 2


def test_cancelled_what_had_been_decided_before_is_decided_again_and_does_not_wait() -> None:
    argument, judge = ArgumentFactory(), moderator()
    case = reported(argument)
    decided(case, Act.KEEP)
    hiding = decided(case, Act.HIDE, moderator=judge)
    undo(decision=hiding, moderator=judge, at=hiding.decided_at)
    assert Case.objects.get().state == State.DECIDED
    reported(argument, reporter=UserFactory())
    assert Case.objects.get().state == State.DECIDED, "its words were looked at and kept"


def test_cancelled_what_waited_because_its_words_had_changed_waits_again() -> None:
    argument, judge = ArgumentFactory(), moderator()
    case = reported(argument)
    decided(case, Act.KEEP)
    Argument.objects.filter(pk=argument.pk).update(text="Un tout autre texte, que personne n’a encore regardé.")
    point_at(kind=Kind.ARGUMENT, pk=argument.pk, found={}, at=timezone.now())
    assert Case.objects.get().state == State.OPEN
    hiding = decided(case, Act.HIDE, moderator=judge)
    undo(decision=hiding, moderator=judge, at=hiding.decided_at)
    assert Case.objects.get().state == State.OPEN


def test_cancelled_what_nobody_had_pointed_at_waits_for_nobody() -> None:
    argument, judge = ArgumentFactory(), moderator()
    recount()
    case = locked_case(Kind.ARGUMENT, argument.pk, None, at=timezone.now(), delay=timedelta(hours=1))
    hiding = decided(case, Act.HIDE, moderator=judge)
    undo(decision=hiding, moderator=judge, at=hiding.decided_at)
    assert (Case.objects.get().state, status(argument)) == (State.DECIDED, Status.PUBLISHED)
    reported(argument)
    assert Case.objects.get().state == State.OPEN, "nobody had looked at it"


def test_cancelled_it_waits_again_for_the_second_person_that_was_asked() -> None:
    argument, first, other = ArgumentFactory(), moderator(), moderator()
    case = reported(argument)
    asking: dict[str, Any] = {
        "act": Act.HIDE,
        "ground": "ATTACK",
        "facts": "",
        "at": timezone.now(),
        "criticises": True,
    }
    decide(case=case, moderator=first, **asking)
    kept = decided(case, Act.KEEP, moderator=other)
    undo(decision=kept, moderator=other, at=kept.decided_at)
    hidden = decided(case, Act.HIDE, moderator=other, ground="ATTACK")
    assert (hidden.second_id, status(argument)) == (first.pk, Status.HIDDEN)
    announce_decision(decision_id=hidden.pk)
    assert not SecondLook.objects.exists()


def test_what_a_taken_decision_has_settled_is_asked_anew() -> None:
    argument, first = ArgumentFactory(), moderator()
    case = reported(argument)
    asking: dict[str, Any] = {
        "act": Act.HIDE,
        "ground": "ATTACK",
        "facts": "",
        "at": timezone.now(),
        "criticises": True,
    }
    decide(case=case, moderator=first, **asking)
    kept = decided(case, Act.KEEP)
    again = decide(case=case, moderator=first, seen=kept.pk, **asking)
    assert isinstance(again, SecondLook)
    assert SecondLook.objects.count() == 1


def test_shown_again_by_mistake_is_hidden_again() -> None:
    argument = ArgumentFactory()
    case, judge = reported(argument), moderator()
    decided(case)
    shown = decided(case, Act.RESTORE, moderator=judge)
    undo(decision=shown, moderator=judge, at=shown.decided_at)
    assert status(argument) == Status.HIDDEN


def code_of(refused: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        refused()
    return caught.value.code


def test_after_ten_seconds_or_once_people_know_nothing_is_cancelled() -> None:
    case, judge = reported(ArgumentFactory()), moderator()
    decision = decided(case, moderator=judge)
    late = decision.decided_at + timedelta(seconds=10)
    assert code_of(lambda: undo(decision=decision, moderator=judge, at=late)) == "undo_over"
    assert code_of(lambda: undo(decision=decision, moderator=moderator(), at=late)) == "not_your_decision"
    announce_decision(decision_id=decision.pk)
    assert code_of(lambda: undo(decision=decision, moderator=judge, at=decision.decided_at)) == "undo_over"


def test_they_are_told_once_and_of_an_older_decision_not_after_a_newer() -> None:
    case = reported(ArgumentFactory())
    first, second = decided(case), decided(case, Act.RESTORE)
    for decision in (second, second, first):
        announce_decision(decision_id=decision.pk)
    (message,) = OutboxMessage.objects.filter(payload__event="decision_taken")
    assert message.payload["payload"] == {"decision_id": second.pk}


def tell_everyone() -> None:
    for message in OutboxMessage.objects.filter(due_at__isnull=False).order_by("pk"):
        run_message(str(message.pk), at=timezone.now() + timedelta(minutes=1))


def test_author_and_reporters_are_told_once_each() -> None:
    argument, reporters = ArgumentFactory(), UserFactory.create_batch(2)
    for reporter in reporters:
        case = reported(argument, reporter=reporter)
    decision = decided(case)
    assert decision.report_count == 2
    announce_decision(decision_id=decision.pk)
    announce_decision(decision_id=decision.pk)
    tell_everyone()
    told = Notice.objects.filter(type__in=["MODERATED", "REPORT_ANSWERED"]).values_list("user", "type")
    assert sorted(told) == sorted(
        [(argument.author_id, "MODERATED"), *((each.pk, "REPORT_ANSWERED") for each in reporters)]
    )


def test_nobody_decides_about_their_own_text_or_without_the_role() -> None:
    judge = moderator()
    case = reported(ArgumentFactory(author=judge))
    assert code_of(lambda: decided(case, moderator=judge)) == "own_text"
    for role in set(Role.values) - {Role.MODERATOR, Role.OPERATOR}:
        assert code_of(lambda role=role: decided(case, moderator=UserFactory(role=role))) == "not_a_moderator"  # type: ignore[misc]
    User.objects.filter(pk=judge.pk).update(role=Role.PARTICIPANT)
    assert code_of(lambda: decided(reported(ArgumentFactory()), moderator=judge)) == "not_a_moderator"


@pytest.mark.parametrize(
    ("mode", "roles"),
    [
        (ModeratedBy.MODERATORS, {Role.MODERATOR}),
        (ModeratedBy.FRAMERS, {Role.ADMINISTRATOR, Role.FACILITATOR}),
        (ModeratedBy.OPERATORS, {Role.DELEGATE}),
    ],
)
def test_who_decides_is_who_the_consultation_says(mode: str, roles: set[str]) -> None:
    Consultation.objects.update(moderated_by=mode)
    for role in set(Role.values) - {Role.OPERATOR}:
        case, person = reported(ArgumentFactory()), UserFactory(role=role)
        if role in roles:
            decided(case, moderator=person)
        else:
            assert code_of(lambda case=case, person=person: decided(case, moderator=person)) == "not_a_moderator"  # type: ignore[misc]


def test_the_second_to_decide_sees_the_first_ones_decision() -> None:
    case = reported(ArgumentFactory())
    first = decided(case)
    with pytest.raises(Refusal) as caught:
        decided(case, seen=0)
    assert (caught.value.code, caught.value.decision) == ("decided_meanwhile", first)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ground": ""}, "ground_missing"),
        ({"ground": "CRITICISM"}, "ground_missing"),
        ({"act": "UNDO"}, "ground_missing"),
        ({"act": "BURN"}, "ground_missing"),
        ({"facts": "court"}, "text_too_short"),
        ({"facts": "x" * 1001}, "text_too_long"),
        ({"act": Act.REDACT}, "passage_missing"),
        ({"act": Act.REDACT, "passages": ["introuvable"]}, "passage_not_found"),
    ],
)
def test_without_a_ground_facts_and_passages_nothing_is_decided(given: dict[str, Any], code: str) -> None:
    case = reported(ArgumentFactory())
    assert code_of(lambda: decided(case, **given)) == code
    assert not Decision.objects.exists()
    assert Case.objects.get().state == State.OPEN


def test_hiding_what_criticises_somebody_in_office_takes_a_second_person() -> None:
    argument, first = ArgumentFactory(), moderator()
    case = reported(argument)
    asked = decide(
        case=case, act=Act.HIDE, ground="ATTACK", facts="", moderator=first, at=timezone.now(), criticises=True
    )
    assert isinstance(asked, SecondLook)
    assert status(argument) == Status.PUBLISHED
    assert code_of(lambda: decided(case, moderator=first)) == "own_decision"
    decision = decided(case, ground="ATTACK", criticises=True)
    assert (decision.second_id, status(argument)) == (first.pk, Status.HIDDEN)
    assert not SecondLook.objects.filter(settled_by=None).exists()


def test_keeping_what_criticises_takes_one_person() -> None:
    case, first = reported(ArgumentFactory()), moderator()
    assert decided(case, Act.KEEP, moderator=first, criticises=True).second_id is None


def test_an_appeal_is_read_by_somebody_else_and_may_change_the_decision() -> None:
    argument, first = ArgumentFactory(), moderator()
    case = reported(argument)
    decision = decided(case, moderator=first)
    words = "Ce texte parle d’une idée, et de personne en particulier."
    made = appeal(decision=decision, author=argument.author, words=words, at=timezone.now())
    assert Case.objects.get().state == State.OPEN
    assert code_of(lambda: decided(case, Act.RESTORE, moderator=first)) == "own_decision"
    answer = decided(case, Act.RESTORE)
    assert (answer.answers, status(argument)) == (made, Status.PUBLISHED)
    assert Appeal.objects.get().state == AppealState.CHANGED


def test_an_appeal_may_uphold() -> None:
    argument = ArgumentFactory()
    case = reported(argument)
    decision = decided(case)
    appeal(decision=decision, author=argument.author, words="Relisez mon texte s’il vous plaît.", at=timezone.now())
    decided(case)
    assert Appeal.objects.get().state == AppealState.UPHELD
    assert status(argument) == Status.HIDDEN


def test_appeals_late_twice_or_by_another_are_refused() -> None:
    argument = ArgumentFactory()
    case = reported(argument)
    decision = decided(case)
    words = {"words": "Relisez mon texte s’il vous plaît."}
    now = timezone.now()
    late = decision.appeal_until
    assert code_of(lambda: appeal(decision=decision, author=argument.author, at=late, **words)) == "appeal_over"
    assert code_of(lambda: appeal(decision=decision, author=UserFactory(), at=now, **words)) == "nothing_to_appeal"
    appeal(decision=decision, author=argument.author, at=now, **words)
    assert code_of(lambda: appeal(decision=decision, author=argument.author, at=now, **words)) == "appealed_already"
    kept = decided(reported(ArgumentFactory(author=argument.author)), Act.KEEP)
    assert code_of(lambda: appeal(decision=kept, author=argument.author, at=now, **words)) == "nothing_to_appeal"


def test_what_no_longer_holds_cannot_be_contested() -> None:
    argument = ArgumentFactory()
    case = reported(argument)
    decision = decided(case)
    decided(case, Act.RESTORE)
    words = "Relisez mon texte s’il vous plaît."
    contest = partial(appeal, decision=decision, author=argument.author, words=words, at=timezone.now())
    assert code_of(contest) == "nothing_to_appeal"


def test_hidden_passages_are_kept_as_long_as_they_can_be_contested_and_until_the_answer() -> None:
    for is_contested in (False, True):
        argument = ArgumentFactory(text="Appelez Mme Lefort, qui habite au numéro douze de la rue.")
        decision = decided(reported(argument), Act.REDACT, passages=["Mme Lefort"])
        if is_contested:
            words = "Elle est d’accord, je le lui ai demandé."
            appeal(decision=decision, author=argument.author, words=words, at=timezone.now())
    assert retention._rules["hidden passages"].forget(at=decision.decided_at) == 0
    assert retention._rules["hidden passages"].forget(at=timezone.now() + APPEAL_OPEN) == 1
    assert Original.objects.get().decision == decision


def test_a_name_that_somebody_bears_by_now_is_not_given_back() -> None:
    case = reported_picture_or_name(Kind.NAME)
    decided(case)
    UserFactory(public_name="Le Maire", name_key=key_of("Le Maire"))
    decided(case, Act.RESTORE)
    assert User.objects.get(pk=case.subject_id).public_name == ""


def test_the_database_lets_a_city_add_decisions_and_change_none() -> None:
    decision = decided(reported(ArgumentFactory()))
    for change in (lambda: Decision.objects.update(facts="autre"), lambda: decision.delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


def test_what_was_hidden_with_its_parent_comes_back_with_it_and_only_then() -> None:
    argument = ArgumentFactory()
    alone, along = ReplyFactory.create_batch(2, argument=argument)
    decided(reported(alone))
    case = reported(argument)
    decided(case)
    decided(case, Act.RESTORE)
    assert (status(alone), status(along)) == (Status.HIDDEN, Status.PUBLISHED)
    assert Reply.objects.count() == 2


def test_in_a_city_that_only_reads_decisions_are_taken_all_the_same(in_saran: Municipality) -> None:
    from django_tenants.utils import schema_context

    from tenants.enums import LifecycleState
    from tenants.schema import grant_rights

    argument = ArgumentFactory(text="Appelez Mme Lefort, qui habite au numéro douze de la rue.")
    judge, other = moderator(), moderator()
    recount()
    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(state=LifecycleState.READ_ONLY)
        grant_rights(in_saran.schema_name, state=LifecycleState.READ_ONLY)
    case = reported(argument, counted=False)
    revision = ContentRevision.objects.get().value
    decision = decided(case, Act.REDACT, moderator=judge, passages=["Mme Lefort"])
    assert Argument.objects.get().text.startswith(f"Appelez {BLANK}")
    assert ContentRevision.objects.get().value > revision  # kept pages go
    appeal(
        decision=decision, author=argument.author, words="Elle est d’accord, je le lui ai demandé.", at=timezone.now()
    )
    decided(case, moderator=other)
    assert status(argument) == Status.HIDDEN


def test_what_its_author_took_along_leaves_nothing_to_decide() -> None:
    argument, judge = ArgumentFactory(), moderator()
    case = reported(argument)
    decision = decided(case, moderator=judge)
    Argument.objects.update(status=Status.REMOVED)
    assert code_of(lambda: decided(case, Act.RESTORE)) == "subject_gone"
    assert code_of(lambda: undo(decision=decision, moderator=judge, at=decision.decided_at)) == "subject_gone"


def test_a_name_is_taken_away_and_given_back_unless_another_was_chosen() -> None:
    somebody, other = UserFactory(public_name="Le Maire", name_key="le maire"), UserFactory(public_name="Sale Type")
    for person, chosen, final in ((somebody, "", "Le Maire"), (other, "Autre", "Autre")):
        case = Case.objects.get(
            pk=report(kind=Kind.NAME, pk=person.pk, reason="OTHER", words=OTHER, at=timezone.now()).case_id
        )
        decided(case, ground="IMPERSONATION")
        assert User.objects.get(pk=person.pk).public_name == ""
        User.objects.filter(pk=person.pk).update(public_name=chosen)
        decided(case, Act.RESTORE)
        assert User.objects.get(pk=person.pk).public_name == final


def test_a_picture_leaves_and_its_text_stays() -> None:
    picture = Picture.objects.create(content=b"JPEG", digest="0123456789abcdef0123", width=400, height=300)
    proposal = ProposalFactory(picture=picture, picture_alt="La cour de l’école.")
    case = Case.objects.get(pk=report(kind=Kind.PICTURE, pk=proposal.pk, reason="PERSONAL", at=timezone.now()).case_id)
    decided(case)
    assert Proposal.objects.values_list("picture_hidden", "status").get() == (True, Status.PUBLISHED)
    decided(case, Act.RESTORE)
    assert not Proposal.objects.get().picture_hidden


def test_a_passage_goes_from_the_draft_that_a_proposal_was_made_of_too() -> None:
    draft = DraftFactory(solution="Appelez Mme Lefort, qui habite au numéro douze de la rue.", author=UserFactory())
    proposal = submit_proposal(draft=draft, author=draft.author, at=timezone.now())
    case = reported(proposal)
    decided(case, Act.REDACT, passages=["Mme Lefort"])
    draft.refresh_from_db()
    assert draft.solution.startswith(f"Appelez {BLANK}")
    decided(case, Act.RESTORE)
    draft.refresh_from_db()
    assert draft.solution.startswith("Appelez Mme Lefort")


def test_whoever_asked_for_a_hiding_does_not_answer_the_appeal_against_it_either() -> None:
    argument, first, second = ArgumentFactory(), moderator(), moderator()
    case = reported(argument)
    given = {"case": case, "act": Act.HIDE, "ground": "ATTACK", "facts": "", "at": timezone.now(), "criticises": True}
    decide(moderator=first, **given)
    decision = decided(case, ground="ATTACK", moderator=second)
    appeal(decision=decision, author=argument.author, words="Relisez mon texte s’il vous plaît.", at=timezone.now())
    for one in (first, second):
        assert code_of(lambda one=one: decided(case, Act.RESTORE, moderator=one)) == "own_decision"  # type: ignore[misc]
    assert decided(case, Act.RESTORE).answers_id is not None
