"""A vote, set as a city would; opened, and voted in, by its services."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.voting.enums import Electorate, Method
from consultations.voting.models import Item, Vote
from consultations.voting.sealing import Choice
from consultations.voting.services.ballots import choose, confirm
from tenants.keys.services import make_key
from tests.accounts.factories import UserFactory

COSTS = (28_000, 18_500, 32_000, 41_500, 67_000)
TITLES = ("Des bancs à l’ombre", "Un frigo partagé", "La bibliothèque le soir", "Un bus du soin", "Un atelier")


def prioritising(consultation: Consultation | None = None) -> Consultation:
    """The consultation whose phase to vote goes from last week to next month."""
    found = consultation or Consultation.objects.get(is_current=True)
    now = timezone.now()
    for phase in found.phases.all():
        if phase.kind == PhaseKind.PRIORITISE:
            phase.opens_at, phase.closes_at = now - timedelta(days=7), now + timedelta(days=30)
        elif phase.kind in (PhaseKind.ANSWER, PhaseKind.FOLLOW):
            phase.opens_at, phase.closes_at = now + timedelta(days=30), now + timedelta(days=60)
        else:
            phase.opens_at, phase.closes_at = now - timedelta(days=60), now - timedelta(days=7)
        phase.save(update_fields=["opens_at", "closes_at"])
    if found.opened_at is None:
        found.opened_at = now - timedelta(days=60)
        found.save(update_fields=["opened_at"])
    return every_consultation().get(pk=found.pk)


def said(**more: Any) -> dict[str, Any]:
    """What is typed to prepare one."""
    now = timezone.now()
    return {
        "title": "Par quels gestes commencer ?",
        "introduction": "",
        "method": Method.BUDGET,
        "budget": 150_000,
        "least": 1,
        "most": None,
        "seats": None,
        "electorate": Electorate.ACCOUNTS,
        "opens_at": now + timedelta(days=1),
        "closes_at": now + timedelta(days=15),
        **more,
    }


def a_vote(*, costs: Iterable[int | None] = COSTS, is_open: bool = True, **more: Any) -> Vote:
    """Announced and open, with what it takes to vote."""
    consultation, now = prioritising(), timezone.now()
    given = said(opens_at=now - timedelta(days=1 if is_open else -1), announced_at=now, **more)
    if given["method"] == Method.CHOICES:
        given |= {"budget": None, "most": given["most"] or 3, "seats": more.get("seats", 2)}
    number = consultation.votes.count() + 1
    vote = Vote.objects.create(consultation=consultation, number=number, **given)
    vote.consultation = consultation
    make_key(vote.key_name)
    Item.objects.bulk_create(
        Item(vote=vote, number=place, title=TITLES[(place - 1) % 5], cost=cost)
        for place, cost in enumerate(costs, start=1)
    )
    return vote


def cast(vote: Vote, *numbers: int, user: User | None = None) -> Choice:
    voter: Any = user or UserFactory()
    now = timezone.now()
    for number in numbers:
        choose(vote=vote, user=voter, number=number, wanted=True, at=now)
    return confirm(vote=vote, user=voter, seen=numbers, at=now)
