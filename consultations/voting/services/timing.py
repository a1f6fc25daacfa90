"""What a vote does by itself, at its moments: messages of the outbox, planned when it is announced."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.outbox import announce_later, outbox_task
from consultations.voting.events import papers_wait, vote_closes_soon, vote_opened
from consultations.voting.models import Vote
from consultations.voting.services.closing import close

# Before the end, whoever has not voted is told.
SOON = timedelta(days=2)
# Before the end, the team is told of papers that wait for their second person.
LAST_DAY = timedelta(days=1)


@outbox_task
def tell_open(vote_id: int, **kwargs: Any) -> None:
    with transaction.atomic():
        if _is_open(vote_id):
            announce_later(vote_opened, vote_id=vote_id)


@outbox_task
def tell_soon(vote_id: int, **kwargs: Any) -> None:
    with transaction.atomic():
        if _is_open(vote_id):
            announce_later(vote_closes_soon, vote_id=vote_id)


@outbox_task
def tell_papers(vote_id: int, **kwargs: Any) -> None:
    with transaction.atomic():
        if _is_open(vote_id):
            announce_later(papers_wait, vote_id=vote_id)


def _is_open(vote_id: int) -> bool:
    now = timezone.now()
    return Vote.objects.filter(
        pk=vote_id, announced_at__isnull=False, opens_at__lte=now, closes_at__gt=now, counted_at=None
    ).exists()


@outbox_task
def close_vote(vote_id: int, **kwargs: Any) -> None:
    """Killed anywhere and begun again, it counts once: the key goes in the transaction that keeps the result."""
    close(vote_id=vote_id, at=timezone.now())
