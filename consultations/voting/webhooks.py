"""What other sites are told of votes (webhooks.registry)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.voting import events
from consultations.voting.models import Vote
from webhooks.registry import Fact, kind, tells

OPENED = kind("vote.opened", _("A vote opens"), order=140)
COUNTED = kind("vote.counted", _("The result of a vote is published"), order=150)


def _about(vote_id: int) -> Fact:
    vote = Vote.objects.exclude(announced_at=None).select_related("consultation").get(pk=vote_id)
    data = {"vote_id": vote.pk, "number": vote.number, "consultation": vote.consultation.slug}
    return Fact(vote.get_absolute_url(), data)


@tells(OPENED, events.vote_opened)
def _opened(vote_id: int, **kwargs: Any) -> Fact:
    return _about(vote_id)


@tells(COUNTED, events.vote_counted)
def _counted(vote_id: int, **kwargs: Any) -> Fact:
    return _about(vote_id)
