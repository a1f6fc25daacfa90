"""What moderation has to do in the demonstration, and what it has done, from moderation.toml. Nobody is written to."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from accounts.enums import Role
from accounts.models import User
from consultations.moderation.enums import Kind, State
from consultations.moderation.grounds import GROUNDS
from consultations.moderation.models import Appeal, Case, Decision, Flag, Report
from consultations.moderation.rules import APPEAL_DELAY, DELAY, DELAYS
from consultations.moderation.services.effects import carry_out
from consultations.moderation.subjects import subject_of
from consultations.participation.models import Argument, Proposal

CONTENT = tomllib.loads((Path(__file__).parent / "moderation.toml").read_text())


def write_what_is_reported(people: dict[str, User], *, at: datetime) -> None:
    """The arguments themselves; they are counted like all others."""
    for entry in CONTENT["cases"]:
        Argument.objects.create(
            proposal=Proposal.objects.get(title=entry["proposal"]),
            author=people[entry["author"]],
            stance=entry["stance"],
            text=entry["text"],
            submitted_at=_ago(entry, at),
        )


def moderate(*, at: datetime) -> None:
    """Once all is counted: reports, flags, decisions, and one that its author contests."""
    given = CONTENT["moderator"]
    moderator = User(
        email=f"{given['key']}@demo.example",
        public_name=given["name"],
        name_key=given["key"],
        role=Role.FACILITATOR,
        function=given["function"],
        created_at=at - timedelta(days=60),
        last_login=at - timedelta(hours=1),
    )
    moderator.set_unusable_password()
    moderator.save()
    for entry in CONTENT["cases"]:
        _moderate(entry, Argument.objects.get(text=entry["text"]), moderator, at=at)


def _moderate(entry: dict[str, Any], argument: Argument, moderator: User, *, at: datetime) -> None:
    first = min([_ago(report, at) for report in entry["reports"]], default=_ago(entry, at))
    delay = min([DELAYS.get(report["reason"], DELAY) for report in entry["reports"]], default=DELAY)
    case = Case.objects.create(
        kind=Kind.ARGUMENT,
        subject_id=argument.pk,
        consultation=argument.proposal.challenge.consultation,
        opened_at=first,
        due_at=first + delay,
        report_count=len(entry["reports"]),
    )
    decided_at = _ago(entry["decision"], at) if "decision" in entry else None
    for report in entry["reports"]:
        Report.objects.create(
            case=case,
            reason=report["reason"],
            words=report["words"],
            made_at=_ago(report, at),
            answered_at=decided_at,
        )
    for kind, words in entry["found"]:
        start = entry["text"].index(words)
        Flag.objects.create(case=case, kind=kind, part="text", start=start, end=start + len(words), found_at=first)
    if decided_at is not None:
        _decide(case, entry, moderator, decided_at=decided_at, at=at)


def _decide(case: Case, entry: dict[str, Any], moderator: User, *, decided_at: datetime, at: datetime) -> None:
    given, subject = entry["decision"], subject_of(case.kind, case.subject_id)
    assert subject is not None
    ground = GROUNDS[given["ground"]]
    decision = Decision.objects.create(
        case=case,
        kind=case.kind,
        act=given["act"],
        ground=ground.code,
        rule=str(ground.words),
        reference=str(ground.reference),
        facts=given["facts"],
        moderator=moderator,
        author=subject.author,
        was_flagged=bool(entry["found"]),
        report_count=len(entry["reports"]),
        opened_at=case.opened_at,
        decided_at=decided_at,
    )
    carry_out(decision, subject, passages=given.get("passages", []), actor=moderator)
    now = subject_of(case.kind, case.subject_id)
    assert now is not None
    case.state, case.digest, case.notified = State.DECIDED, now.digest, decision.pk
    if "appeal" in entry:
        made_at = _ago(entry["appeal"], at)
        Appeal.objects.create(decision=decision, author=subject.author, words=entry["appeal"]["words"], made_at=made_at)
        case.state, case.opened_at, case.due_at = State.OPEN, made_at, made_at + APPEAL_DELAY
    case.save()


def _ago(entry: dict[str, Any], at: datetime) -> datetime:
    return at - timedelta(hours=entry["hours_ago"])
