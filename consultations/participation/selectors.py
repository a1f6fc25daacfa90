"""What the pages about proposals read. Each function costs the same number of queries whatever there is to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Left, RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from common.db import connection
from common.differences import Piece, difference
from consultations.framing.models import Calendar, Challenge, Consultation
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import Stage, Stance
from consultations.participation.models import (
    Argument,
    Draft,
    Proposal,
    ProposalVersion,
    Reaction,
    Source,
)

PER_PAGE = 20
ARGUMENTS_A_COLUMN = 8
# A card shows three lines: the rest of a text of 19,000 characters stays in the database.
EXCERPT = 280

# What a card never shows of a challenge and its consultation.
_UNSHOWN = (
    "challenge__why",
    "challenge__summary",
    "challenge__figures",
    "challenge__guiding_questions",
    "challenge__on_table",
    "challenge__off_table",
    "challenge__examples",
    "challenge__consultation__introduction",
    "challenge__consultation__commitment",
)

SORTS = {
    "recentes": ("-submitted_at", "-pk"),
    "argumentees": ("-arguments_in_all", "-submitted_at", "-pk"),
    "soutenues": ("-like_count", "-submitted_at", "-pk"),
}
DEFAULT_SORT = "recentes"


@dataclass(frozen=True)
class ProposalFilters:
    """What a visitor asked the list for, already checked: unknown values mean no filter."""

    words: str = ""
    challenge: str = ""
    stage: str = ""
    sort: str = DEFAULT_SORT

    @property
    def any(self) -> bool:
        return bool(self.words or self.challenge or self.stage)


@dataclass
class ProposalPage:
    """All that the page of one proposal shows to everyone."""

    proposal: Proposal
    calendar: Calendar
    columns: dict[str, list[Argument]]
    sources: list[Source]
    versions: list[ProposalVersion]

    @property
    def consultation(self) -> Consultation:
        return self.proposal.challenge.consultation

    @property
    def last_change(self) -> list[tuple[str, list[Piece]]]:
        """The difference between the present text and the one before, part by part, changed parts only."""
        if len(self.versions) < 2:
            return []
        return version_difference(self.versions[-2], self.versions[-1])


PARTS = ("title", "solution", "problem", "benefit")


def version_difference(before: ProposalVersion, after: ProposalVersion) -> list[tuple[str, list[Piece]]]:
    return [
        (part, difference(getattr(before, part), getattr(after, part)))
        for part in PARTS
        if getattr(before, part) != getattr(after, part)
    ]


def proposals_list(
    *,
    consultation: Consultation | None = None,
    challenge: Challenge | None = None,
    filters: ProposalFilters,
    page: int | str,
) -> Page[Proposal]:
    """One page of cards: two queries, one to count and one to read."""
    proposals = _cards()
    if challenge is not None:
        proposals = proposals.filter(challenge=challenge)
    elif consultation is not None:
        proposals = proposals.filter(challenge__consultation=consultation)
    if filters.challenge:
        proposals = proposals.filter(challenge__slug=filters.challenge)
    if filters.stage:
        proposals = proposals.filter(stage=filters.stage)
    if filters.words:
        proposals = proposals.search(filters.words)
    return Paginator(proposals.order_by(*SORTS[filters.sort]), PER_PAGE).get_page(page)


def needing_arguments(consultation: Consultation, *, at_most: int = 3) -> list[Proposal]:
    """Proposals that one argument would help most: reactions without a reason, then one-sided ones, then young ones."""
    silent = Q(arguments_in_all=0, like_count__gt=0)
    one_sided = Q(for_count__gte=3, against_count=0, improve_count__lte=1)
    proposals = list(
        _cards()
        .filter(challenge__consultation=consultation, stage__in=[Stage.IDEA, Stage.ARGUMENTS])
        .filter(silent | one_sided)
        .order_by("arguments_in_all", "-like_count", "-pk")[: 4 * at_most]
    )
    quiet = [proposal for proposal in proposals if not proposal.argument_count]
    sided = [proposal for proposal in proposals if proposal.argument_count]
    chosen = (quiet[:2] + sided + quiet[2:])[:at_most]
    for proposal in chosen:
        proposal.call = call_of(proposal)
    return chosen


def call_of(proposal: Proposal) -> str:
    """What would help this proposal now, said to a passer-by."""
    if not proposal.argument_count and proposal.reaction_count:
        return ngettext(
            "%(count)s person reacted. Nobody has said why yet.",
            "%(count)s people reacted. Nobody has said why yet.",
            proposal.reaction_count,
        ) % {"count": proposal.reaction_count}
    if proposal.for_count and not proposal.against_count:
        return ngettext(
            "%(count)s argument for, none against. What could get in the way?",
            "%(count)s arguments for, none against. What could get in the way?",
            proposal.for_count,
        ) % {"count": proposal.for_count}
    return _("Be the first to say what you think of it.")


def latest_changes(consultation: Consultation, *, at_most: int = 4) -> list[Proposal]:
    """Proposals reworked lately, newest first."""
    return list(
        _cards()
        .filter(challenge__consultation=consultation, version__gt=1, reworked_at__isnull=False)
        .order_by("-reworked_at", "-pk")[:at_most]
    )


def proposal_page(*, pk: int, at: datetime) -> ProposalPage | None:
    """Everything the page of a proposal shows to everyone, in five queries."""
    proposal = (
        Proposal.objects.select_related("author", "challenge__consultation")
        .prefetch_related("challenge__consultation__phases")
        .defer("search")
        .filter(pk=pk)
        .first()
    )
    if proposal is None:
        return None
    return ProposalPage(
        proposal=proposal,
        calendar=calendar_of(proposal.challenge.consultation, at=at),
        columns=_columns(proposal),
        sources=list(proposal.sources.all()[:50]),
        versions=list(proposal.versions.order_by("number")) if proposal.version > 1 else [],
    )


@dataclass(frozen=True)
class Standing:
    """Where one person stands to a proposal: its author or not, and what they answered to which version."""

    is_author: bool = False
    value: str = ""
    version: int = 0


VISITOR = Standing()
_STANDING = """
SELECT coalesce(p.author_id = %s, false), r.value, r.version FROM participation_proposal p
LEFT JOIN participation_reaction r ON r.proposal_id = p.id AND r.user_id = %s WHERE p.id = %s
"""


def standing_of(*, pk: int, user: User | None) -> Standing:
    """One query for someone signed in, none for a visitor."""
    if user is None:
        return VISITOR
    with connection.cursor() as cursor:  # by hand: asked at every serving of a proposal's page
        cursor.execute(_STANDING, [user.pk, user.pk, pk])
        row = cursor.fetchone()
    return Standing(row[0], row[1] or "", row[2] or 0) if row else VISITOR


def proposal_to_react_to(pk: int) -> Proposal | None:
    """A published proposal without its texts, with its phases: two queries."""
    return (
        Proposal.objects.published()
        .select_related("challenge__consultation")
        .prefetch_related("challenge__consultation__phases")
        .defer("search", "solution", "problem", "benefit", *_UNSHOWN)
        .filter(pk=pk)
        .first()
    )


def arguments_page(*, proposal: Proposal, stance: str, page: int | str) -> Page[Argument]:
    return Paginator(_arguments(proposal).filter(stance=stance), PER_PAGE).get_page(page)


def _columns(proposal: Proposal) -> dict[str, list[Argument]]:
    """The first arguments of each stance, in one query."""
    numbered = _arguments(proposal).annotate(
        rank=Window(
            RowNumber(),
            partition_by="stance",
            order_by=[F("imported_votes").desc(), F("submitted_at").desc(), F("pk").desc()],
        )
    )
    columns: dict[str, list[Argument]] = {stance: [] for stance in Stance.values}
    for argument in numbered.filter(rank__lte=ARGUMENTS_A_COLUMN).order_by("rank"):
        columns[argument.stance].append(argument)
    return columns


def _arguments(proposal: Proposal) -> QuerySet[Argument]:
    return (
        Argument.objects.filter(proposal=proposal)
        .select_related("author")
        .order_by("-imported_votes", "-submitted_at", "-pk")
    )


def _cards() -> Any:  # a queryset of Proposal with annotations that the stubs lose track of
    return (
        Proposal.objects.published()
        .select_related("author", "challenge__consultation")
        .annotate(
            excerpt=Left("solution", EXCERPT),
            arguments_in_all=F("for_count") + F("against_count") + F("improve_count"),
        )
        .defer(
            "search",
            "solution",
            "problem",
            "benefit",
            "challenge__why",
            "challenge__summary",
            "challenge__examples",
        )
    )


def unfinished_draft(*, challenge: Challenge, user: User | None, keys: Iterable[str]) -> Draft | None:
    """What this person, or this visitor's session, had begun to write for a challenge."""
    mine = Q(pk__in=list(keys), author__isnull=True)
    if user is not None:
        mine |= Q(author=user)
    return Draft.objects.filter(mine, challenge=challenge, proposal__isnull=True).order_by("-updated_at", "pk").first()


@dataclass(frozen=True)
class ArguedShare:
    """How many of those who reacted to a proposal also said why: the headline figure of the method."""

    reactions: int
    argued: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.argued / self.reactions) if self.reactions else None


def argued_share(consultation: Consultation) -> ArguedShare:
    reactions = Reaction.objects.filter(proposal__challenge__consultation=consultation)
    said_why = Argument.objects.filter(proposal=OuterRef("proposal"), author=OuterRef("user"))
    figures = reactions.aggregate(all=Count("pk"), argued=Count("pk", filter=Exists(said_why)))
    return ArguedShare(reactions=figures["all"], argued=figures["argued"])
