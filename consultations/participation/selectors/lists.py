"""Lists of proposals."""

import math
import struct
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from hashlib import shake_128
from typing import Any, NamedTuple, Self

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, TextField, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Left
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.db import connection
from consultations.framing.models import Challenge, Consultation
from consultations.participation.enums import Stage
from consultations.participation.models import BEYOND_TITLE, SEARCH_CONFIG, Proposal
from consultations.participation.registry import settled

PER_PAGE = 20
# A card shows three lines: the rest of a text of 19,000 characters stays in the database.
EXCERPT = 280

DEFAULT_SORT = "decouvrir"
_ORDERS = {
    "recentes": ("-submitted_at", "-pk"),
    "argumentees": ("-arguments_in_all", "-submitted_at", "-pk"),
    "soutenues": ("-like_count", "-submitted_at", "-pk"),
}
SORTS = (DEFAULT_SORT, *_ORDERS)
BY_COUNTS = ("argumentees", "soutenues")

# In how many orders a list is shown on one day: each is a form of its kept page (common.pagecache).
SHUFFLES = 32
FEW_VIEWS = 4
_DRAWN = 1024
# Which transaction wrote the row last, and where: as long as this is the same, so is the row.
_VERSION = RawSQL(
    'concat("participation_proposal"."xmin", "participation_proposal"."ctid")', [], output_field=TextField()
)


@dataclass(frozen=True)
class Shuffle:
    """The order in which somebody discovers proposals: one of those of a day, the same as long as they go on."""

    number: int
    day: date

    @classmethod
    def of_seed(cls, seed: int, *, today: date) -> Self:
        """The one that an address names. It is of today or, for whoever began before midnight, of yesterday."""
        is_todays = seed // SHUFFLES == today.toordinal() % 2
        return cls(seed % SHUFFLES, today if is_todays else today - timedelta(days=1))

    @property
    def seed(self) -> int:
        """What an address says of it: below 2 × SHUFFLES."""
        return self.number + SHUFFLES * (self.day.toordinal() % 2)

    @property
    def salt(self) -> int:
        """What the database mixes with each proposal."""
        return self.number + SHUFFLES * self.day.toordinal()


class Row(NamedTuple):
    """A proposal of a list: what its place comes from (`seen` divides its weight), and the version of its row."""

    pk: int
    seen: float
    version: str


@dataclass(frozen=True)
class ProposalFilters:
    """What a visitor asked the list for, already checked: unknown values mean no filter."""

    words: str = ""
    challenge: str = ""
    stage: str = ""
    place: str = ""
    # How people have written it (selectors.places).
    spellings: tuple[str, ...] | None = None
    sort: str = DEFAULT_SORT
    shuffle: Shuffle = Shuffle(0, date.min)

    @property
    def any(self) -> bool:
        return bool(self.words or self.challenge or self.stage or self.spellings is not None)


def proposals_list(
    *,
    consultation: Consultation | None = None,
    challenge: Challenge | None = None,
    filters: ProposalFilters,
    page: int | str,
) -> Page[Proposal]:
    """One page of cards: two queries, one to count and one to read."""
    order = _ORDERS.get(filters.sort)
    if order is None:
        rows = rows_of(consultation=consultation, challenge=challenge, filters=filters)
        placed: Page[Any] = page_of(rows, filters.shuffle, page)
        cards = cards_of([row.pk for row in placed.object_list])
        return Page([cards[row.pk] for row in placed if row.pk in cards], placed.number, placed.paginator)
    proposals = _chosen(consultation=consultation, challenge=challenge, filters=filters)
    found: Page[Proposal] = Paginator(proposals.order_by(*order).values("pk"), PER_PAGE).get_page(page)
    # Twenty are read whole; only the numbers of the others are sorted.
    found.object_list = _cards().filter(pk__in=found.object_list).order_by(*order)
    return found


