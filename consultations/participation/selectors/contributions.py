"""All that participants wrote, for the desk: proposals, arguments and replies in one list, what nobody else reads too.

Each kind is asked for the keys of its first lines, in the order of an index; they are brought together, and only the
lines of the page are read whole. So a page costs the same whatever there is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import User
from consultations.framing.abilities import DECIDING
from consultations.framing.models import Challenge
from consultations.participation.enums import UNSEEN, Awaited, ContributionKind, Status
from consultations.participation.models import SEARCH_CONFIG, Argument, Proposal, Reply, of_channel
from consultations.participation.registry import Key, ListFilter, Mark, markings, written_key

PER_PAGE = 25
EXCERPT = 200
COUNTED = 1_000
# So many numbers of people may stand in a statement.
_NAMED = 2000

KINDS: tuple[str, ...] = tuple(ContributionKind)
MODELS: dict[str, type[Any]] = {
    ContributionKind.PROPOSAL: Proposal,
    ContributionKind.ARGUMENT: Argument,
    ContributionKind.REPLY: Reply,
}
# From a row of the kind to its proposal.
TO_PROPOSAL = {
    ContributionKind.PROPOSAL: "",
    ContributionKind.ARGUMENT: "proposal__",
    ContributionKind.REPLY: "argument__proposal__",
}
# The states that decide whether its words are read: its own, and those of what it hangs on.
STATES = {
    ContributionKind.PROPOSAL: ("status",),
    ContributionKind.ARGUMENT: ("status", "proposal__status"),
    ContributionKind.REPLY: ("status", "argument__status", "argument__proposal__status"),
}

NEWEST, OLDEST, MOST_OPINIONS = "recentes", "anciennes", "avis"
SORTS = (NEWEST, OLDEST, MOST_OPINIONS)
_OPINIONS: dict[str, Any] = {
    ContributionKind.PROPOSAL: F("like_count") + F("mixed_count") + F("dislike_count"),
    ContributionKind.ARGUMENT: F("useful_count"),
    ContributionKind.REPLY: Value(0, output_field=IntegerField()),
}


@dataclass(frozen=True)
class Sift:
    """What the list is asked for, already checked."""

    words: str = ""
    kind: str = ""
    challenges: tuple[int, ...] | None = None  # None: all
    stage: str = ""
    state: str = ""
    capacity: str = ""
    spellings: tuple[str, ...] | None = None  # of a neighbourhood, as people have written it
    channel: str = ""
    awaited: str = ""
    since: datetime | None = None
    until: datetime | None = None
    among: tuple[Key, ...] | None = None  # those that somebody chose; None: all
    more: tuple[tuple[ListFilter, str], ...] = ()
    sort: str = NEWEST
    # The challenges in which whoever asks reads what nobody else does: words are looked for there alone.
    reads_in: frozenset[int] = frozenset()

    @property
    def is_narrowed(self) -> bool:
        """By more than the kind."""
        return self != Sift(kind=self.kind, sort=self.sort, reads_in=self.reads_in)

    @cached_property
    def named(self) -> list[int] | QuerySet[User, Any]:
        """People in whose public name the words are: their numbers, unless they are very many. One query."""
        found = User.objects.filter(public_name__icontains=self.words).order_by().values("pk")
        numbers = [row["pk"] for row in found[: _NAMED + 1]]
        return numbers if len(numbers) <= _NAMED else found


@dataclass
class Line:
    """A contribution as the list shows it. `words` are empty where whoever asks may not read them."""

    kind: str
    row: Any
    proposal: Proposal
    words: str
    excerpt: str
    under: str  # the title of the proposal that it hangs on
    is_seen: bool
    hangs_on_unseen: bool
    url: str
    challenge_label: str = ""  # said by whoever has the challenges at hand
    marks: list[Mark] = field(default_factory=list)

    @property
    def key(self) -> str:
        return written_key((self.kind, self.row.pk))

    @property
    def channel_label(self) -> str:
        return str(self.row.channel.label)

    @property
    def kind_label(self) -> str:
        return str(ContributionKind(self.kind).label)


@dataclass
class ContributionsPage:
    """`counts`: how many there are of each kind; of a list that is narrowed, no more than one beyond COUNTED.
    `next`: after which the next page begins; empty on the last."""

    lines: list[Line]
    counts: dict[str, int]
    next: str
    is_narrowed: bool

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def is_counted(self) -> bool:
        """Whether the total is one."""
        return not self.is_narrowed or all(count <= COUNTED for count in self.counts.values())


def challenges_moderated_by(user: User) -> frozenset[int]:
    """The challenges in whose consultation they decide: there they read what is hidden or waits. One query."""
    modes = [mode for mode, roles in DECIDING.items() if user.role in roles]
    found = Challenge.objects.filter(consultation__moderated_by__in=modes) if modes else Challenge.objects.none()
    return frozenset(found.order_by("pk").values_list("pk", flat=True))


def contributions_page(sift: Sift, *, user: User, after: str = "") -> ContributionsPage:
    """One page. Ten queries at most, and those of the apps that mark lines."""
    keys = list(islice(_keys(sift, after=_read_place(sift, after)), PER_PAGE + 1))
    shown = keys[:PER_PAGE]
    rows = _read(((kind, pk) for _value, kind, pk in shown))
    lines = [_line(kind, rows[kind, pk], sift) for _value, kind, pk in shown if (kind, pk) in rows]
    _mark(lines, user)
    counts = {kind: _count(narrowed(kind, sift), sift) for kind in KINDS if _may_have(kind, sift)}
    return ContributionsPage(
        lines, counts, _written_place(*shown[-1]) if len(keys) > PER_PAGE else "", sift.is_narrowed
    )


def _count(rows: QuerySet[Any], sift: Sift) -> int:
    """All of them; of those that are narrowed, each of which must be looked at, no more than a list can use."""
    return rows.values("pk")[: COUNTED + 1].count() if sift.is_narrowed else rows.count()


# ── Which ones ───────────────────────────────────────────────────────────────


def narrowed(kind: str, sift: Sift) -> QuerySet[Any]:
    """The rows of a kind that are asked for."""
    rows: QuerySet[Any] = MODELS[kind]._default_manager.order_by()
    to = TO_PROPOSAL[ContributionKind(kind)]
    if not _may_have(kind, sift):
        return rows.none()
    if sift.among is not None:
        rows = rows.filter(pk__in=[pk for which, pk in sift.among if which == kind])
    if sift.channel:
        rows = rows.filter(of_channel(sift.channel))
    wanted = {
        f"{to}challenge__in": sift.challenges,
        f"{to}stage": sift.stage,
        f"{to}neighbourhood__in": sift.spellings,
        "status": sift.state,
        "author__capacity": sift.capacity,
        "submitted_at__gte": sift.since,
        "submitted_at__lt": sift.until,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value not in ("", None)})
    if sift.words:
        rows = _speaking_of(rows, kind, sift)
    for each, value in sift.more:
        rows = each.narrow(value, kind, rows)
    return _awaiting(rows, sift.awaited)


def _may_have(kind: str, sift: Sift) -> bool:
    waits = {Awaited.ARGUMENT: ContributionKind.PROPOSAL, Awaited.VERDICT: ContributionKind.ARGUMENT}
    meant = waits.get(Awaited(sift.awaited)) if sift.awaited else None
    return sift.kind in ("", kind) and meant in (None, kind)


def _awaiting(rows: QuerySet[Any], awaited: str) -> QuerySet[Any]:
    if awaited == Awaited.ARGUMENT:
        nothing_said = {"for_count": 0, "against_count": 0, "improve_count": 0}
        return rows.filter(status=Status.PUBLISHED, merged_into=None, **nothing_said)
    if awaited == Awaited.VERDICT:
        return rows.filter(status=Status.PUBLISHED, proposal__status=Status.PUBLISHED, verdict="")
    return rows


def _speaking_of(rows: QuerySet[Any], kind: str, sift: Sift) -> QuerySet[Any]:
    """Those in whose words, or in whose author's public name, they are; never by words that one may not read.

    Each of the three has its index, and nothing stands in a sub-select: PostgreSQL then reads the indexes together
    where few are found, and the first lines of the list where many are.
    """
    found = Q(search=SearchQuery(sift.words, config=SEARCH_CONFIG, search_type="websearch"))
    found |= Q(author__in=sift.named) | (~Q(imported_author="") & Q(imported_author__icontains=sift.words))
    return rows.filter(found).filter(_seen(kind, sift))


def _seen(kind: str, sift: Sift) -> Q:
    """What whoever asks may read the words of."""
    to = TO_PROPOSAL[ContributionKind(kind)]
    public = Q()
    for state in STATES[ContributionKind(kind)]:
        public &= ~Q(**{f"{state}__in": UNSEEN})
    return public | Q(**{f"{to}challenge__in": sift.reads_in}) if sift.reads_in else public


# ── In which order ───────────────────────────────────────────────────────────

# What the list is ordered by, the place of the kind, the number: no two lines have the same.
Place = tuple[Any, str, int]


def ordered(kind: str, sift: Sift) -> Any:  # a queryset with an annotation that the stubs lose track of
    """The rows of a kind in the order of the list, with `place`, what it is ordered by."""
    rows = narrowed(kind, sift)
    if sift.sort == MOST_OPINIONS:
        return rows.annotate(place=_OPINIONS[kind]).order_by("-place", "-pk")
    order = ("submitted_at", "pk") if sift.sort == OLDEST else ("-submitted_at", "-pk")
    return rows.annotate(place=F("submitted_at")).order_by(*order)


def in_order(sift: Sift, kinds: Iterable[Iterator[Any]], *, place: Any) -> Iterator[Any]:
    """Rows of several kinds, each in its order, as one list."""
    return merge(*kinds, key=place, reverse=sift.sort != OLDEST)


def _keys(sift: Sift, *, after: Place | None) -> Iterator[Place]:
    found = [iter(_first_keys(kind, sift, after)) for kind in KINDS if _may_have(kind, sift)]
    return in_order(sift, found, place=lambda each: each)


def _first_keys(kind: str, sift: Sift, after: Place | None) -> list[Place]:
    rows = ordered(kind, sift)
    rows = rows.filter(_beyond(kind, after, sift)) if after else rows
    return [(value, kind, pk) for value, pk in rows.values_list("place", "pk")[: PER_PAGE + 1]]


def _beyond(kind: str, after: Place, sift: Sift) -> Q:
    """The rows of a kind that come later in the list than a place."""
    value, last_kind, last_pk = after
    column = "place" if sift.sort == MOST_OPINIONS else "submitted_at"
    later = "gt" if sift.sort == OLDEST else "lt"
    not_before = Q(**{f"{column}__{later}e": value})
    if kind == last_kind:
        return not_before & (Q(**{f"{column}__{later}": value}) | Q(**{f"pk__{later}": last_pk}))
    comes_later = kind > last_kind if sift.sort == OLDEST else kind < last_kind
    return not_before if comes_later else Q(**{f"{column}__{later}": value})


def _written_place(value: Any, kind: str, pk: int) -> str:
    return f"{value.isoformat() if isinstance(value, datetime) else value}~{kind}~{pk}"


def _read_place(sift: Sift, written: str) -> Place | None:
    """None, which is the first page, where an address says none that can be."""
    value, _tilde, rest = written.partition("~")
    kind, _tilde, pk = rest.partition("~")
    try:
        number = int(value) if sift.sort == MOST_OPINIONS else datetime.fromisoformat(value)
        is_odd = kind not in KINDS or int(pk) >= 2**63 or (isinstance(number, datetime) and number.tzinfo is None)
        return None if is_odd or (isinstance(number, int) and abs(number) >= 2**31) else (number, kind, int(pk))
    except ValueError:
        return None


# ── What a line says ─────────────────────────────────────────────────────────


def _read(keys: Iterable[Key]) -> dict[Key, Any]:
    """Rows of the page: a query for each kind."""
    wanted: dict[str, list[int]] = {}
    for kind, pk in keys:
        wanted.setdefault(kind, []).append(pk)
    return {(kind, row.pk): row for kind, pks in wanted.items() for row in _with_place(kind).filter(pk__in=pks)}


def _with_place(kind: str) -> Any:
    """With their author, their challenge and the beginning of their words; what a line does not show stays away."""
    to = TO_PROPOSAL[ContributionKind(kind)]
    shown = "solution" if kind == ContributionKind.PROPOSAL else "text"
    long = [f"{to}{name}" for name in ("search", "solution", "problem", "benefit")]
    more = [] if kind == ContributionKind.PROPOSAL else ["text"]
    more += ["argument__text"] if kind == ContributionKind.REPLY else []
    proposal = [to.removesuffix("__")] if to else []
    rows: Any = MODELS[kind]._default_manager.order_by("pk")
    rows = rows.select_related("author", *proposal)
    return rows.annotate(excerpt=Left(shown, EXCERPT)).defer(*long, *more)


def _line(kind: str, row: Any, sift: Sift) -> Line:
    argument = row.argument if kind == ContributionKind.REPLY else row
    proposal = row if kind == ContributionKind.PROPOSAL else argument.proposal
    reads_all = proposal.challenge_id in sift.reads_in
    above = [each for each in (argument, proposal) if each is not row]
    hangs_on_unseen = any(each.status in UNSEEN for each in above)
    is_seen = reads_all or not (hangs_on_unseen or row.status in UNSEEN)
    is_proposal = kind == ContributionKind.PROPOSAL
    words, excerpt = (row.title, row.excerpt) if is_proposal else (row.excerpt, "")
    return Line(
        kind=kind,
        row=row,
        proposal=proposal,
        words=words if is_seen else "",
        excerpt=excerpt if is_seen else "",
        under="" if is_proposal or (proposal.status in UNSEEN and not reads_all) else proposal.title,
        is_seen=is_seen,
        hangs_on_unseen=hangs_on_unseen,
        url=_url(kind, row, argument, proposal),
    )


def _url(kind: str, row: Any, argument: Any, proposal: Proposal) -> str:
    """Its place on the site, whose address says no word that is hidden; nothing where it has none."""
    if any(each.is_held or each.was_refused for each in (row, argument, proposal)):
        return ""
    if kind == ContributionKind.PROPOSAL:
        return reverse("proposal_short", args=[row.pk]) if row.status in UNSEEN else row.get_absolute_url()
    slug = "-" if proposal.status in UNSEEN else proposal.slug
    page = reverse("argument", args=[proposal.pk, slug, argument.pk])
    return f"{page}#{'argument' if kind == ContributionKind.ARGUMENT else 'reply'}-{row.pk}"


def _mark(lines: list[Line], user: User) -> None:
    """What apps say of them."""
    keys = [(line.kind, line.row.pk) for line in lines]
    for marking in markings:
        said: Mapping[Key, Mark] = marking(keys, user) if keys else {}
        for line in lines:
            if mark := said.get((line.kind, line.row.pk)):
                line.marks.append(mark)
