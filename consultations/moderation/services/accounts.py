"""Accounts: a warning, a suspension with its dates and reasons, and what one spammer wrote hidden along with it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Case, Decision
from consultations.moderation.rules import DELAY
from consultations.moderation.selectors.accounts import shown_texts_of
from consultations.moderation.services.deciding import decide, last_decision, undo
from consultations.moderation.services.reporting import locked_case
from consultations.moderation.subjects import subject_of


def case_of_account(user: User, *, at: datetime) -> Case:
    """The one case of an account, made where there is none."""
    with transaction.atomic():
        return locked_case(Kind.ACCOUNT, user.pk, None, at=at, delay=DELAY)


def suspend(
    *,
    user: User,
    ground: str,
    facts: str,
    until: datetime,
    moderator: User,
    at: datetime,
    seen: int = 0,
    texts: Iterable[tuple[str, int]] = (),
) -> Decision:
    """Suspend an account, and hide those of its texts that the moderator was shown: one decision each, all or none.

    Texts that are hidden already, or gone meanwhile, are left as they are: undoing this brings back only what it hid.
    Raises what `decide` raises.
    """
    wanted = set(texts)
    with transaction.atomic():
        case = case_of_account(user, at=at)
        decision = decide(
            case=case,
            act=Act.SUSPEND,
            ground=ground,
            facts=facts,
            moderator=moderator,
            at=at,
            seen=seen,
            until=until,
        )
        assert isinstance(decision, Decision)
        for kind, pk in shown_texts_of(user):
            if (kind, pk) in wanted:
                _hide_along(decision, kind, pk, facts=facts, moderator=moderator, at=at)
    return decision


def warn(*, user: User, ground: str, facts: str, moderator: User, at: datetime, seen: int = 0) -> Decision:
    """Tell somebody that what they do is against the charter or the law. Raises what `decide` raises."""
    case = case_of_account(user, at=at)
    decision = decide(case=case, act=Act.WARN, ground=ground, facts=facts, moderator=moderator, at=at, seen=seen)
    assert isinstance(decision, Decision)
    return decision


def lift(*, user: User, ground: str, facts: str, moderator: User, at: datetime, seen: int = 0) -> Decision:
    """End a suspension. What it had hidden comes back, unless something else was decided about it since."""
    with transaction.atomic():
        case = case_of_account(user, at=at)
        decision = decide(case=case, act=Act.RESTORE, ground=ground, facts=facts, moderator=moderator, at=at, seen=seen)
        assert isinstance(decision, Decision)
        last = case.decisions.filter(act=Act.SUSPEND, cancelled_by=None).order_by("-pk").first()
        for part in last.parts.select_related("case").order_by("pk") if last else ():
            if last_decision(part.case) == part and subject_of(part.kind, part.case.subject_id) is not None:
                decide(
                    case=part.case,
                    act=Act.RESTORE,
                    ground=ground,
                    facts=facts,
                    moderator=moderator,
                    at=at,
                    seen=part.pk,
                    part_of=decision,
                )
    return decision


def undo_with_parts(*, decision: Decision, moderator: User, at: datetime) -> Decision:
    """Cancel one's own decision, and with it those that were part of it, all or none. Raises what `undo` raises."""
    with transaction.atomic():
        for part in decision.parts.filter(cancelled_by=None).order_by("-pk"):
            undo(decision=part, moderator=moderator, at=at)
        return undo(decision=decision, moderator=moderator, at=at)


def _hide_along(suspension: Decision, kind: str, pk: int, *, facts: str, moderator: User, at: datetime) -> None:
    subject = subject_of(kind, pk)
    if subject is None or subject.is_hidden:
        return
    case = locked_case(kind, pk, subject.consultation, at=at, delay=DELAY)
    last = last_decision(case)
    decide(
        case=case,
        act=Act.HIDE,
        ground=suspension.ground,
        facts=facts,
        moderator=moderator,
        at=at,
        seen=last.pk if last else 0,
        part_of=suspension,
    )
