"""The page of one proposal: what it shows to everyone."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from common.differences import Piece
from consultations.framing.models import Calendar, Consultation
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import Stance, Status, Verdict
from consultations.participation.models import Argument, Proposal, ProposalVersion, Source
from consultations.participation.selectors.lists import PER_PAGE
from consultations.participation.selectors.versions import version_difference

ARGUMENTS_A_COLUMN = 8


@dataclass
class ProposalPage:
    """All that the page of one proposal shows to everyone."""

    proposal: Proposal
    calendar: Calendar
    columns: dict[str, list[Argument]]
    sources: list[Source]
    versions: list[ProposalVersion]
    # How many of its arguments the authors have answered, and taken up at least in part.
    answered: int = 0
    taken: int = 0
    # Others that speak of the same (selectors.close_to), where its page asks for them.
    close: list[Proposal] = field(default_factory=list)

    @property
    def consultation(self) -> Consultation:
        return self.proposal.challenge.consultation

    @property
    def last_change(self) -> list[tuple[str, list[Piece]]]:
        """The difference between the present text and the one before, part by part, changed parts only."""
        if len(self.versions) < 2:
            return []
        return version_difference(self.versions[-2], self.versions[-1])


def proposal_page(*, pk: int, at: datetime) -> ProposalPage | None:
    """Everything the page of a proposal shows to everyone, in five queries."""
    proposal = (
        Proposal.objects.select_related("author", "challenge__consultation", "picture")
        .prefetch_related("challenge__consultation__phases")
        .defer("search", "picture__content")
        .annotate(
            answered=_how_many(list(Verdict)),
            taken=_how_many([Verdict.TAKEN, Verdict.PARTLY]),
        )
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
        answered=proposal.answered,
        taken=proposal.taken,
    )


def _how_many(verdicts: list[Verdict]) -> Coalesce:
    """Of its arguments, how many got one of these verdicts: counted inside the query of the proposal."""
    found = Argument.objects.filter(proposal=OuterRef("pk"), status=Status.PUBLISHED, verdict__in=verdicts)
    return Coalesce(Subquery(found.order_by().values("proposal").annotate(n=Count("pk")).values("n")), 0)


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
