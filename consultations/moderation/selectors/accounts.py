"""An account as moderators see it: what it wrote that everybody reads, and where many new ones meet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accounts.models import User
from common.text import shortened
from consultations.moderation.enums import Kind
from consultations.moderation.models import Decision
from consultations.moderation.selectors.register import registered
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reaction, Reply

_MODELS = {Kind.PROPOSAL: Proposal, Kind.ARGUMENT: Argument, Kind.REPLY: Reply}
# A burst: so many reactions in an hour to one proposal, from accounts that are not a day old.
BURST, BURST_WITHIN, NEW_FOR = 10, timedelta(hours=1), timedelta(days=1)
_BURSTS_SHOWN = 5


def shown_texts_of(user: User) -> list[tuple[str, int]]:
    """What they wrote and everybody reads: kinds and numbers. Four queries."""
    return [
        (kind.value, pk)
        for kind, rows, _column in _shown_of(user)
        for pk in rows.order_by("pk").values_list("pk", flat=True)
    ]


def _shown_of(user: User) -> Iterator[tuple[Kind, QuerySet[Any], str]]:
    """By kind, what is public of theirs, and the column of its words."""
    for kind, model in _MODELS.items():
        rows = model._default_manager.filter(author=user, status=Status.PUBLISHED)
        yield kind, rows, "title" if kind == Kind.PROPOSAL else "text"
    answered = Argument.objects.filter(verdict_by=user, verdict_hidden=False).exclude(verdict_reason="")
    yield Kind.ANSWER, answered.filter(status__in=(Status.PUBLISHED, Status.REMOVED)), "verdict_reason"


@dataclass(frozen=True)
class Burst:
    """Many reactions of new accounts to one proposal: to be looked at, it proves nothing."""

    proposal: Proposal
    reactions: int


def bursts(*, at: datetime) -> list[Burst]:
    """Two queries, over the reactions of the last hour."""
    found = (
        Reaction.objects.filter(created_at__gte=at - BURST_WITHIN, user__created_at__gte=F("created_at") - NEW_FOR)
        .values("proposal")
        .annotate(many=Count("pk"))
        .filter(many__gte=BURST)
        .order_by("-many")[:_BURSTS_SHOWN]
    )
    many = {row["proposal"]: row["many"] for row in found}
    proposals = Proposal.objects.published().without_texts().filter(pk__in=many)
    return sorted((Burst(each, many[each.pk]) for each in proposals), key=lambda each: -each.reactions)


@dataclass(frozen=True)
class Text:
    """`value` names it in a form."""

    value: str
    kind: str
    excerpt: str


_EXCERPT, _TEXTS_SHOWN, _DECISIONS_SHOWN = 160, 300, 50


def texts_to_show(user: User) -> list[Text]:
    """What hiding along would take: the newest first of each kind. Four queries."""
    found = []
    for kind, rows, column in _shown_of(user):
        for pk, words in rows.order_by("-pk").values_list("pk", column)[:_TEXTS_SHOWN]:
            found.append(Text(f"{kind.value}-{pk}", str(kind.label), shortened(words, _EXCERPT)))
    return found


def decisions_on_accounts(user: User | None = None) -> list[Decision]:
    """The newest first; of one account, or of all. One query."""
    found = registered().filter(kind=Kind.ACCOUNT).select_related("case", "author", "moderator", "answers__decision")
    along = Count("parts", filter=Q(parts__cancelled_by=None))
    found = found.annotate(along=along).order_by("-pk")
    return list((found.filter(author=user) if user is not None else found)[:_DECISIONS_SHOWN])
