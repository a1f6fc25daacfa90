"""The ballot as one person has it before their eyes: cards in their order, and what is left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from accounts.models import User
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import Stance, Status
from consultations.participation.models import Argument, Proposal
from consultations.voting.actions import VOTE
from consultations.voting.enums import VoteState
from consultations.voting.models import Item, Vote, Voter
from consultations.voting.permissions import may_vote, voted_for
from consultations.voting.sealing import order_of
from consultations.voting.selectors.own import Basket, Own, ballot_name, ballots_of, basket_of, own_of, voter_of
from tenants.keys.services import KeyDestroyed, key_of


@dataclass
class Card:
    item: Item
    is_in: bool = False
    lacks: int = 0
    is_too_dear: bool = False
    is_full: bool = False
    refused: str = ""
    is_hidden: bool = False  # by moderation: its text, which may be the proposal's, is left out
    proposal: Proposal | None = None
    said_for: Argument | None = None
    said_against: Argument | None = None

    @property
    def tone(self) -> str:
        return self.proposal.challenge.theme.lower() if self.proposal else "city"

    @property
    def where(self) -> str:
        return self.item.neighbourhood

    @property
    def arguments(self) -> int:
        return self.proposal.for_count + self.proposal.against_count if self.proposal else 0


@dataclass
class Piece:
    """Of the line that shows a budget, in hundredths of its length."""

    x: str
    width: str


@dataclass
class BallotPage:
    vote: Vote
    state: VoteState
    cards: list[Card]
    basket: Basket
    may_vote: bool = False
    needs_code: bool = False
    voted_already: bool = False  # with their mailbox, from another account
    voted_for: str = ""  # another neighbourhood
    has_voted: bool = False
    is_emptied: bool = False  # all that was confirmed has been withdrawn
    by_price: bool = False
    shuffled: bool = False
    withdrawn: list[Item] = field(default_factory=list)

    in_phase: bool = True

    @property
    def is_open(self) -> bool:
        return self.state == VoteState.OPEN and self.in_phase

    @property
    def is_held(self) -> bool:
        """It should be open, and the phase of its consultation is not."""
        return self.state == VoteState.OPEN and not self.in_phase

    @property
    def is_over(self) -> bool:
        return self.state in (VoteState.COUNTING, VoteState.COUNTED)

    @property
    def line(self) -> list[Piece]:
        return pieces([each.cost or 0 for each in self.basket.items], self.vote.budget or 0)


def pieces(amounts: Sequence[int], whole: int) -> list[Piece]:
    found, at = [], 0.0
    for amount in amounts:
        width = 100 * amount / whole if whole else 0.0
        found.append(Piece(f"{at:.2f}%", f"{max(0.0, width - 0.4):.2f}%"))
        at += width
    return found


def ballot_page(
    vote: Vote, user: User | None, *, at: datetime, by_price: bool = False, refused: tuple[int, str] = (0, "")
) -> BallotPage:
    """Of a visitor: what is put to the vote, in the order of its numbers. `refused`: what was pressed in vain."""
    items, state = list(vote.items.all()), vote.state(at)
    own, allowed, needs_code, order, elsewhere = Own(frozenset()), False, False, None, False
    other = "" if user is None else voted_for(user, vote)
    voter = Voter.objects.filter(vote=vote, user=user).first() if user else None
    # Over and not counted yet, their own is still read: who confirmed too late is told what counts.
    if user is not None and state in (VoteState.OPEN, VoteState.ANNOUNCED, VoteState.COUNTING):
        allowed = may_vote(user, vote, voter)
        needs_code = vote.electorate == "CODES" and not allowed
        try:
            key = key_of(vote.key_name)
        except KeyDestroyed:
            allowed = False
        else:
            order = order_of(key, voter_of(user), [each.number for each in items])
            if allowed:
                found, name = list(ballots_of(key, user)), ballot_name(key, user)
                own = own_of(key, next((each for each in found if each.pk == name), None))
                elsewhere = any(each.pk != name for each in found)
    if order is not None:
        items.sort(key=lambda each: order.index(each.number))
    if by_price:
        items.sort(key=lambda each: each.cost or 0)
    basket = basket_of(vote, items, own)
    standing = {each.number for each in items if each.withdrawn_at is None}
    return BallotPage(
        vote=vote,
        state=state,
        cards=_cards([each for each in items if each.withdrawn_at is None], basket, refused),
        basket=basket,
        may_vote=allowed and not elsewhere and not other and state != VoteState.COUNTING,
        needs_code=needs_code,
        voted_already=elsewhere,
        voted_for=other,
        has_voted=voter is not None and voter.has_voted,
        is_emptied=own.confirmed is not None and not own.confirmed.items & standing,
        by_price=by_price,
        in_phase=calendar_of(vote.consultation, at=at).may(VOTE),
        shuffled=order is not None,
        withdrawn=[each for each in items if each.withdrawn_at is not None],
    )


def _cards(items: list[Item], basket: Basket, refused: tuple[int, str]) -> list[Card]:
    found = Proposal.objects.without_texts().select_related("challenge")
    found = found.filter(pk__in=[each.proposal_id for each in items if each.proposal_id])
    hidden = {each.pk for each in found if each.status == Status.HIDDEN}
    proposals = {each.pk: each for each in found if each.status == Status.PUBLISHED}
    said = _first_arguments(proposals)
    numbers = basket.numbers
    return [
        Card(
            item=each,
            is_in=each.number in numbers,
            lacks=basket.lacks(each),
            is_too_dear=basket.is_too_dear(each),
            is_full=basket.is_full(),
            refused=refused[1] if each.number == refused[0] else "",
            proposal=proposals.get(each.proposal_id or 0),
            is_hidden=each.proposal_id in hidden,
            said_for=said.get((each.proposal_id or 0, Stance.FOR)),
            said_against=said.get((each.proposal_id or 0, Stance.AGAINST)),
        )
        for each in items
    ]


def _first_arguments(proposals: dict[int, Proposal]) -> dict[tuple[int, str], Argument]:
    """Of each side the one that most people find useful."""
    if not proposals:
        return {}
    found = (
        Argument.objects.filter(
            proposal__in=proposals, status=Status.PUBLISHED, stance__in=(Stance.FOR, Stance.AGAINST)
        )
        .select_related("author")
        .order_by("proposal_id", "stance", "-useful_count", "-submitted_at", "pk")
        .distinct("proposal_id", "stance")
    )
    return {(each.proposal_id, each.stance): each for each in found}


def shown_votes(at: datetime) -> list[Vote]:
    """Those that everybody sees, of consultations that may be read, from the beginning of their phase on. One that
    should be open and whose phase is over is on no list: nobody can vote in it.

    Compared here, and not by the database: pages know until when they hold (common.clock).
    """
    phase = Phase.objects.filter(consultation=OuterRef("consultation"), kind=PhaseKind.PRIORITISE)
    found = (
        Vote.objects.exclude(announced_at=None)
        .filter(consultation__in=Consultation.objects.shown())
        .annotate(phase_opens=Subquery(phase.values("opens_at")), phase_closes=Subquery(phase.values("closes_at")))
        .select_related("consultation")
    )
    return [each for each in found.order_by("pk") if _is_shown(each, at)]


def _is_shown(vote: Any, at: datetime) -> bool:
    if vote.phase_opens is None or vote.phase_opens > at:
        return False
    is_held = vote.phase_closes is None or vote.phase_closes <= at
    return not is_held or vote.closed_at is not None or not vote.opens_at <= at < vote.closes_at
