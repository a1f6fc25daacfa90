"""The team asks authors to answer the arguments that wait for them: a notice, in the words of the house."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from common.outbox import announce_later
from consultations.cocreation.events import authors_reminded


def remind_authors(*, proposals: Sequence[int], by: User, at: datetime, words: str = "") -> int:
    """In the transaction of the caller, who asks for it once (portal.services.week). How many proposals it is about."""
    day = timezone.localdate(at).isoformat()
    for proposal in proposals:
        announce_later(authors_reminded, proposal_id=proposal, day=day, actor_id=by.pk)
    return len(proposals)
