"""The authors' workshop: the arguments they were given, what they have answered, what they are writing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from accounts.models import User
from common.differences import Piece, difference
from common.text import clean_text
from consultations.cocreation.models import HeldVersion, ReworkDraft
from consultations.cocreation.selectors.versions import THANKED
from consultations.participation.enums import Part, Status, Verdict
from consultations.participation.models import NEVER_PUBLIC, Argument, Proposal, ProposalVersion
from consultations.participation.rules import PARTS
from consultations.participation.selectors.standing import UNSHOWN

INBOX_PAGE = 30
TO_ANSWER, ALL = "TO_ANSWER", "ALL"
_PUBLISHED = Q(status=Status.PUBLISHED)


def workshop_proposals() -> QuerySet[Proposal]:
    """Each with its texts, its challenge, the phases and what it was merged into: two queries."""
    proposals = Proposal.objects.select_related("author", "merged_into", "challenge__consultation")
    return proposals.prefetch_related("challenge__consultation__phases").defer(
        "search", "merged_into__search", *UNSHOWN
    )


# ── Arguments ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Inbox:
    """A page of arguments; how many there are of each answer (TO_ANSWER, the verdicts, ALL), whatever the filters.

    And about each part, where that is known.
    """

    page: Page[Argument]
    counts: dict[str, int]
    answer: str


def inbox_counts(proposal: Proposal) -> dict[str, int]:
    """One query. What moderation hid waits for no answer; what was never public is in none of them."""
    counts: dict[str, int] = proposal.arguments.exclude(NEVER_PUBLIC).aggregate(
        **{
            TO_ANSWER: Count("pk", filter=_PUBLISHED & Q(verdict="")),
            **{verdict.value: Count("pk", filter=Q(verdict=verdict)) for verdict in Verdict},
            ALL: Count("pk"),
            **{part.value: Count("pk", filter=_PUBLISHED & Q(part=part)) for part in Part},
        }
    )
    return counts


def arguments_left(proposal: Proposal) -> int:
    """How many arguments wait for their authors' answer: one query, the same for all of them."""
    return Argument.objects.filter(_PUBLISHED, proposal=proposal, verdict="").count()


def inbox_of(*, proposal: Proposal, answer: str, narrowed: Mapping[str, str], page: int | str) -> Inbox:
    """The arguments, the most useful first, then those that have waited longest: three queries.

    `answer`: a verdict, TO_ANSWER or ALL; empty, it shows what waits for an answer and, once all are answered, all.
    `narrowed`: to a stance, a part.
    """
    counts = inbox_counts(proposal)
    answer = answer or (TO_ANSWER if counts[TO_ANSWER] or not counts[ALL] else ALL)
    arguments = inbox_arguments(proposal).filter(**narrowed).order_by("-useful_count", "submitted_at", "pk")
    if answer == TO_ANSWER:
        arguments = arguments.filter(_PUBLISHED, verdict="")
    elif answer != ALL:
        arguments = arguments.filter(verdict=answer)
    return Inbox(page=Paginator(arguments, INBOX_PAGE).get_page(page), counts=counts, answer=answer)


def inbox_arguments(proposal: Proposal) -> QuerySet[Argument]:
    """What was ever public: what waits to be read is known to its author and to moderators alone."""
    return proposal.arguments.exclude(NEVER_PUBLIC).select_related("author", "verdict_by")


def thanked_next(proposal: Proposal, *, by: User) -> list[str]:
    """Whom the next version will thank if `by` publishes it: those whose arguments are taken up and in no version yet.

    One query.
    """
    taken = (
        Argument.objects.filter(_PUBLISHED, proposal=proposal, verdict__in=THANKED, taken_in__isnull=True)
        .select_related("author")
        .order_by("-useful_count", "submitted_at", "pk")
    )
    people: dict[object, str] = {}
    # As versions do (`with_thanks`): nobody thanks themselves, and each is thanked once.
    for argument in taken.exclude(author__in={proposal.author_id, by.pk} - {None}):
        people.setdefault(argument.author_id or argument.imported_author, argument.signed_name)
    return list(people.values())


