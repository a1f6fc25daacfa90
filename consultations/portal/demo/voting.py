"""The vote of the demonstration's finished consultation, from vote.toml: four hundred ballots, drawn and nobody's."""

import random
import tomllib
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from common.outbox import messages_of, send_event
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.participation.models import Proposal
from consultations.voting.enums import Method
from consultations.voting.events import vote_counted
from consultations.voting.models import Ballot, Item, PaperBallot, Vote, Voter
from consultations.voting.sealing import Choice, new_receipt, seal
from consultations.voting.services.closing import close
from tenants.keys.services import key_of, make_key

# One ballot in so many came on paper.
_ON_PAPER, _EVENING = 4, 20


def hold_a_vote(past: Consultation) -> None:
    """Announced, voted in and counted in the weeks of its phase. Nobody is written to: it was told then."""
    content = tomllib.loads((Path(__file__).parent / "vote.toml").read_text())
    phase = past.phases.get(kind=PhaseKind.PRIORITISE)
    assert phase.opens_at is not None
    assert phase.closes_at is not None
    opens_at = phase.opens_at + timedelta(days=1)
    closes_at = timezone.localtime(phase.closes_at - timedelta(days=2)).replace(hour=_EVENING)
    vote = Vote.objects.create(
        consultation=past,
        number=1,
        method=Method.SHARES,
        opens_at=opens_at,
        closes_at=closes_at,
        created_at=opens_at - timedelta(days=20),
        announced_at=opens_at - timedelta(days=10),
        begun=True,
        **content["vote"],
    )
    proposals = {each.title: each for each in Proposal.objects.filter(challenge__consultation=past)}
    Item.objects.bulk_create(
        Item(vote=vote, number=place, **{"title": entry["proposal"], **entry, "proposal": proposals[entry["proposal"]]})
        for place, entry in enumerate(content["items"], start=1)
    )
    _fill_the_box(vote, list(_drawn(content["groups"])))
    close(vote_id=vote.pk, at=closes_at + timedelta(minutes=1))
    messages_of(send_event).filter(payload__event=vote_counted.name).delete()


def _drawn(groups: list[dict[str, Any]]) -> Iterator[frozenset[int]]:
    """The same at every load."""
    chance = random.Random("vote")  # noqa: S311
    for group in groups:
        chances = dict(enumerate(group["chances"], start=1))
        for _person in range(group["people"]):
            chosen = frozenset(number for number, each in chances.items() if chance.randrange(100) < each)
            yield chosen or frozenset([max(chances, key=chances.__getitem__)])


def _fill_the_box(vote: Vote, choices: list[frozenset[int]]) -> None:
    """Of those who voted on the site, whoever is still there has a name; the others have left."""
    at = vote.closes_at - timedelta(days=3)
    make_key(vote.key_name)
    paper, online = choices[::_ON_PAPER], [each for place, each in enumerate(choices) if place % _ON_PAPER]
    Ballot.objects.bulk_create(_sealed(vote, online, at))
    PaperBallot.objects.bulk_create(
        PaperBallot(vote=vote, receipt=new_receipt(), choices=sorted(each), entered_at=at, confirmed_at=at)
        for each in paper
    )
    people: list[int | None] = list(
        User.objects.filter(role=Role.PARTICIPANT, is_active=True).order_by("pk").values_list("pk", flat=True)
    )
    people += [None] * len(online)
    Voter.objects.bulk_create(Voter(vote=vote, user_id=person, has_voted=True) for person in people[: len(online)])


def _sealed(vote: Vote, choices: list[frozenset[int]], at: datetime) -> Iterator[Ballot]:
    key = key_of(vote.key_name)
    for chosen in choices:
        name = uuid.uuid4()
        yield Ballot(pk=name, vote=vote, sealed=seal(key, name, Choice(chosen, new_receipt(), at), is_draft=False))
