"""Who works, and who worked, on a proposal."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.models import signed_name
from consultations.participation.enums import AuthorshipRole
from consultations.participation.models import Authorship, Proposal, ProposalVersion


@dataclass(frozen=True)
class Authors:
    """Whom a proposal's page names beside its author."""

    co_authors: list[str] = field(default_factory=list)
    # Who gave the pen to the present author.
    begun_by: str = ""
    has_steward: bool = False


def with_authors(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """The same query, which also fetches what `authors_of` says."""
    others = Authorship.objects.in_office().filter(proposal=OuterRef("pk")).order_by("since", "pk")
    first_hand = ProposalVersion.objects.filter(proposal=OuterRef("pk"), number=1).exclude(
        made_by=F("proposal__author")
    )
    return proposals.annotate(
        other_hands=ArraySubquery(
            others.values(said=JSONObject(role="role", name="user__public_name", staff="user__role"))
        ),
        begun_by=Subquery(first_hand.values("made_by__public_name")[:1]),
        begun_by_role=Subquery(first_hand.values("made_by__role")[:1]),
    )


def authors_of(proposal: Proposal) -> Authors:
    """Of a proposal that `with_authors` fetched: no query."""
    hands: list[dict[str, Any]] = proposal.other_hands  # type: ignore[attr-defined]
    return Authors(
        co_authors=[
            signed_name(hand["name"] or _("A participant"), hand["staff"])
            for hand in hands
            if hand["role"] == AuthorshipRole.CO_AUTHOR.value
        ],
        begun_by=signed_name(proposal.begun_by or "", proposal.begun_by_role or "")  # type: ignore[attr-defined]
        if proposal.author_id
        else "",
        has_steward=any(hand["role"] == AuthorshipRole.STEWARD.value for hand in hands),
    )
