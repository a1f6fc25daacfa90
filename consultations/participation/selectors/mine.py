"""What one person wrote and follows, what others answered, and what they can do about it, for « ma participation »."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from accounts.models import User
from common.mine import Mine
from consultations.framing.selectors import where_open
from consultations.participation.actions import ARGUE, PROPOSE, REACT
from consultations.participation.enums import Stage, Status
from consultations.participation.models import (
    BEYOND_TITLE,
    DRAFTS_MAX,
    Argument,
    Draft,
    Follow,
    Proposal,
    Reaction,
    Reply,
    worked_on_by,
)
from consultations.participation.selectors.lists import EXCERPT, call_of

MAX = 10
HELPED_MAX = 3
# A reaction is asked for its reason twice at most (Reaction.asked).
ASKED_MAX = 2

TEXTS_OF_PROPOSAL = tuple(f"proposal__{name}" for name in BEYOND_TITLE)


@dataclass(frozen=True)
class Answer:
    """What somebody answered to an argument: its verdict, or a reply."""

    argument: Argument
    at: datetime | None
    reply: Reply | None = None


# ── What they wrote and follow ────────────────────────────────────────────────


def my_proposals(user: User) -> QuerySet[Proposal]:
    """Those that they work on, hidden ones too: whoever wrote it may know."""
    return (
        Proposal.objects.filter(worked_on_by(user))
        .exclude(status=Status.WITHDRAWN)
        .select_related("author", "challenge")
        .annotate(excerpt=Left("solution", EXCERPT))
        .defer(*BEYOND_TITLE)
        .order_by("-submitted_at", "-pk")
    )


def my_arguments(user: User) -> QuerySet[Argument]:
    return _of_shown(Argument.objects.filter(author=user)).order_by("-submitted_at", "-pk")


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


# ── What they can do next ─────────────────────────────────────────────────────


def to_finish(mine: Mine) -> list[Draft]:
    """Drafts of what may be proposed now."""
    where = where_open(PROPOSE, mine)
    return [draft for draft in mine.once(my_drafts) if draft.challenge.consultation_id in where]


def to_confirm(mine: Mine) -> list[Reaction]:
    """Reactions given to a text that has changed since."""
    found = _reactions(mine, REACT).filter(version__lt=F("proposal__version"))
    return list(found.order_by(F("proposal__reworked_at").desc(nulls_last=True), "-pk")[:MAX])


def to_argue(mine: Mine) -> list[Reaction]:
    """The last reaction without a reason: one, not a list of omissions."""
    argued = Argument.objects.filter(author=mine.user, proposal=OuterRef("proposal"))
    found = _reactions(mine, ARGUE).filter(~Exists(argued), version=F("proposal__version"), asked__lt=ASKED_MAX)
    return list(found.order_by("-updated_at", "-pk")[:1])


def to_help(mine: Mine) -> list[tuple[Proposal, str]]:
    """Of the challenges that they follow or took part in: what an argument of theirs would help most, and why."""
    user = mine.user
    challenges = (
        Q(challenge__in=Follow.objects.filter(user=user, challenge__isnull=False).values("challenge"))
        | Q(challenge__in=Reaction.objects.filter(user=user).values("proposal__challenge"))
        | Q(challenge__in=Argument.objects.filter(author=user).values("proposal__challenge"))
        | Q(challenge__in=Proposal.objects.filter(worked_on_by(user)).values("challenge"))
    )
    known = Argument.objects.filter(author=user, proposal=OuterRef("pk"))
    said = Reaction.objects.filter(user=user, proposal=OuterRef("pk"))
    one_sided = Q(for_count__gte=2, against_count=0) | Q(against_count__gte=2, for_count=0)
    found = (
        writable(mine, ARGUE)
        .filter(challenges, ~Exists(known), ~Exists(said), ~worked_on_by(user))
        .filter(stage__in=[Stage.IDEA, Stage.ARGUMENTS])
        .annotate(given=F("for_count") + F("against_count") + F("improve_count"))
        .filter(Q(given=0) | one_sided)
        .select_related("challenge")
        .order_by("given", "-like_count", "-pk")[:HELPED_MAX]
    )
    return [(proposal, call_of(proposal)) for proposal in found]


# ── Parts of those ────────────────────────────────────────────────────────────


def writable(mine: Mine, action: str) -> QuerySet[Any]:
    """Published, not brought together with others, in a consultation whose phase lets people do it."""
    found = Proposal.objects.published().filter(merged_into=None, challenge__consultation__in=where_open(action, mine))
    return found.defer(*BEYOND_TITLE)


def _reactions(mine: Mine, action: str) -> QuerySet[Reaction]:
    found = Reaction.objects.filter(
        user=mine.user,
        proposal__status=Status.PUBLISHED,
        proposal__merged_into=None,
        proposal__challenge__consultation__in=where_open(action, mine),
    )
    return found.select_related("proposal").defer(*TEXTS_OF_PROPOSAL)


def _of_shown(arguments: QuerySet[Argument]) -> QuerySet[Argument]:
    """On proposals that can be read: a hidden one is not named here."""
    shown = arguments.filter(proposal__status=Status.PUBLISHED).select_related("author", "proposal__author")
    return shown.defer(*TEXTS_OF_PROPOSAL)