def rows_of(
    *, consultation: Consultation | None = None, challenge: Challenge | None = None, filters: ProposalFilters
) -> list[Row]:
    """All of a list, for all its orders and pages: one query."""
    proposals = _chosen(consultation=consultation, challenge=challenge, filters=filters)
    return [
        Row(pk, 4.0 ** ((seen // FEW_VIEWS + 1).bit_length() - 1), version)
        for pk, seen, version in proposals.values_list("pk", Coalesce("views__count", 0), _VERSION)
    ]


def page_of(rows: list[Row], shuffle: Shuffle, number: int | str) -> Page[Row]:
    """A page of a shuffle in which what has been seen less comes first more often.

    Weighted sampling without replacement (Efraimidis and Spirakis, 2006): by -ln(u) / weight, with u in ]0, 1] drawn
    from the salt and the proposal. The weight is divided by four whenever views double, beyond the first few: in steps,
    so that the order holds while somebody goes from page to page.
    """
    salt = shuffle.salt
    placed = sorted((_drawn(salt, row.pk // _DRAWN)[row.pk % _DRAWN] * row.seen, row) for row in rows)
    return Paginator([row for _place, row in placed], PER_PAGE).get_page(number)


@lru_cache(maxsize=256)
def _drawn(salt: int, block: int) -> "array[float]":
    """-ln(u) of so many proposals whose numbers follow each other, the same in all processes."""
    drawn = shake_128(f"{salt} {block}".encode()).digest(8 * _DRAWN)
    return array("d", (-math.log((each + 1) / 2**64) for (each,) in struct.iter_unpack("<Q", drawn)))


def cards_of(keys: Iterable[int]) -> dict[int, Proposal]:
    """Those that are still shown, each read with all that its card says."""
    return {proposal.pk: proposal for proposal in _cards().filter(pk__in=keys)}


def _chosen(*, consultation: Consultation | None, challenge: Challenge | None, filters: ProposalFilters) -> Any:
    proposals = _published()
    if challenge is not None:
        proposals = proposals.filter(challenge=challenge)
    elif consultation is not None:
        proposals = proposals.filter(challenge__consultation=consultation)
    if filters.challenge:
        proposals = proposals.filter(challenge__slug=filters.challenge)
    if filters.stage:
        proposals = proposals.filter(stage=filters.stage)
    if filters.spellings is not None:
        proposals = proposals.filter(neighbourhood__in=filters.spellings)
    if filters.words:
        proposals = proposals.search(filters.words)
    return proposals


def says_nothing(words: str) -> bool:
    """Whether a search has common words alone, such as « la »: nothing is looked for by them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT numnode(websearch_to_tsquery(%s::regconfig, %s)) = 0", [SEARCH_CONFIG, words])
        return bool(cursor.fetchone()[0])


def needing_arguments(consultation: Consultation, *, at_most: int = 3) -> list[Proposal]:
    """Proposals that one argument would help most: reactions without a reason, then one-sided ones, then young ones."""
    silent = Q(arguments_in_all=0, like_count__gt=0)
    one_sided = Q(for_count__gte=3, against_count=0, improve_count__lte=1)
    proposals = list(
        _cards()
        .filter(challenge__consultation=consultation, stage__in=[Stage.IDEA, Stage.ARGUMENTS], merged_into__isnull=True)
        .filter(silent | one_sided, ~settled())
        .order_by("arguments_in_all", "-like_count", "-pk")[: 4 * at_most]
    )
    quiet = [proposal for proposal in proposals if not proposal.argument_count]
    sided = [proposal for proposal in proposals if proposal.argument_count]
    chosen = (quiet[:2] + sided + quiet[2:])[:at_most]
    for proposal in chosen:
        proposal.call = call_of(proposal)
    return chosen


def call_of(proposal: Proposal) -> str:
    """The one thing that would help this proposal now, for a card."""
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
    """Proposals reworked lately after arguments, newest first."""
    return list(
        _cards()
        .filter(challenge__consultation=consultation, version__gt=1, reworked_at__isnull=False)
        .filter(arguments_in_all__gt=0)
        .order_by("-reworked_at", "-pk")[:at_most]
    )


def _brings_together() -> Any:
    """For cards: how many proposals each one brings together, within their own query."""
    together = (
        Proposal.objects.filter(merged_into=OuterRef("pk"))
        .order_by()
        .values("merged_into")
        .annotate(all=Count("pk"))
        .values("all")
    )
    # Others cost nothing.
    return Case(
        When(stage__in=[Stage.COLLECTIVE, Stage.PROJECT], merged_into=None, then=Coalesce(Subquery(together), 0)),
        default=0,
    )


def _published() -> Any:  # a queryset of Proposal with annotations that the stubs lose track of
    return Proposal.objects.published().annotate(
        arguments_in_all=F("for_count") + F("against_count") + F("improve_count")
    )


def _cards() -> Any:
    return (
        _published()
        .select_related("author", "challenge__consultation")
        .annotate(excerpt=Left("solution", EXCERPT), brings_together=_brings_together())
        .defer(*BEYOND_TITLE, "challenge__why", "challenge__summary", "challenge__examples")
    )
