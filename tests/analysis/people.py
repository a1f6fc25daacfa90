"""People who take part, for figures."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from consultations.participation.models import Proposal, Reaction
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory


def react(proposal: Proposal, people: Iterable[User], *, at: datetime | None = None) -> None:
    """Rows as their services leave them; nothing is counted."""
    when = at or timezone.now()
    Reaction.objects.bulk_create(
        Reaction(proposal=proposal, user=each, value="LIKE", created_at=when, updated_at=when) for each in people
    )


def come(count: int, *, days_ago: int = 0, proposal: Proposal | None = None, **known: Any) -> list[User]:
    """So many who react for the first time."""
    people = [UserFactory(**known) for _number in range(count)]
    at = timezone.now() - timedelta(days=days_ago)
    react(proposal or Proposal.objects.first() or ProposalFactory(author=None), people, at=at)
    return people
