"""Preparing a vote and announcing it. Everything is set before it opens; from then on it stands."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from accounts.audit import record
from accounts.models import User
from accounts.neighbourhoods import choose_neighbourhood
from common.meanwhile import ChangedMeanwhile
from common.outbox import enqueue_each_at, messages_of
from common.text import typeset
from consultations.framing.models import Consultation
from consultations.framing.services.consultations import locked, refuse_archived
from consultations.framing.services.dates import on_the_minute
from consultations.voting.enums import WITH_BUDGET, Electorate, Method
from consultations.voting.models import Vote
from consultations.voting.rules import INTRODUCTION, LEAST_ITEMS, TITLE
from consultations.voting.services.mistakes import mistakes, wrong_dates
from consultations.voting.services.refusals import (
    CodesMissing,
    CostsMissing,
    LeastTooMany,
    NothingLeftOut,
    RuleStands,
    TooFewItems,
)
from consultations.voting.services.timing import LAST_DAY, SOON, close_vote, tell_open, tell_papers, tell_soon
from tenants.keys.services import destroy_key, make_key

# The close waits a minute: whoever pressed in time is answered by then.
_GRACE = timedelta(minutes=1)


def create_vote(*, consultation: Consultation, by: User, at: datetime, **said: Any) -> Vote:
    """Prepare one: the team alone sees it. `said`: see `_checked`, which says what is refused. The very same one again,
    as long as nothing is put to it: it is returned.

    Raises ConsultationArchived.
    """
    with transaction.atomic():
        consultation = locked(consultation)
        given = _checked(consultation, at=at, **said)
        same = consultation.votes.filter(**given, announced_at=None, items=None).first()
        if same is not None:
            return same
        number = (consultation.votes.aggregate(last=Max("number"))["last"] or 0) + 1
        vote = Vote.objects.create(consultation=consultation, number=number, created_at=at, **given)
        make_key(vote.key_name)
        record("vote_created", actor=by, subject=vote, title=vote.title)
    return vote


def change_vote(*, vote: Vote, revision: int, by: User, at: datetime, **said: Any) -> Vote:
    """Raises RuleStands, ChangedMeanwhile, ConsultationArchived, and what `_checked` refuses."""
    with transaction.atomic():
        vote = changeable(vote, at=at)
        if vote.revision != revision:
            raise ChangedMeanwhile(vote)
        for name, value in _checked(vote.consultation, at=at, before=vote.neighbourhood, **said).items():
            setattr(vote, name, value)
        vote.revision += 1
        if vote.announced_at is not None:
            check_ready(vote, at=at)
            _plan(vote)
        vote.save()
        record("vote_changed", actor=by, subject=vote)
    return vote


def announce_vote(*, vote: Vote, by: User, at: datetime) -> Vote:
    """Everybody sees it from now on. Announced already: nothing happens.

    Raises RuleStands, TooFewItems, LeastTooMany, NothingLeftOut, CostsMissing, CodesMissing, OutsidePhase, OpensInPast,
    ConsultationArchived.
    """
    with transaction.atomic():
        vote = changeable(vote, at=at)
        if vote.announced_at is not None:
            return vote
        check_ready(vote, at=at)
        vote.announced_at = at
        vote.save(update_fields=["announced_at"])
        _plan(vote)
        record("vote_announced", actor=by, subject=vote)
    return vote


def put_back(*, vote: Vote) -> None:
    """Its consultation ends, or its phase is elsewhere: the team alone sees it again, as long as nobody has voted. What
    people had begun to choose goes. The caller holds its row.
    """
    _forget_plan(vote)
    vote.ballots.all().delete()
    vote.announced_at = None
    vote.save(update_fields=["announced_at"])
    record("vote_put_back", actor=None, subject=vote)


def _forget_plan(vote: Vote) -> None:
    for task in (close_vote, tell_open, tell_soon, tell_papers):
        messages_of(task).filter(payload__vote_id=vote.pk).delete()


def discard_vote(*, vote: Vote, by: User, at: datetime) -> None:
    """One that has not opened: nobody has voted. Raises RuleStands, ConsultationArchived."""
    with transaction.atomic():
        vote = changeable(vote, at=at)
        _forget_plan(vote)
        destroy_key(vote.key_name)
        record("vote_discarded", actor=by, subject=vote, title=vote.title)
        vote.delete()


def changeable(vote: Vote, *, at: datetime) -> Vote:
    """The very row, locked, with its consultation. Raises RuleStands, ConsultationArchived."""
    found = Vote.objects.select_related("consultation").select_for_update(of=("self",), no_key=True).get(pk=vote.pk)
    refuse_archived(found.consultation)
    if found.is_set(at):
        raise RuleStands
    return found


def check_ready(vote: Vote, *, at: datetime) -> None:
    """What must be said before everybody sees it. Raises as `announce_vote` says."""
    if wrong := next(wrong_dates(vote.consultation, vote.opens_at, vote.closes_at, at=at), None):
        raise wrong
    items = vote.items.count()
    if items < LEAST_ITEMS:
        raise TooFewItems
    if items < vote.least:
        raise LeastTooMany
    if vote.seats is not None and items <= vote.seats:
        raise NothingLeftOut
    if vote.has_budget and (missing := vote.items.filter(Q(cost=None) | Q(cost=0)).count()):
        raise CostsMissing(missing)
    if vote.electorate == Electorate.CODES and not vote.codes.exists():
        raise CodesMissing


def _checked(
    consultation: Consultation,
    *,
    at: datetime,
    before: str = "",
    title: str,
    introduction: str,
    method: str,
    budget: int | None,
    least: int,
    most: int | None,
    seats: int | None,
    electorate: str,
    neighbourhood: str = "",
    opens_at: datetime,
    closes_at: datetime,
) -> dict[str, Any]:
    """`before`: the neighbourhood that stands there already. Raises TextTooShort, TextTooLong, NeighbourhoodRefused,
    the first of `mistakes`; ValueError for a method or an electorate that does not exist.
    """
    method, electorate = Method(method), Electorate(electorate)
    choose_neighbourhood(neighbourhood, before=before)
    said: dict[str, Any] = {"method": method, "budget": budget, "least": least, "most": most, "seats": seats}
    if wrong := next(mistakes(consultation, at=at, opens_at=opens_at, closes_at=closes_at, **said), None):
        raise wrong
    return {
        "title": TITLE.cleaned(typeset(title)),
        "introduction": INTRODUCTION.cleaned(typeset(introduction), optional=True),
        "method": method,
        "budget": budget if method in WITH_BUDGET else None,
        "least": max(1, least),
        "most": most,
        "seats": seats if method == Method.CHOICES else None,
        "electorate": electorate,
        "neighbourhood": neighbourhood,
        "opens_at": on_the_minute(opens_at),
        "closes_at": on_the_minute(closes_at),
    }


def _plan(vote: Vote) -> None:
    """What happens by itself, at its moments as they are now."""
    moments = [(tell_open, vote.opens_at), (close_vote, vote.closes_at + _GRACE)]
    before = [(tell_soon, vote.closes_at - SOON), (tell_papers, vote.closes_at - LAST_DAY)]
    moments += [each for each in before if each[1] > vote.opens_at]
    _forget_plan(vote)
    for task, moment in moments:
        enqueue_each_at(task, [(moment, {"vote_id": vote.pk})])
