"""The votes of the demonstration: that of its finished consultation, from vote.toml, of four hundred ballots, drawn and
nobody's; and one that is open."""

import random
import tomllib
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from common.outbox import enqueue_each_at, messages_of, send_event
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.participation.models import Proposal
from consultations.voting.enums import Method
from consultations.voting.events import vote_counted
from consultations.voting.models import Ballot, Item, PaperBallot, Vote, Voter
from consultations.voting.sealing import Choice, new_receipt, seal
from consultations.voting.selectors.own import ballot_name
from consultations.voting.services.closing import close
from consultations.voting.services.timing import close_vote
from tenants.keys.services import key_of, make_key

# One ballot in so many came on paper.
_ON_PAPER, _EVENING, _WAITING = 4, 20, 2


def hold_a_vote(past: Consultation) -> None:
    """Announced, voted in and counted in the weeks of its phase. Nobody is written to: it was told then."""
    content = tomllib.loads((Path(__file__).parent / "vote.toml").read_text())
    vote = _vote(past, content, Method.SHARES)
    at = vote.closes_at - timedelta(days=3)
    paper, online = _paper_and_online(list(_drawn(content["groups"])))
    Ballot.objects.bulk_create(_sealed(vote, [(uuid.uuid4(), each) for each in online], at))
    PaperBallot.objects.bulk_create(
        PaperBallot(vote=vote, receipt=new_receipt(), choices=sorted(each), entered_at=at, confirmed_at=at)
        for each in paper
    )
    # Whoever is still there has a name; the others have left.
    people = [*_participants(), *[None] * len(online)]
    Voter.objects.bulk_create(Voter(vote=vote, user=person, has_voted=True) for person in people[: len(online)])
    close(vote_id=vote.pk, at=vote.closes_at + timedelta(minutes=1))
    messages_of(send_event).filter(payload__event=vote_counted.name).delete()


def open_a_vote(running: Consultation, content: dict[str, Any]) -> None:
    """Open for a week, and for some more: a visitor may try the ballot. Every other one of its people has voted, and
    finds their ballot; two ballots from paper wait for their second person. It closes and is counted by itself.
    """
    vote = _vote(running, content, Method.BUDGET)
    costs = dict(vote.items.values_list("number", "cost"))
    at = vote.opens_at + timedelta(days=3)
    choices = [_within(each, costs, vote.budget or 0) for each in _drawn(content["groups"])]
    paper, online = _paper_and_online(choices)
    key, people = key_of(vote.key_name), [*_participants()[::2], *[None] * len(online)][: len(online)]
    names = [ballot_name(key, person) if person else uuid.uuid4() for person in people]
    Ballot.objects.bulk_create(_sealed(vote, zip(names, online, strict=True), at))
    Voter.objects.bulk_create(Voter(vote=vote, user=person, has_voted=True) for person in people)
    PaperBallot.objects.bulk_create(
        PaperBallot(
            vote=vote,
            receipt=new_receipt(),
            choices=sorted(each),
            entered_at=at,
            confirmed_at=None if place < _WAITING else at,
        )
        for place, each in enumerate(paper)
    )
    enqueue_each_at(close_vote, [(vote.closes_at + timedelta(minutes=1), {"vote_id": vote.pk})])


def _vote(consultation: Consultation, content: dict[str, Any], method: Method) -> Vote:
    """Announced, and begun in the first days of its phase."""
    phase = consultation.phases.get(kind=PhaseKind.PRIORITISE)
    assert phase.opens_at is not None
    assert phase.closes_at is not None
    opens_at = phase.opens_at + timedelta(days=1)
    vote = Vote.objects.create(
        consultation=consultation,
        number=1,
        method=method,
        opens_at=opens_at,
        closes_at=timezone.localtime(phase.closes_at - timedelta(days=2)).replace(hour=_EVENING),
        created_at=opens_at - timedelta(days=20),
        announced_at=opens_at - timedelta(days=10),
        begun=True,
        **content["vote"],
    )
    make_key(vote.key_name)
    proposals = {each.title: each for each in Proposal.objects.filter(challenge__consultation=consultation)}
    Item.objects.bulk_create(
        Item(vote=vote, number=place, **{"title": entry["proposal"], **entry, "proposal": proposals[entry["proposal"]]})
        for place, entry in enumerate(content["items"], start=1)
    )
    return vote


def _participants() -> list[User]:
    return list(User.objects.filter(role=Role.PARTICIPANT, is_active=True).order_by("pk"))


def _paper_and_online(choices: list[frozenset[int]]) -> tuple[list[frozenset[int]], list[frozenset[int]]]:
    return choices[::_ON_PAPER], [each for place, each in enumerate(choices) if place % _ON_PAPER]


def _within(chosen: frozenset[int], costs: dict[int, int | None], budget: int) -> frozenset[int]:
    """What of it fits into the basket, in the order of the list."""
    kept: set[int] = set()
    for number in sorted(chosen):
        if sum(costs[each] or 0 for each in [*kept, number]) <= budget:
            kept.add(number)
    return frozenset(kept)


def _drawn(groups: list[dict[str, Any]]) -> Iterator[frozenset[int]]:
    """The same at every load."""
    chance = random.Random("vote")  # noqa: S311
    for group in groups:
        chances = dict(enumerate(group["chances"], start=1))
        for _person in range(group["people"]):
            chosen = frozenset(number for number, each in chances.items() if chance.randrange(100) < each)
            yield chosen or frozenset([max(chances, key=chances.__getitem__)])


def _sealed(vote: Vote, choices: Iterable[tuple[uuid.UUID, frozenset[int]]], at: datetime) -> Iterator[Ballot]:
    key = key_of(vote.key_name)
    for name, chosen in choices:
        yield Ballot(pk=name, vote=vote, sealed=seal(key, name, Choice(chosen, new_receipt(), at), is_draft=False))
