"""What is put to a vote: proposals and projects, with what each costs; and withdrawing one, once the list stands."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from common.outbox import announce_later
from common.text import shortened, typeset
from consultations.outcomes.euros import check_amount
from consultations.outcomes.models import Project
from consultations.participation.models import Proposal
from consultations.voting.events import item_withdrawn
from consultations.voting.models import Item, Vote
from consultations.voting.rules import ITEM_TEXT, ITEM_TITLE, LEAST_ITEMS, MOST_ITEMS, WHY
from consultations.voting.selectors.desk import projects_for, proposals_for
from consultations.voting.services.refusals import CostMissing, NotForVote, NotWithdrawable, TooFewLeft, TooManyItems
from consultations.voting.services.setting import changeable, check_ready

_TEXT = 300  # letters of what a proposal or a project says of itself, to begin with


def add_items(*, vote: Vote, proposals: Sequence[int], projects: Sequence[int], by: User, at: datetime) -> list[Item]:
    """Put them to the vote, in the order of their titles; what is there already stays as it is.

    Raises RuleStands, NotForVote, TooManyItems, ConsultationArchived.
    """
    with transaction.atomic():
        vote = changeable(vote, at=at)
        chosen: list[Proposal | Project] = [
            *proposals_for(vote.consultation).filter(pk__in=proposals),
            *projects_for(vote.consultation).filter(pk__in=projects),
        ]
        if len(chosen) < len(set(proposals)) + len(set(projects)) or not chosen:
            raise NotForVote
        there = set(vote.items.values_list("proposal_id", "project_id"))
        last = vote.items.aggregate(last=Max("number"))["last"] or 0
        new = [each for each in chosen if _place(each) not in there]
        if last + len(new) > MOST_ITEMS:
            raise TooManyItems
        items = [_item(vote, last + place, each) for place, each in enumerate(sorted(new, key=_title), start=1)]
        Item.objects.bulk_create(items)
        if items:
            _unready_is_not_announced(vote, at)
            record("vote_items_added", actor=by, subject=vote, count=len(items))
    return items


def _title(each: Proposal | Project) -> tuple[str, int]:
    return each.title, each.pk


def _place(each: Proposal | Project) -> tuple[int | None, int | None]:
    return (None, each.pk) if isinstance(each, Project) else (each.pk, None)


def _item(vote: Vote, number: int, each: Proposal | Project) -> Item:
    is_project = isinstance(each, Project)
    return Item(
        vote=vote,
        number=number,
        title=shortened(each.title, ITEM_TITLE.maximum),
        text=shortened(each.summary if isinstance(each, Project) else each.solution, _TEXT),
        cost=(each.budget_planned or None) if isinstance(each, Project) else None,
        neighbourhood=each.neighbourhood,
        project_id=each.pk if is_project else None,
        proposal_id=None if is_project else each.pk,
    )


def change_item(
    *, item: Item, revision: str, title: str, text: str, cost: int | None, neighbourhood: str, by: User, at: datetime
) -> Item:
    """`revision`: the mark of what was read. Raises ChangedMeanwhile, RuleStands, TextTooShort, TextTooLong,
    AmountRefused, CostMissing, ConsultationArchived.
    """
    given = {
        "title": ITEM_TITLE.cleaned(typeset(title)),
        "text": ITEM_TEXT.cleaned(typeset(text), optional=True),
        "cost": cost,
        "neighbourhood": neighbourhood,
    }
    check_amount(cost)
    with transaction.atomic():
        vote = changeable(item.vote, at=at)
        if vote.has_budget and not cost:
            raise CostMissing
        item = Item.objects.select_for_update(no_key=True).get(pk=item.pk)
        if item.mark != revision:
            raise ChangedMeanwhile(item)
        for name, value in given.items():
            setattr(item, name, value)
        item.save(update_fields=list(given))
        record("vote_item_changed", actor=by, subject=vote, item=item.number)
    return item


def remove_item(*, item: Item, by: User, at: datetime) -> None:
    """Before it opens. Raises RuleStands, ConsultationArchived; of an announced vote, TooFewItems."""
    with transaction.atomic():
        vote = changeable(item.vote, at=at)
        number = item.number
        Item.objects.filter(pk=item.pk).delete()
        _unready_is_not_announced(vote, at)
        record("vote_item_removed", actor=by, subject=vote, item=number)


def _unready_is_not_announced(vote: Vote, at: datetime) -> None:
    """What everybody sees already stays complete."""
    if vote.announced_at is not None:
        check_ready(vote, at=at)


def withdraw_item(*, item: Item, why: str, by: User, at: datetime) -> Item:
    """Nobody can choose it any more, and ballots count without it. Everybody who has voted already is told, with the
    reason: whoever had chosen it reads that on their ballot, and no row says who that is. Again changes nothing.

    Raises NotWithdrawable, TooFewLeft, TextTooShort, TextTooLong.
    """
    why = WHY.cleaned(typeset(why))
    with transaction.atomic():
        vote = Vote.objects.select_for_update(of=("self",), no_key=True).get(pk=item.vote_id)
        item = Item.objects.select_for_update(no_key=True).get(pk=item.pk)
        if item.withdrawn_at is not None:
            return item
        if vote.announced_at is None or vote.is_over(at):
            raise NotWithdrawable
        # As `check_ready` wants it of a vote that is announced.
        left = vote.items.filter(withdrawn_at=None).count() - 1
        if left < max(LEAST_ITEMS, vote.least) or (vote.seats is not None and left <= vote.seats):
            raise TooFewLeft
        item.withdrawn_at, item.withdrawn_why = at, why
        item.save(update_fields=["withdrawn_at", "withdrawn_why"])
        record("vote_item_withdrawn", actor=by, subject=vote, item=item.number)
        announce_later(item_withdrawn, item_id=item.pk, actor_id=by.pk)
    return item
