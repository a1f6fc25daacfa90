"""The page of one proposal: what it shows to everyone."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, JSONObject, RowNumber
from django.utils.translation import gettext as _

from accounts.models import signed_name
from common.prepared import Prepared
from consultations.framing.models import Calendar, Consultation
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import AuthorshipRole, Stance, Status, Verdict
from consultations.participation.models import (
    BEYOND_TITLE,
    NEVER_PUBLIC,
    Argument,
    Authorship,
    Proposal,
    ProposalVersion,
    Reply,
    Source,
)
from consultations.participation.registry import settled
from consultations.participation.selectors.lists import PER_PAGE
from consultations.participation.selectors.threads import in_order, with_threads

ARGUMENTS_A_COLUMN = 8

_TAKES_NOTHING = frozenset({Status.WITHDRAWN, Status.REMOVED})

# Texts that are not those of the page.
_TWICE = [f"merged_into__{part}" for part in BEYOND_TITLE]


@dataclass(frozen=True)
class Authors:
    """Whom a proposal's page names beside its author."""

    co_authors: list[str] = field(default_factory=list)
    # Who gave the pen to the present author.
    begun_by: str = ""
    has_steward: bool = False


@dataclass
class ProposalPage:
    """All that the page of one proposal shows to everyone."""

    proposal: Proposal
    calendar: Calendar
    columns: dict[str, list[Argument]]
    # The stances of which there is more than their column shows.
    longer: list[str]
    sources: list[Source]
    authors: Authors
    # How many of its arguments the authors have answered, and taken up at least in part.
    answered: int = 0
    taken: int = 0
    # Whether other proposals live on in it.
    brought_together: bool = False
    # Whether it has what people wrote for (registry.settled_where).
    is_settled: bool = False
    # Others that speak of the same (selectors.close_to), where its page asks for them.
    close: list[Proposal] = field(default_factory=list)

    @property
    def consultation(self) -> Consultation:
        return self.proposal.challenge.consultation

    @property
    def has_arguments(self) -> bool:
        """Whether there are any to see, be it the place of one."""
        return any(self.columns.values())


def _proposal(pk: int) -> QuerySet[Proposal]:
    return (
        with_authors(Proposal.objects.select_related("author", "challenge__consultation", "picture", "merged_into"))
        .prefetch_related("challenge__consultation__phases")
        .defer("search", "picture__content", *_TWICE)
        .annotate(
            answered=_how_many(list(Verdict)),
            taken=_how_many([Verdict.TAKEN, Verdict.PARTLY]),
            is_settled=ExpressionWrapper(settled(), output_field=BooleanField()),
            brought_together=Exists(Proposal.objects.filter(merged_into=OuterRef("pk"))),
        )
        .exclude(NEVER_PUBLIC)
        .filter(pk=pk)
    )


_proposals = Prepared(_proposal)


def proposal_page(*, pk: int, at: datetime) -> ProposalPage | None:
    """Everything that this app shows to everyone on the page of a proposal, in five queries."""
    proposal: Any = next(iter(_proposals(pk)), None)
    if proposal is None:
        return None
    columns, longer = _columns(proposal)
    return ProposalPage(
        proposal=proposal,
        calendar=calendar_for(proposal, at=at),
        columns=columns,
        longer=longer,
        sources=list(proposal.sources.all()[:50]) if proposal.import_ref else [],
        authors=authors_of(proposal),
        answered=proposal.answered,
        taken=proposal.taken,
        brought_together=proposal.brought_together,
        is_settled=proposal.is_settled,
    )


def with_authors(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """The same query, which also fetches what `authors_of` says."""
    others = Authorship.objects.in_office().filter(proposal=OuterRef("pk")).order_by("since", "pk")
    first_hand = ProposalVersion.objects.filter(proposal=OuterRef("pk"), number=1).exclude(
        made_by=F("proposal__author")
    )
    return proposals.annotate(
        other_hands=ArraySubquery(
            others.values(said=JSONObject(user="user", role="role", name="user__public_name", staff="user__role"))
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
            if hand["role"] == AuthorshipRole.CO_AUTHOR.value and hand["user"] != proposal.author_id
        ],
        begun_by=signed_name(proposal.begun_by or "", proposal.begun_by_role or "")  # type: ignore[attr-defined]
        if proposal.author_id
        else "",
        has_steward=any(hand["role"] == AuthorshipRole.STEWARD.value for hand in hands),
    )


def calendar_for(proposal: Proposal, *, at: datetime) -> Calendar:
    """The calendar of its consultation; one that was withdrawn or removed takes nothing new, whatever the phase."""
    calendar = calendar_of(proposal.challenge.consultation, at=at)
    return replace(calendar, takes_writing=False) if proposal.status in _TAKES_NOTHING else calendar


def _how_many(verdicts: list[Verdict]) -> Coalesce:
    """Of its arguments, how many got one of these verdicts: counted inside the query of the proposal."""
    found = Argument.objects.filter(proposal=OuterRef("pk"), status=Status.PUBLISHED, verdict__in=verdicts)
    return Coalesce(Subquery(found.order_by().values("proposal").annotate(n=Count("pk")).values("n")), 0)


def arguments_page(*, proposal: Proposal, stance: str, page: int | str) -> Page[Argument]:
    """Twenty arguments of one side with the beginning of their threads: three queries."""
    arguments = (
        proposal.arguments.filter(stance=stance).exclude(NEVER_PUBLIC).select_related("author").order_by(*in_order())
    )
    found = Paginator(arguments, PER_PAGE).get_page(page)
    found.object_list = with_threads(list(found.object_list))
    return found


def was_taken_away(*, proposal: int, argument: int | None = None, reply: int | None = None) -> bool:
    """Whether a proposal, an argument of it or a reply to one is hidden, undone or removed by now.

    Of what was never public, nobody learns that it is there.
    """
    there = Proposal.objects.filter(pk=proposal).exclude(NEVER_PUBLIC)
    if there.exclude(status=Status.PUBLISHED).exists():
        return True
    arguments = Argument.objects.filter(proposal__in=there).exclude(NEVER_PUBLIC)
    if reply is not None:
        hidden = Q(status=Status.HIDDEN) | ~Q(argument__status=Status.PUBLISHED)
        replies = Reply.objects.filter(argument__in=arguments, pk=reply).exclude(NEVER_PUBLIC)
        return replies.filter(hidden).exists()
    return argument is not None and arguments.filter(pk=argument).exclude(status=Status.PUBLISHED).exists()


def _first_arguments(pk: int) -> QuerySet[Argument]:
    return (
        Argument.objects.filter(proposal=pk)
        .exclude(NEVER_PUBLIC)
        .select_related("author")
        .annotate(
            rank=Window(RowNumber(), partition_by="stance", order_by=list(in_order())),
            in_column=Window(Count("pk"), partition_by="stance"),
        )
        .filter(rank__lte=ARGUMENTS_A_COLUMN)
        .order_by("rank")
    )


_arguments = Prepared(_first_arguments)


def _columns(proposal: Proposal) -> tuple[dict[str, list[Argument]], list[str]]:
    """The first arguments of each stance with the beginning of their threads, in two queries; the stances of which
    there is more."""
    found: list[Any] = _arguments(proposal.pk)
    longer = sorted({argument.stance for argument in found if argument.in_column > ARGUMENTS_A_COLUMN})
    columns: dict[str, list[Argument]] = {stance: [] for stance in Stance.values}
    for argument in with_threads(found, of=proposal.pk):
        columns[argument.stance].append(argument)
    return columns, longer
