"""The votes that everybody sees, for the menu and for what votes show on pages of others: read once a request."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from consultations.framing.context import consultation, remembered_all
from consultations.framing.enums import PhaseKind, PhaseState
from consultations.framing.models import Consultation
from consultations.voting.enums import VoteState
from consultations.voting.models import Vote
from consultations.voting.selectors.ballot import shown_votes


@dataclass(frozen=True)
class Seen:
    vote: Vote
    state: VoteState

    @property
    def is_open(self) -> bool:
        return self.state == VoteState.OPEN


class _Request(HttpRequest):
    votes_seen: list[Seen]


def votes_seen(request: HttpRequest) -> list[Seen]:
    """Of all consultations that may be read, those in which people vote first, by their end."""
    if not hasattr(request, "votes_seen"):
        at, every = timezone.now(), remembered_all(request)
        # Before their phase nothing is asked, where a view has read the phases.
        asks = every is None or any(has_begun(each, at) for each in every)
        found = [Seen(each, each.state(at)) for each in (shown_votes(at) if asks else [])]
        cast(_Request, request).votes_seen = sorted(found, key=_place)
    return cast(_Request, request).votes_seen


def has_begun(consultation: Consultation, at: datetime) -> bool:
    """Its phase to vote. Costs no query where its phases have been read."""
    phases = (each for each in consultation.phases.all() if each.kind == PhaseKind.PRIORITISE)
    return any(each.state(at) != PhaseState.NEXT for each in phases)


def _place(each: Seen) -> tuple[int, float, int]:
    """Then those to come, the next first; of those that are over the last one first."""
    if each.is_open:
        return (0, each.vote.closes_at.timestamp(), each.vote.pk)
    opens_at = each.vote.opens_at.timestamp()
    return (1, opens_at, each.vote.pk) if each.state == VoteState.ANNOUNCED else (2, -opens_at, each.vote.pk)


def of_consultation(request: HttpRequest, pk: int | None) -> list[Seen]:
    return [each for each in votes_seen(request) if each.vote.consultation_id == pk]


def _here(request: HttpRequest) -> int | None:
    found = consultation(request)["city_consultation"]
    return found.pk if found else None


def to_vote_in(request: HttpRequest) -> list[Seen]:
    """Those that are open: of the consultation that the page belongs to, else of any."""
    tenant = request.tenant  # type: ignore[attr-defined]
    if tenant.is_anonymous or not tenant.takes_writing:
        return []
    every = [each for each in votes_seen(request) if each.is_open]
    return [each for each in every if each.vote.consultation_id == _here(request)] or every


def to_read(request: HttpRequest) -> list[Seen]:
    """Where nobody votes: those of the consultation that the page belongs to, to come or over."""
    if request.tenant.is_anonymous or to_vote_in(request):  # type: ignore[attr-defined]
        return []
    return of_consultation(request, _here(request))


def page_of(found: list[Seen]) -> str:
    """Of the one, or of all."""
    return found[0].vote.get_absolute_url() if len(found) == 1 else reverse("votes")
