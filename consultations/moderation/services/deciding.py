"""Deciding: with a ground and the facts, once, for ever; effective at once, told ten seconds later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.enums import Role
from accounts.models import User
from common.outbox import announce_later, enqueue_each_at, outbox_task
from consultations.moderation.abilities import CARRY_OUT_ORDERS
from consultations.moderation.enums import Act, AppealState, Kind, State
from consultations.moderation.events import decision_taken
from consultations.moderation.grounds import GROUNDS, Ground, facts_of
from consultations.moderation.models import UNDO_WINDOW, Appeal, Case, Decision, Evidence, Original, SecondLook
from consultations.moderation.permissions import decides
from consultations.moderation.rules import FACTS, PASSAGE, PASSAGES_MAX, SUSPENSION_MAX
from consultations.moderation.services.effects import carry_out, let_out_version, lock_subject, take_back
from consultations.moderation.services.evidence import freeze
from consultations.moderation.services.listing import list_later
from consultations.moderation.services.refusals import (
    DecidedMeanwhile,
    GroundMissing,
    NotAModerator,
    NotYourDecision,
    OfTheTeam,
    OwnDecision,
    OwnText,
    PassageMissing,
    SubjectGone,
    UndoOver,
    UntilMissing,
    WordsChanged,
)
from consultations.moderation.subjects import Subject, subject_of
from consultations.participation.services.visibility import announce_publication


@dataclass(frozen=True)
class _Asked:
    """What a moderator asks for, as the rules allow it."""

    act: Act
    ground: Ground
    facts: str
    passages: list[str]
    until: datetime | None
    part_of: Decision | None

    @property
    def takes_away(self) -> bool:
        return self.act in (Act.HIDE, Act.REDACT)


def decide(
    *,
    case: Case,
    act: str,
    ground: str,
    facts: str,
    moderator: User,
    at: datetime,
    passages: Sequence[str] = (),
    criticises: bool = False,
    seen: int = 0,
    until: datetime | None = None,
    part_of: Decision | None = None,
    order_reference: str = "",
    read: str = "",
) -> Decision | SecondLook:
    """Decide on a case: effective at once, told ten seconds later.

    `seen`: the number of the last decision that the moderator had before them, 0 where there was none.
    `criticises`: the text criticises an elected official, or the moderator's own service. Hiding it then takes a
    second person, whom it waits for as a SecondLook; the second one's decision carries it out.
    Where the author contests: the same act again upholds what is done already, and takes no words.
    `until`: of a suspension. `part_of`: the suspension that takes a text along. `order_reference`: of the authority's
    order that is obeyed, by administrators too. `read`: the digest of the words that they had before them.
    Raises NotAModerator, OwnText, DecidedMeanwhile, GroundMissing, TextTooShort, TextTooLong, PassageMissing,
    PassageNotFound, OwnDecision (asked as the second of one's own, or about one's own in an appeal), SubjectGone,
    UntilMissing, OfTheTeam, WordsChanged (nothing is published in other words than were read).
    """
    asked = _asked(case, act, ground, facts, passages, until=until, part_of=part_of, at=at)
    with transaction.atomic():
        case, subject = _locked(case, seen=seen)
        refuse_strangers(case=case, subject=subject, moderator=moderator, by_order=bool(order_reference))
        _refuse_other_words(asked, subject, read=read)
        appeal = waiting_appeal(case)
        _refuse_without_words(asked, appeal)
        first = SecondLook.objects.filter(case=case, settled_by=None).select_related("asked_by").first()
        if not order_reference:
            _refuse_alone(asked, appeal, first, moderator=moderator)
        if asked.takes_away and criticises and first is None:
            return _ask_second(case, asked, moderator=moderator, at=at)
        second = first.asked_by if first is not None and asked.takes_away else None
        decision = _take(case, subject, asked, moderator=moderator, second=second, appeal=appeal, at=at)
        if asked.ground.is_law and asked.takes_away:
            freeze(decision, subject, order_reference=order_reference)
        carry_out(decision, subject, passages=asked.passages, actor=moderator)
        _settle(case, subject)
        if first is not None:  # gone with the announcement: a decision that is taken back leaves it as it was
            SecondLook.objects.filter(pk=first.pk).update(settled_by=decision)
        enqueue_each_at(announce_decision, [(at + UNDO_WINDOW, {"decision_id": decision.pk})])
    return decision


def _refuse_without_words(asked: _Asked, appeal: Appeal | None) -> None:
    """To uphold what is done already takes none."""
    if asked.act == Act.REDACT and not asked.passages and (appeal is None or appeal.decision.act != asked.act):
        raise PassageMissing


def refuse_strangers(*, case: Case, subject: Subject, moderator: User, by_order: bool = False) -> None:
    """Raises NotAModerator, OwnText. The role is read anew: it may just have been taken away."""
    present = User.objects.filter(pk=moderator.pk, is_active=True).first()
    if present is None:
        raise NotAModerator
    may_obey = by_order and present.role in CARRY_OUT_ORDERS.always
    if not may_obey and not decides(user=present, case=case, consultation=subject.consultation):
        raise NotAModerator
    if subject.author is not None and subject.author.pk == moderator.pk:
        raise OwnText
    if subject.kind == Kind.ACCOUNT and subject.row.role != Role.PARTICIPANT:
        raise OfTheTeam


def _refuse_alone(asked: _Asked, appeal: Appeal | None, first: SecondLook | None, *, moderator: User) -> None:
    """Raises OwnDecision: where the rules ask for somebody else, nobody is that for themselves."""
    if appeal is not None and appeal.decision.is_by(moderator):
        raise OwnDecision
    if asked.takes_away and first is not None and first.asked_by_id == moderator.pk:
        raise OwnDecision


def acts_for(subject: Subject) -> list[Act]:
    """What can be decided about it as it is now."""
    if subject.kind == Kind.ACCOUNT:
        warned = Appeal.objects.filter(
            decision__case__kind=subject.kind, decision__case__subject_id=subject.pk, state=AppealState.WAITING
        )
        withdraws = [Act.RESTORE] if subject.is_hidden or warned.exists() else []
        return [*withdraws, Act.SUSPEND] if subject.is_hidden else [Act.WARN, *withdraws, Act.SUSPEND]
    if subject.is_hidden:
        return (
            [Act.HIDE, Act.RESTORE]
            if subject.kind in (Kind.PICTURE, Kind.NAME)
            else [Act.HIDE, Act.REDACT, Act.RESTORE]
        )
    redacted = Original.objects.filter(decision__case__kind=subject.kind, decision__case__subject_id=subject.pk)
    shown = [Act.KEEP, Act.HIDE] if subject.kind == Kind.NAME else [Act.KEEP, Act.REDACT, Act.HIDE]
    return [*shown, Act.RESTORE] if redacted.exists() else shown


def _refuse_other_words(asked: _Asked, subject: Subject, *, read: str) -> None:
    """Raises GroundMissing for what cannot be decided about it now; WordsChanged where other words were read."""
    if asked.act not in acts_for(subject):
        raise GroundMissing
    if read != subject.digest and (read or lets_out(asked.act, subject)):
        raise WordsChanged


def lets_out(act: Act, subject: Subject) -> bool:
    """Whether it publishes, for the first time, what waited or was refused while it waited."""
    if subject.is_held:
        return act in (Act.KEEP, Act.REDACT)
    return subject.was_refused and act in (Act.RESTORE, Act.REDACT)


def waiting_appeal(case: Case) -> Appeal | None:
    return (
        Appeal.objects.filter(decision__case=case, state=AppealState.WAITING)
        .select_related("decision")
        .order_by("pk")
        .first()
    )


def undo(*, decision: Decision, moderator: User, at: datetime) -> Decision:
    """Cancel one's own decision within ten seconds: a decision itself. Nobody is told of either.

    Raises NotYourDecision, UndoOver; DecidedMeanwhile where another has come since.
    """
    with transaction.atomic():
        lock_subject(decision.case)
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=decision.case_id)
        if decision.moderator_id != moderator.pk:
            raise NotYourDecision
        last = last_decision(case)
        if last is not None and last.cancels_id == decision.pk:
            return last
        if last is None or last.pk != decision.pk:
            raise DecidedMeanwhile(last or decision)
        if case.notified >= decision.pk or at >= decision.decided_at + UNDO_WINDOW:
            raise UndoOver
        subject = subject_of(case.kind, case.subject_id)
        if subject is None:
            raise SubjectGone
        cancelling = Decision.objects.create(
            case=case,
            kind=case.kind,
            act=Act.UNDO,
            moderator=moderator,
            by_operator=moderator.role == Role.DELEGATE,
            author=subject.author,
            opened_at=decision.opened_at,
            decided_at=at,
            cancels=decision,
        )
        take_back(decision, subject, actor=moderator)
        now = subject_of(case.kind, case.subject_id)
        case.state, case.digest, case.is_held = State.OPEN, "", now is not None and now.is_held
        if not case.is_held and not _waited(decision):
            case.state, case.digest = State.DECIDED, now.digest if now is not None and _is_kept(case, decision) else ""
        case.save(update_fields=["state", "digest", "is_held"])
        SecondLook.objects.filter(settled_by=decision).update(settled_by=None)
        case.reports.filter(answered_at=decision.decided_at).update(answered_at=None)
        if decision.answers_id:
            Appeal.objects.filter(pk=decision.answers_id).update(state=AppealState.WAITING)
        Evidence.objects.filter(decision=decision).delete()
        list_later(case)
        record("moderation_undone", actor=moderator, subject=decision)
    return cancelling


def _waited(decision: Decision) -> bool:
    """Whether its case did when it was taken; else somebody had decided before, or came of their own accord."""
    earlier = _before(decision)
    if earlier is not None:  # reported, pointed at, contested or changed since: it has begun to wait anew
        return decision.opened_at > earlier.decided_at
    asked = SecondLook.objects.filter(settled_by=decision)
    return bool(decision.report_count or decision.was_flagged) or asked.exists()


def _is_kept(case: Case, decision: Decision) -> bool:
    """Whether its words had been looked at and left there before this decision."""
    earlier = _before(decision)
    return earlier is not None and earlier.act in (Act.KEEP, Act.RESTORE)


def _before(decision: Decision) -> Decision | None:
    earlier = Decision.objects.filter(case=decision.case_id, pk__lt=decision.pk, cancelled_by=None)
    return earlier.exclude(act=Act.UNDO).order_by("-pk").first()


def last_decision(case: Case) -> Decision | None:
    return case.decisions.order_by("-pk").first()


@outbox_task
def announce_decision(*, decision_id: int, **kwargs: Any) -> None:
    """Once it can no longer be cancelled, those whom it concerns are told; cancelled, nobody is."""
    with transaction.atomic():
        lock_subject(Case.objects.get(decisions=decision_id))
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(decisions=decision_id)
        if case.notified >= decision_id or Decision.objects.filter(cancels=decision_id).exists():
            return
        Case.objects.filter(pk=case.pk).update(notified=decision_id)
        SecondLook.objects.filter(settled_by=decision_id).delete()
        _announce_text(case, decision_id)
        announce_later(decision_taken, decision_id=decision_id)


def _announce_text(case: Case, decision_id: int) -> None:
    """What it let out is news to others, unless it is out of sight again."""
    decision = Decision.objects.filter(pk=decision_id, publishes=True).first()
    subject = subject_of(case.kind, case.subject_id) if decision is not None else None
    if decision is None or subject is None:
        return
    if subject.kind == Kind.VERSION:
        let_out_version(subject, decision)
    elif subject.is_public and not subject.is_under_hidden:
        announce_publication(subject.row)


def _asked(
    case: Case,
    act: str,
    ground: str,
    facts: str,
    passages: Sequence[str],
    *,
    until: datetime | None,
    part_of: Decision | None,
    at: datetime,
) -> _Asked:
    found = GROUNDS.get(ground)
    if act not in Act.values or act == Act.UNDO or found is None or act not in found.acts:
        raise GroundMissing
    words = [PASSAGE.cleaned(each) for each in passages if each.strip()] if act == Act.REDACT else []
    if len(words) > PASSAGES_MAX:
        raise PassageMissing
    if act != Act.SUSPEND:
        until = None
    elif not (until and at < until <= at + SUSPENSION_MAX):
        raise UntilMissing
    return _Asked(
        Act(act),
        found,
        FACTS.cleaned(facts.strip() or facts_of(found, of_account=case.kind == Kind.ACCOUNT)),
        words,
        until,
        part_of,
    )


def _locked(case: Case, *, seen: int) -> tuple[Case, Subject]:
    """The case, and what it is about as it is now, locked before it, as its author does who writes it anew.

    Raises DecidedMeanwhile, SubjectGone.
    """
    lock_subject(case)
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("consultation").get(pk=case.pk)
    last = last_decision(case)
    if last is not None and last.pk != seen:
        raise DecidedMeanwhile(last)
    subject = subject_of(case.kind, case.subject_id)
    if subject is None:
        raise SubjectGone
    return case, subject


def _ask_second(case: Case, asked: _Asked, *, moderator: User, at: datetime) -> SecondLook:
    SecondLook.objects.filter(case=case).delete()  # settled a moment ago
    look = SecondLook.objects.create(
        case=case,
        act=asked.act,
        ground=asked.ground.code,
        facts=asked.facts,
        passages=asked.passages,
        asked_by=moderator,
        asked_at=at,
    )
    Case.objects.filter(pk=case.pk).update(claimed_by=None, claimed_at=None)
    record("moderation_second_asked", actor=moderator, subject=case)
    return look


def _take(
    case: Case,
    subject: Subject,
    asked: _Asked,
    *,
    moderator: User,
    second: User | None,
    appeal: Appeal | None,
    at: datetime,
) -> Decision:
    decision = Decision.objects.create(
        case=case,
        kind=case.kind,
        act=asked.act,
        ground=asked.ground.code,
        rule=str(asked.ground.words),
        reference=str(asked.ground.reference),
        facts=asked.facts,
        moderator=moderator,
        second=second,
        by_operator=moderator.role == Role.DELEGATE,
        author=subject.author,
        was_flagged=case.flags.exists(),
        report_count=case.reports.filter(answered_at=None).count(),
        opened_at=case.opened_at,
        decided_at=at,
        answers=appeal,
        until=asked.until,
        part_of=asked.part_of,
        publishes=lets_out(asked.act, subject),
    )
    if appeal is not None:
        same = asked.act in (Act.HIDE, Act.SUSPEND, appeal.decision.act)
        Appeal.objects.filter(pk=appeal.pk).update(state=AppealState.UPHELD if same else AppealState.CHANGED)
    record("moderation_decided", actor=moderator, subject=decision, act=asked.act.value, ground=asked.ground.code)
    return decision


def _settle(case: Case, subject: Subject) -> None:
    """Nothing waits any more; what was looked at is remembered by its words."""
    decided = last_decision(case)
    assert decided is not None
    now = subject_of(case.kind, case.subject_id) or subject
    case.state, case.digest = State.DECIDED, now.digest
    case.claimed_by, case.claimed_at, case.is_held = None, None, False
    case.save(update_fields=["state", "digest", "claimed_by", "claimed_at", "is_held"])
    case.reports.filter(answered_at=None).update(answered_at=decided.decided_at)
    list_later(case)
