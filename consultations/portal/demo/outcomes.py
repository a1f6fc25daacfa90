"""What the city answered to its finished consultation, and what it made of it, from outcomes.toml."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.enums import Role
from accounts.mailboxes import mailbox_of
from accounts.models import User
from accounts.names import key_of
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import (
    Answer,
    AnswerVersion,
    Milestone,
    Opinion,
    Project,
    ProjectFollow,
    ProjectNews,
    ProjectSource,
    StateChange,
)
from consultations.participation.enums import ReactionValue, Stage
from consultations.participation.models import Proposal, Reaction


def write_outcomes(past: Consultation, *, at: datetime) -> None:
    """Nobody is written to: it happened before anybody could read it."""
    content = tomllib.loads((Path(__file__).parent / "outcomes.toml").read_text())
    signer = _member(content["signer"], Role.DECISION_MAKER, at=at)
    service = _member(content["service"], Role.SERVICE, at=at)
    promised = past.phases.get(kind=PhaseKind.ANSWER).closes_at
    assert promised is not None
    for entry in content["answers"]:
        _answer(entry, past, signer, service, promised=promised, at=at)
    for entry in content["projects"]:
        _project(entry, past, at=at)


def _member(entry: dict[str, Any], role: Role, *, at: datetime) -> User:
    user = User(
        email=f"{entry['key']}@demo.example",
        mailbox=mailbox_of(f"{entry['key']}@demo.example"),
        public_name=entry["name"],
        name_key=key_of(entry["name"]),
        role=role,
        function=entry["function"],
        created_at=at - timedelta(days=400),
        last_login=at - timedelta(days=2),
    )
    user.set_unusable_password()
    user.save()
    return user


def _answer(
    entry: dict[str, Any], past: Consultation, signer: User, service: User, *, promised: datetime, at: datetime
) -> None:
    signed_at = promised - timedelta(days=entry["days_before_promise"], hours=5)
    text = {
        "decision": entry["decision"],
        "own_words": entry.get("own_words", ""),
        "reasons": entry["reasons"],
        "competent": entry.get("competent", ""),
        "expected_on": _day(at, entry["expected_in_days"]) if "expected_in_days" in entry else None,
    }
    proposal = Proposal.objects.get(title=entry["proposal"], challenge__consultation=past)
    answer = Answer.objects.create(
        proposal=proposal,
        state=AnswerState.PUBLISHED,
        signer=signer,
        given_at=signed_at,
        answered_at=signed_at,
        updated_at=signed_at,
        **text,
    )
    if "opinion" in entry:
        _opinion(answer, service, asked_at=signed_at - timedelta(days=14), **entry["opinion"])
    signed = {
        "answer": answer,
        "proposal_version": proposal.version,
        "proposal_title": proposal.title,
        "signed_by": signer,
        "signed_name": signer.public_name,
        "signed_function": signer.function,
        "opinions_of": [service.function] if "opinion" in entry else [],
    }
    answer.current = AnswerVersion.objects.create(number=1, signed_at=signed_at, **signed, **text)
    if "changed" in entry:
        change = entry["changed"]
        text |= {"reasons": change["reasons"], "change": change["change"]}
        later = signed_at + timedelta(days=change["days_later"])
        answer.current = AnswerVersion.objects.create(number=2, signed_at=later, **signed, **text)
        answer.reasons, answer.updated_at = change["reasons"], later
    answer.save()


def _opinion(answer: Answer, service: User, *, asked_at: datetime, **said: Any) -> None:
    Opinion.objects.create(
        answer=answer,
        service=service,
        service_name=service.function,
        question="Est-ce possible, à quelles conditions, et pour combien ?",
        due_on=timezone.localtime(asked_at + timedelta(days=10)).date(),
        asked_at=asked_at,
        given_at=asked_at + timedelta(days=6),
        proposal_version=answer.proposal.version,
        **said,
    )


def _project(entry: dict[str, Any], past: Consultation, *, at: datetime) -> None:
    milestones, news, states = entry.pop("milestones", []), entry.pop("news", []), entry.pop("states")
    titles, since = entry.pop("proposals"), at - timedelta(days=entry.pop("days_ago"))
    last = states[-1]
    project = Project.objects.create(
        consultation=past,
        state=last["state"],
        state_reason=last.get("reason", ""),
        decided_on=timezone.localtime(since).date(),
        created_at=since,
        published_at=since,
        last_said_at=at - timedelta(days=min(each["days_ago"] for each in [*news, *states])),
        **entry,
    )
    proposals = Proposal.objects.filter(title__in=titles, challenge__consultation=past)
    for proposal in proposals:
        ProjectSource.objects.create(project=project, proposal=proposal)
    (proposals | Proposal.objects.filter(merged_into__in=proposals)).update(stage=Stage.PROJECT)
    for each in milestones:
        Milestone.objects.create(
            project=project,
            title=each["title"],
            planned_on=_day(at, each["in_days"]),
            first_planned_on=_day(at, each["first_in_days"]) if "first_in_days" in each else None,
            late_why=each.get("late_why", ""),
            done_on=_day(at, each["done_in_days"]) if "done_in_days" in each else None,
        )
    for each in news:
        published_at = at - timedelta(days=each["days_ago"])
        ProjectNews.objects.create(project=project, title=each["title"], text=each["text"], published_at=published_at)
    for each in states:
        StateChange.objects.create(
            project=project,
            state=each["state"],
            reason=each.get("reason", ""),
            changed_at=at - timedelta(days=each["days_ago"]),
        )
    _follow(project, proposals, since=since)


def _follow(project: Project, proposals: Any, *, since: datetime) -> None:
    """Those who liked what it grew from."""
    liked = Reaction.objects.filter(proposal__in=proposals, value=ReactionValue.LIKE).values_list("user", flat=True)
    ProjectFollow.objects.bulk_create(
        ProjectFollow(project=project, user_id=user, created_at=since) for user in sorted(set(liked))
    )
    Project.objects.filter(pk=project.pk).update(follower_count=project.follows.count())


def _day(at: datetime, days: float) -> date:
    return timezone.localtime(at + timedelta(days=days)).date()
