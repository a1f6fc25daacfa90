"""Sending a campaign, now or later: from one press on its list stands, a row for each person, and its words too."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.audit import record
from accounts.erasure import keep_everybody_here
from accounts.models import User
from consultations.animation.enums import CampaignState, RecipientState
from consultations.animation.models import Campaign, Recipient
from consultations.animation.selectors import FEW, at_least, audience_of, is_secret, mark_seen, people_of, totals
from consultations.animation.services import waking
from consultations.animation.services.refusals import (
    AlreadyDecided,
    ListChanged,
    MomentOver,
    MomentTooLate,
    NobodyThere,
    NothingToStop,
    SegmentGone,
    TooFew,
)
from consultations.animation.services.writing import lock_draft

# The list is that of the press: whoever agrees later is not on it.
AT_MOST_AHEAD = timedelta(days=92)
_BATCH = 2000


def decide(
    *, campaign: Campaign, seen: str, revision: int, by: User, at: datetime, planned_at: datetime | None = None
) -> Campaign:
    """Freeze its list and have it leave, now or at `planned_at`. Pressed twice, the second changes nothing.

    `seen`: the mark of the list that the page has shown. Raises AlreadyDecided, ListChanged (also where its words were
    changed meanwhile: `revision`), NobodyThere, TooFew, SegmentGone, MomentOver,
    MomentTooLate.
    """
    if planned_at is not None and planned_at <= at:
        raise MomentOver
    if planned_at is not None and planned_at - at > AT_MOST_AHEAD:
        raise MomentTooLate
    with transaction.atomic():
        keep_everybody_here()
        found = lock_draft(campaign)
        audience = audience_of(found)
        if not audience:
            raise SegmentGone
        people = list(people_of(found).values_list("pk", flat=True))
        if not people:
            raise NobodyThere
        if is_secret(found) and len(people) < FEW:
            raise TooFew
        if mark_seen(found, people) != seen or found.revision != revision:
            raise ListChanged
        found.state, found.audience = CampaignState.PLANNED, audience
        found.decided_at, found.decided_by, found.planned_at = at, by, planned_at or at
        found.save(update_fields=["state", "audience", "decided_at", "decided_by", "planned_at"])
        rows = [Recipient(campaign=found, user_id=pk, due_at=found.planned_at) for pk in people]
        Recipient.objects.bulk_create(rows, batch_size=_BATCH)
        told = at_least(len(people)) if is_secret(found) else len(people)
        record("campaign_decided", actor=by, subject=found, people=told)
        waking.wake(at=at)
    return found


def take_back(*, campaign: Campaign, by: User | None) -> Campaign:
    """One that waits for its hour is a draft again, without a list; `by` nobody where whoever planned it may no longer.

    Raises AlreadyDecided once it leaves.
    """
    with transaction.atomic():
        found = _locked(campaign)
        if found.state == CampaignState.DRAFT:
            return found
        if found.state != CampaignState.PLANNED:
            raise AlreadyDecided
        found.recipients.all().delete()
        found.state, found.audience = CampaignState.DRAFT, ""
        found.decided_at = found.decided_by = found.planned_at = None
        found.save(update_fields=["state", "audience", "decided_at", "decided_by", "planned_at"])
        record("campaign_taken_back", actor=by, subject=found)
    return found


def stop(*, campaign: Campaign, by: User, at: datetime) -> Campaign:
    """Nobody more is written to; the one in flight may arrive. Raises NothingToStop."""
    with transaction.atomic():
        found = _locked(campaign)
        if found.state not in (CampaignState.PLANNED, CampaignState.SENDING):
            raise NothingToStop
        found.recipients.filter(state=RecipientState.WAITING).update(state=RecipientState.STOPPED)
        found.state, found.finished_at, found.problem = CampaignState.STOPPED, at, ""
        found.results = totals(found).kept()
        found.save(update_fields=["state", "finished_at", "problem", "results"])
        record("campaign_stopped", actor=by, subject=found)
    return found


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
