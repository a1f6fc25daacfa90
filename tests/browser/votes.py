"""Votes in all their states, of the demonstration's consultation in which people choose: made for the pages looked at."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.participation.models import Proposal
from consultations.voting.enums import Electorate, Method
from consultations.voting.models import Item, Vote
from consultations.voting.services.closing import close
from consultations.voting.services.items import withdraw_item
from tenants.keys.services import make_key
from tests.accounts.factories import UserFactory
from tests.voting.factories import cast

_DAY = timedelta(days=1)
_COSTS = (6_500, 32_000, 4_800, 5_200, 14_500, 7_500)


def a_vote(*, starts: timedelta = -_DAY, **more: Any) -> Vote:
    consultation, now = Consultation.objects.get(slug="les-petits-travaux-des-quartiers"), timezone.now()
    last = consultation.votes.order_by("-number").first()
    given = {"method": Method.BUDGET, "budget": 45_000, "announced_at": now, "closes_at": now + 9 * _DAY, **more}
    if given["method"] == Method.CHOICES:
        given |= {"budget": None, "most": 3, "seats": 2}
    vote = Vote.objects.create(
        consultation=consultation,
        number=last.number + 1 if last else 1,
        title="Par quels petits travaux commencer cet hiver ?",
        introduction="Ce que vous choisissez est fait dans l’année.",
        opens_at=now + starts,
        **given,
    )
    make_key(vote.key_name)
    found = Proposal.objects.filter(challenge__consultation=consultation).order_by("pk")
    Item.objects.bulk_create(
        Item(
            vote=vote,
            number=number,
            proposal=each,
            title=each.title,
            text="Chiffré par les services.",
            cost=cost if vote.has_budget else None,
            neighbourhood="Le Bourg" if number % 2 else "",
        )
        for number, (each, cost) in enumerate(zip(found, _COSTS, strict=False), start=1)
    )
    return vote


def counted(method: Method, *, people: int = 31) -> Vote:
    vote = a_vote(method=method)
    for number in range(people):
        cast(vote, 1, 1 + (number % 4 or 2) + (number % 3 == 0), user=UserFactory())
    Vote.objects.filter(pk=vote.pk).update(closes_at=timezone.now() - timedelta(minutes=2))
    close(vote_id=vote.pk, at=timezone.now())
    return vote


def withdrawn(user: Any) -> Vote:
    """One that the person had chosen."""
    vote = a_vote()
    cast(vote, 1, 3, user=user)
    withdraw_item(
        item=vote.items.get(number=1), why="Le trottoir est refait cette année.", by=UserFactory(), at=timezone.now()
    )
    return vote


def prepared(user: Any) -> Vote:
    """Two more proposals may be put to it."""
    vote = a_vote(starts=_DAY, announced_at=None)
    vote.items.filter(number__gt=4).delete()
    return vote


_STATES: dict[str, Callable[[Any], Vote]] = {
    "draft": prepared,
    "announced": lambda user: a_vote(starts=_DAY),
    "voices": lambda user: a_vote(method=Method.CHOICES),
    "shares": lambda user: a_vote(method=Method.SHARES),
    "by codes": lambda user: a_vote(electorate=Electorate.CODES),
    "announced by codes": lambda user: a_vote(starts=_DAY, electorate=Electorate.CODES),
    "by residents": lambda user: a_vote(electorate=Electorate.RESIDENTS),
    "withdrawn": withdrawn,
    "closed": lambda user: a_vote(starts=-9 * _DAY, closes_at=timezone.now() - timedelta(seconds=20)),
    "counted by voices": lambda user: counted(Method.CHOICES),
    "counted by budget": lambda user: counted(Method.BUDGET),
    "counted by nobody": lambda user: counted(Method.SHARES, people=0),
}


def vote_place(path: str, user: Any) -> str:
    """`{vote withdrawn}recu/`: the page of a vote in that state, made for it; `/gestion{…}` its page at the desk."""
    before, _brace, rest = path.partition("{vote ")
    state, _brace, after = rest.partition("}")
    return f"{before}{_STATES[state](user).get_absolute_url()}{after}"
