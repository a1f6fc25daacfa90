"""An account as moderators see it: what it wrote that everybody reads, and where many new ones meet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F

from accounts.models import User
from consultations.moderation.enums import Kind
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reaction, Reply

_MODELS = {Kind.PROPOSAL: Proposal, Kind.ARGUMENT: Argument, Kind.REPLY: Reply}
# A burst: so many reactions in an hour to one proposal, from accounts that are not a day old.
BURST, BURST_WITHIN, NEW_FOR = 10, timedelta(hours=1), timedelta(days=1)
_BURSTS_SHOWN = 5


def shown_texts_of(user: User) -> list[tuple[str, int]]:
    """What they wrote and everybody reads: kinds and numbers. Three queries."""
    return [
        (kind.value, pk)
        for kind, model in _MODELS.items()
        for pk in model._default_manager.filter(author=user, status=Status.PUBLISHED)
        .order_by("pk")
        .values_list("pk", flat=True)
    ]


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
