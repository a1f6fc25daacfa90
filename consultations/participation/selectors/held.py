"""What waits to be read before it is published, for the one person who wrote it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reply, worked_on_by

MAX = 20


@dataclass(frozen=True)
class Waiting:
    proposals: Sequence[Proposal] = ()
    arguments: Sequence[Argument] = ()
    replies: Sequence[Reply] = ()

    def __bool__(self) -> bool:
        return bool(self.proposals or self.arguments or self.replies)


@dataclass(frozen=True)
class WaitingHere:
    """On the page of one proposal."""

    arguments: Sequence[Argument] = ()
    replies: dict[int, list[Reply]] = field(default_factory=dict)


def waiting_of(user: User) -> Waiting:
    """All that waits of a person, the longest first. Three queries."""
    return Waiting(
        list(_proposals(user).order_by("submitted_at", "pk")[:MAX]),
        list(_arguments(user).order_by("submitted_at", "pk")[:MAX]),
        list(_replies(user).order_by("submitted_at", "pk")[:MAX]),
    )


def waiting_on(*, proposal: int, user: User) -> WaitingHere:
    """Two queries."""
    replies: dict[int, list[Reply]] = {}
    for reply in _replies(user).filter(argument__proposal=proposal).order_by("submitted_at", "pk"):
        replies.setdefault(reply.argument_id, []).append(reply)
    return WaitingHere(list(_arguments(user).filter(proposal=proposal).order_by("submitted_at", "pk")), replies)


def own_waiting(*, kind: str, pk: int, user: User) -> Proposal | Argument | Reply | None:
    """What somebody wrote that waits; None for anybody else's."""
    return _READ[kind](user).filter(pk=pk).first() if kind in _READ else None


def _proposals(user: User) -> QuerySet[Proposal]:
    found = Proposal.objects.filter(worked_on_by(user), status=Status.HELD)
    return found.select_related("author", "challenge__consultation", "picture").defer("search", "picture__content")


def _arguments(user: User) -> QuerySet[Argument]:
    """On what can be read: of what is hidden nobody reads the title."""
    found = Argument.objects.filter(author=user, status=Status.HELD).exclude(proposal__status=Status.HIDDEN)
    return found.select_related("author", "proposal__challenge").defer("proposal__search")


def _replies(user: User) -> QuerySet[Reply]:
    found = Reply.objects.filter(author=user, status=Status.HELD).exclude(argument__proposal__status=Status.HIDDEN)
    return found.select_related("author", "argument__proposal__challenge").defer("argument__proposal__search")


_READ: dict[str, Callable[[User], QuerySet[Any]]] = {
    "proposition": _proposals,
    "argument": _arguments,
    "reponse": _replies,
}
