"""What the pages of offline entry and of receipts show."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from consultations.framing.enums import PhaseKind, PhaseState
from consultations.framing.models import Consultation
from consultations.framing.selectors import calendar_of
from consultations.offline.enums import GONE, EntryState
from consultations.offline.models import Correction, Entry, EntryDesk, EntryRule
from consultations.participation.actions import PROPOSE
from consultations.participation.enums import READABLE, Status
from consultations.participation.models import Argument, Proposal
from consultations.participation.selectors.similar import similar_proposals

_LAST, _DRAFTS, _FOUND = 10, 50, 8


def _with_contributions(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    return rows.select_related("proposal", "argument", "receipt", "challenge", "about", "typed_by").defer(
        "proposal__search", "argument__search", "about__search"
    )


def desk_row(consultation: Consultation, user: User) -> EntryDesk | None:
    return EntryDesk.objects.filter(consultation=consultation, user=user).first()


def own_draft(consultation: Consultation, user: User, pk: int) -> dict[str, Any]:
    """What stands in a draft of this person, for the form that finishes it; nothing where it is none of theirs."""
    found = Entry.objects.filter(consultation=consultation, typed_by=user, state=EntryState.DRAFT, pk=pk).first()
    if found is None:
        return {}
    names = ("kind", "channel", "place", "given_on", "meeting", "solution", "problem", "benefit", "title", "stance")
    said = {name: getattr(found, name) for name in (*names, "sheet", "name", "age_band", "capacity", "neighbourhood")}
    return {**said, "key": str(found.key), "challenge": str(found.challenge_id or ""), "about": found.about_id or ""}


def desk_of(consultation: Consultation, user: User) -> dict[str, Any]:
    """How this person types, how far in their pile, their drafts and their last sheets: five queries."""
    desk = desk_row(consultation, user)
    own = Entry.objects.filter(consultation=consultation, typed_by=user)
    done = 0
    if desk is not None and desk.pile:
        done = (
            own.exclude(state__in=(EntryState.DRAFT, EntryState.TAKEN_OUT))
            .filter(typed_at__gte=desk.pile_since)
            .count()
        )
    return {
        "desk": desk,
        "done": min(done, desk.pile) if desk is not None and desk.pile else done,
        # However old: nothing else leads to them.
        "drafts": list(_with_contributions(own.filter(state=EntryState.DRAFT)).order_by("-pk")[:_DRAFTS]),
        "last": list(_with_contributions(own.exclude(state__in=(EntryState.DRAFT, *GONE))).order_by("-pk")[:_LAST]),
        "to_read": Entry.objects.filter(consultation=consultation, state=EntryState.TO_READ).count(),
        "proposed_until": _proposed_until(consultation),
    }


def _proposed_until(consultation: Consultation) -> datetime | None:
    """Where proposing is over: what is handed in now is refused, which is said before a pile is typed."""
    if calendar_of(consultation, at=(now := timezone.now())).may(PROPOSE):
        return None
    phase = next((each for each in consultation.phases.all() if each.kind == PhaseKind.PROPOSE), None)
    return phase.closes_at if phase and phase.state(now) == PhaseState.DONE else None


def to_read(consultation: Consultation) -> QuerySet[Entry]:
    rows = Entry.objects.filter(consultation=consultation, state=EntryState.TO_READ)
    return _with_contributions(rows).order_by("pk")


def has_corrected(entry: Entry, user: User) -> bool:
    """What they wrote in it somebody else compares with the paper."""
    return entry.corrections.filter(by=user).exists()


def corrections_of(entry: Entry) -> list[Correction]:
    """The last first."""
    return list(entry.corrections.select_related("by").order_by("-pk"))


def entry_of(consultation: Consultation, pk: int) -> Entry | None:
    return _with_contributions(Entry.objects.filter(consultation=consultation, pk=pk)).first()


def reads_twice(consultation: Consultation) -> bool:
    return EntryRule.objects.filter(consultation=consultation, read_twice=True).exists()


def words_now(entry: Entry) -> dict[str, str]:
    """What stands on it now, wherever that is kept."""
    if entry.is_argument:
        thing = entry.argument
        said = {"solution": thing.text, "stance": thing.stance} if thing else {}
        return said or {"solution": entry.solution, "stance": entry.stance}
    return entry.proposal.texts if entry.proposal else entry.texts


def close_to(consultation: Consultation, *, text: str) -> list[Proposal]:
    return [each.proposal for each in similar_proposals(consultation=consultation, text=text)]


def found_by(consultation: Consultation, *, words: str) -> list[Proposal]:
    """Public proposals, by number or words: what an argument is about."""
    rows = Proposal.objects.published().filter(challenge__consultation=consultation, merged_into=None).without_texts()
    if words.isascii() and words.isdigit() and len(words) < 10:
        return list(rows.filter(pk=int(words)))
    return list(rows.search(words)[:_FOUND]) if words else []


def followed(entry: Entry, *, at: datetime) -> dict[str, Any]:
    """What whoever holds the receipt sees: where it is, what others made of it, and (in the panels of `proposal`) what
    the city answers. Three queries besides.
    """
    thing = entry.contribution
    arguments = []
    if isinstance(thing, Proposal) and thing.status == Status.PUBLISHED:
        shown = Q(status=Status.PUBLISHED)
        arguments = list(thing.arguments.filter(shown).select_related("author").order_by("-submitted_at", "-pk")[:50])
    replies = []
    if isinstance(thing, Argument) and thing.status == Status.PUBLISHED:
        replies = list(thing.replies.filter(status=Status.PUBLISHED).select_related("author").order_by("pk")[:50])
    return {
        "entry": entry,
        "thing": thing,
        "words": words_now(entry),
        "arguments": arguments,
        "replies": replies,
        "is_public": thing is not None and thing.status == Status.PUBLISHED,
        "proposal": _answered_with(thing),
        "consultation": entry.consultation,
        "calendar": calendar_of(entry.consultation, at=at),
    }


def _answered_with(thing: Proposal | Argument | None) -> Proposal | None:
    """The proposal that the city answers: of an argument the one that it is about, where everybody reads that."""
    if isinstance(thing, Argument):
        return thing.proposal if thing.proposal.status in READABLE else None
    return thing