# ── What they are writing ─────────────────────────────────────────────────────


@dataclass(frozen=True)
class Other:
    """The other text of one part, and what tells it from mine."""

    text: str
    pieces: list[Piece]


@dataclass
class ReconciledTexts:
    """One person's text and another that was published, or saved by another device, meanwhile.

    `texts` combines both: where only one side changed a part, that side's. Where both did, it is mine, and `theirs` has
    the other. `taken`: the parts that only they changed.
    """

    texts: dict[str, str]
    theirs: dict[str, Other] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    version: ProposalVersion | None = None

    draft: ReworkDraft | None = None

    @property
    def differs(self) -> bool:
        return bool(self.theirs or self.taken)


def merged_texts(
    *, base: Mapping[str, str] | None, mine: Mapping[str, str], theirs: Mapping[str, str]
) -> ReconciledTexts:
    """Reconcile part by part, from the text that both began with (`base`); without one, all that differs conflicts."""
    meeting = ReconciledTexts(texts=dict(mine))
    for name in PARTS:
        if mine[name] == theirs[name]:
            continue
        if base is not None and mine[name] == base[name]:
            meeting.texts[name] = theirs[name]
            meeting.taken.append(name)
        elif base is None or theirs[name] != base[name]:
            meeting.theirs[name] = Other(theirs[name], difference(theirs[name], mine[name]))
    return meeting


def texts_of(text: Proposal | ProposalVersion | ReworkDraft | HeldVersion) -> dict[str, str]:
    """As a form would give them back: what is imported may hold spaces that nobody sees."""
    return {name: clean_text(getattr(text, name), one_line=name == "title") for name in PARTS}


def rework_draft(*, proposal: Proposal, user: User) -> ReworkDraft | None:
    return ReworkDraft.objects.filter(proposal=proposal, user=user).first()


def reconciled_with_published(*, proposal: Proposal, mine: Mapping[str, str], base_version: int) -> ReconciledTexts:
    """What was begun from `base_version`, reconciled with the present version."""
    versions: dict[int, Any] = {
        version.number: version
        for version in proposal.versions.filter(number__in=(base_version, proposal.version)).select_related("made_by")
    }
    base = versions.get(base_version)
    meeting = merged_texts(base=texts_of(base) if base else None, mine=mine, theirs=texts_of(proposal))
    meeting.version = versions.get(proposal.version)
    return meeting


def reconciled_with_device(*, draft: ReworkDraft, mine: Mapping[str, str], note: str) -> ReconciledTexts:
    """What is typed here, beside what another device of the same person has saved."""
    other = {**texts_of(draft), "note": draft.note}
    typed = {**mine, "note": note}
    theirs = {
        name: Other(other[name], difference(other[name], typed[name])) for name in typed if other[name] != typed[name]
    }
    return ReconciledTexts(texts=dict(mine), theirs=theirs, draft=draft)


def around_changes(pieces: list[Piece], *, keep: int = 70) -> list[Piece]:
    """The same, with what stayed cut to a few words beside each change. Nothing where nothing changed."""
    if all(piece.kind == "same" for piece in pieces):
        return []
    last = len(pieces) - 1
    return [
        replace(piece, text=_ends(piece.text, first=place == 0, last=place == last, keep=keep))
        if piece.kind == "same"
        else piece
        for place, piece in enumerate(pieces)
    ]


def _ends(text: str, *, first: bool, last: bool, keep: int) -> str:
    """The words of `text` next to the changes before and after it."""
    head = "" if first else _words(text[:keep], text).rstrip()
    tail = "" if last else _words(text[-keep:], text, from_the_end=True).lstrip()
    if len(head) + len(tail) + 3 >= len(text):
        return text
    return " ".join(filter(None, (head, "…", tail)))


def _words(cut: str, whole: str, *, from_the_end: bool = False) -> str:
    """`cut` without the word that was cut through."""
    if len(cut) == len(whole):
        return cut
    return cut[cut.find(" ") + 1 :] if from_the_end else cut[: cut.rfind(" ") + 1]
