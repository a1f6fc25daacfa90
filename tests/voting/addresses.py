"""What each address of votes answers to whom (tests.support.addresses)."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.voting.models import Item, PaperBallot, Tally, Vote, Voter
from consultations.voting.services.closing import close
from tenants.keys.services import make_key
from tests.support.roles import CITY_ROLES, DESK, FRAMERS, OPEN, POST_ONLY, SIGNED_IN, Rows

CITY: Rows = {
    "votes": (OPEN, None),
    "vote": (OPEN, None),
    "vote_choose": (POST_ONLY, None),
    "vote_code": (POST_ONLY, None),
    "vote_review": (SIGNED_IN, None),
    "vote_receipt": (dict.fromkeys(CITY_ROLES, 302), None),
    "vote_result": (OPEN, None),
    "vote_ballots": (OPEN, None),
    "vote_steps": (OPEN, None),
    "vote_receipts": (OPEN, None),
    "desk_votes": (DESK, None),
    "desk_vote": (DESK, None),
    "desk_vote_voters": (FRAMERS, None),
    "desk_vote_new": (FRAMERS, None),
    "desk_vote_edit": (FRAMERS, None),
    "desk_vote_announce": (POST_ONLY, None),
    "desk_vote_discard": (POST_ONLY, None),
    "desk_vote_codes": (POST_ONLY, None),
    "desk_vote_answers": (POST_ONLY, None),
    "desk_vote_items": (FRAMERS, None),
    "desk_vote_item": (FRAMERS, None),
    "desk_vote_item_remove": (POST_ONLY, None),
    "desk_vote_item_withdraw": (FRAMERS, None),
    "desk_vote_papers": (FRAMERS, None),
    "desk_vote_paper_confirm": (POST_ONLY, None),
    "desk_vote_paper_out": (POST_ONLY, None),
}
LOOKED_AT = {"desk_votes", "desk_vote"}
EVERYDAY = {name for name in CITY if name.startswith("desk_")} - LOOKED_AT


_CHANGES = ("desk_vote_edit", "desk_vote_items", "desk_vote_item")
_RESULTS = ("vote_result", "vote_ballots", "vote_steps", "vote_receipts")


def an_open_vote(number: int = 1) -> Vote:
    """Without touching the dates of its consultation."""
    now = timezone.now()
    vote = Vote.objects.create(
        consultation=Consultation.objects.get(is_current=True),
        number=number,
        title="Par quels gestes commencer ?",
        method="BUDGET",
        budget=1000,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=9),
        announced_at=now,
    )
    make_key(vote.key_name)
    Item.objects.bulk_create(Item(vote=vote, number=each, title=f"Un projet {each}", cost=each) for each in (1, 2))
    return vote


def things(made: dict[str, Any]) -> dict[str, Any]:
    vote = an_open_vote()
    paper = PaperBallot.objects.create(vote=vote, receipt="7Q4M2XKD93", choices=[1], entered_at=timezone.now())
    _counted()
    _prepared()
    _let_vote()
    return {"vote": vote, "paper_ballot": paper}


def _counted() -> None:
    over = an_open_vote(2)
    over.closes_at = timezone.now()
    over.save()
    close(vote_id=over.pk, at=timezone.now())
    Tally.objects.update(is_published=True)


def _prepared() -> None:
    """What is set can be changed."""
    draft = an_open_vote(3)
    draft.announced_at, draft.opens_at = None, timezone.now() + timedelta(days=1)
    draft.save()


def _let_vote() -> None:
    phases = Phase.objects.filter(consultation__is_current=True, kind=PhaseKind.PRIORITISE)
    phases.update(opens_at=timezone.now() - timedelta(days=1))


def on_pages(user: User) -> None:
    """The home leads to an open one, and the results to all. Who leaves reads that their ballot stays."""
    if not Vote.objects.exists():
        an_open_vote()
    Voter.objects.get_or_create(vote=Vote.objects.order_by("pk")[0], user=user, has_voted=True)
    _let_vote()


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if "vote" not in address.name:
        return {}
    return {
        "slug": things["vote"].consultation.slug,
        "number": 2 if address.name in _RESULTS else 3 if address.name in _CHANGES else 1,
        "kind": "pb",
        "item": 1,
        "paper": things["paper_ballot"].pk,
    }
