"""What stands where something was hidden: which decision hid it, and what its author still reads there."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q

from accounts.models import User
from consultations.moderation.enums import Act, AppealState, Kind
from consultations.moderation.models import Decision
from consultations.moderation.permissions import moderates
from consultations.moderation.selectors.register import registered
from consultations.moderation.selectors.standing import hidden_along
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reply
from consultations.participation.permissions import works_on

Decisions = dict[tuple[str, int, str], Decision]


def restrictions_on(proposal: int) -> Decisions:
    """The last decision to hide, and to take a passage out, of a proposal and of each thing under it: one query.

    Whether it still holds is known by the thing: hidden, or with a passage that is missing.
    """
    arguments = Argument.objects.filter(proposal=proposal).values("pk")
    replies = Reply.objects.filter(argument__proposal=proposal).values("pk")
    there = (
        Q(case__kind__in=[Kind.PROPOSAL, Kind.PICTURE], case__subject_id=proposal)
        | Q(case__kind__in=[Kind.ARGUMENT, Kind.ANSWER], case__subject_id__in=arguments)
        | Q(case__kind=Kind.REPLY, case__subject_id__in=replies)
    )
    found = registered().filter(there, act__in=[Act.HIDE, Act.REDACT]).select_related("case", "appeal").order_by("pk")
    return {(each.case.kind, each.case.subject_id, each.act): each for each in found}


def restrictions_among(kind: Kind, pks: Iterable[int]) -> Decisions:
    """The same of some things of one kind: one query."""
    found = registered().filter(case__kind=kind, case__subject_id__in=list(pks), act__in=[Act.HIDE, Act.REDACT])
    return {
        (kind, each.case.subject_id, each.act): each for each in found.select_related("case", "appeal").order_by("pk")
    }


def in_place(kind: Kind, pk: int, decision: Decision | None) -> dict[str, Any]:
    """What stands there says of the decision."""
    appeal = getattr(decision, "appeal", None)
    return {
        "decision": decision,
        "is_contested": appeal is not None and appeal.state == AppealState.WAITING,
        "hole": kind.lower(),
        "of": pk,
    }


@dataclass(frozen=True)
class StillRead:
    """A hidden text, for one of the few who still read it. `decision`: for whoever wrote it, once they were told.

    `along`: what this person wrote under it, and is hidden with it.
    """

    texts: list[str]
    is_own: bool
    decision: int | None
    picture_of: int | None = None
    along: list[str] = field(default_factory=list)


def still_read(*, proposal: int, user: User, proved: bool) -> dict[tuple[str, int], StillRead]:
    """Of what is hidden on the page of a proposal: what this person wrote; all of it for whoever moderates there and
    `proved` it with the second factor.

    Six queries and, where something of theirs is hidden, one more; two more on a hidden proposal.
    """
    there = Proposal.objects.select_related("challenge__consultation").defer("search").filter(pk=proposal).first()
    if there is None:
        return {}
    judges = proved and moderates(user=user, consultation=there.challenge.consultation)
    whose = Q() if judges else Q(author=user)
    found: dict[tuple[str, int], tuple[list[str], bool]] = {}
    answered = Q() if judges else Q(verdict_by=user)
    unseen = whose & Q(status=Status.HIDDEN) | answered & Q(verdict_hidden=True)
    for argument in Argument.objects.filter(unseen, proposal=proposal):
        if argument.is_hidden and (judges or argument.author_id == user.pk):
            found[Kind.ARGUMENT, argument.pk] = [argument.text], argument.author_id == user.pk
        if argument.verdict_hidden and (judges or argument.verdict_by_id == user.pk):
            found[Kind.ANSWER, argument.pk] = [argument.verdict_reason], argument.verdict_by_id == user.pk
    for reply in Reply.objects.filter(whose, argument__proposal=proposal, status=Status.HIDDEN):
        found[Kind.REPLY, reply.pk] = [reply.text], reply.author_id == user.pk
    unseen_picture = bool(there.picture_id) and (there.picture_hidden or there.is_held)
    if there.is_hidden or unseen_picture:
        own = works_on(user=user, proposal=there)
        if (own or judges) and there.is_hidden:
            found[Kind.PROPOSAL, there.pk] = [text for text in there.texts.values() if text], own
        if (own or judges) and unseen_picture:
            found[Kind.PICTURE, there.pk] = [there.picture_alt], own
    along: dict[tuple[str, int], list[str]] = defaultdict(list)
    for each in hidden_along(user, proposal=proposal):
        along[(Kind.PROPOSAL, proposal) if there.is_hidden else (Kind.ARGUMENT, each.argument)].append(each.text)
    told = _told(proposal) if found else {}
    still = {
        (kind, pk): StillRead(
            texts, own, told.get((kind, pk)) if own else None, proposal if kind == Kind.PICTURE else None
        )
        for (kind, pk), (texts, own) in found.items()
    }
    nothing = StillRead([], is_own=False, decision=None)
    return still | {place: replace(still.get(place, nothing), along=texts) for place, texts in along.items()}


def _told(proposal: int) -> dict[tuple[str, int], int]:
    """The numbers of decisions that their authors have been told of."""
    return {
        (kind, pk): each.pk
        for (kind, pk, act), each in restrictions_on(proposal).items()
        if act == Act.HIDE and each.case.notified >= each.pk
    }
