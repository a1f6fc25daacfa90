"""What one person wrote and follows, and what others answered, for « ma participation »."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Left

from accounts.models import User
from common.mine import Mine
from consultations.framing.selectors import where_open
from consultations.participation.enums import Status
from consultations.participation.models import (
    BEYOND_TITLE,
    DRAFTS_MAX,
    Argument,
    Draft,
    Follow,
    Proposal,
    Reply,
    worked_on_by,
)
from consultations.participation.selectors.lists import EXCERPT

MAX = 10
TEXTS_OF_PROPOSAL = tuple(f"proposal__{name}" for name in BEYOND_TITLE)


@dataclass(frozen=True)
class Answer:
    """What somebody answered to an argument: its verdict, or a reply."""

    argument: Argument
    at: datetime | None
    reply: Reply | None = None


# ── What they wrote and follow ────────────────────────────────────────────────


def my_proposals(user: User) -> QuerySet[Proposal]:
    """Those that they work on, hidden ones too: whoever wrote it may know. What waits is shown apart (`held`)."""
    return (
        Proposal.objects.filter(worked_on_by(user))
        .exclude(status__in=(Status.WITHDRAWN, Status.HELD))
        .select_related("author", "challenge")
        .annotate(excerpt=Left("solution", EXCERPT))
        .defer(*BEYOND_TITLE)
        .order_by("-submitted_at", "-pk")
    )


def my_arguments(user: User) -> QuerySet[Argument]:
    return _of_shown(Argument.objects.filter(author=user).exclude(status=Status.HELD)).order_by("-submitted_at", "-pk")


def my_follows(user: User) -> QuerySet[Follow]:
    """Without what moderation has hidden since."""
    shown = Q(proposal=None) | Q(proposal__status=Status.PUBLISHED)
    found = Follow.objects.filter(shown, user=user).select_related("challenge", "proposal__challenge")
    return found.defer(*TEXTS_OF_PROPOSAL).order_by("-created_at", "-pk")


def my_drafts(mine: Mine) -> list[Draft]:
    found = Draft.objects.filter(author=mine.user, proposal=None)
    found = found.exclude(title="", solution="", problem="", benefit="")
    return list(found.select_related("challenge").order_by("-updated_at", "pk")[: 2 * DRAFTS_MAX])


def my_answers(user: User) -> list[Answer]:
    """Verdicts on their arguments and replies to them, by others, newest first. Two queries."""
    judged = _of_shown(Argument.objects.filter(author=user, status=Status.PUBLISHED).exclude(verdict=""))
    judged = judged.exclude(verdict_by=user).order_by(F("verdict_at").desc(nulls_last=True), "-pk")
    replies = (
        Reply.objects.filter(
            argument__author=user,
            argument__status=Status.PUBLISHED,
            argument__proposal__status=Status.PUBLISHED,
            status=Status.PUBLISHED,
        )
        .exclude(author=user)
        .select_related("author", "argument__proposal__author")
        .defer(*(f"argument__{name}" for name in TEXTS_OF_PROPOSAL))
        .order_by("-submitted_at", "-pk")
    )
    answers = [Answer(each, each.verdict_at) for each in judged[:MAX]]
    answers += [Answer(each.argument, each.submitted_at, each) for each in replies[:MAX]]
    return sorted(answers, key=lambda each: each.at.timestamp() if each.at else 0.0, reverse=True)[:MAX]


# ── Parts of those ────────────────────────────────────────────────────────────


def writable(mine: Mine, action: str) -> QuerySet[Any]:
    """Published, not merged, in a consultation whose phase opens `action`."""
    found = Proposal.objects.published().filter(merged_into=None, challenge__consultation__in=where_open(action, mine))
    return found.defer(*BEYOND_TITLE)


def _of_shown(arguments: QuerySet[Argument]) -> QuerySet[Argument]:
    """On proposals that can be read: a hidden one is not named here."""
    shown = arguments.filter(proposal__status=Status.PUBLISHED).select_related("author", "proposal__author")
    return shown.defer(*TEXTS_OF_PROPOSAL)
