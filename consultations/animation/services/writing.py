"""Writing a campaign: by several people of the team, none of whom overwrites another in silence."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from common.sent_before import SentBefore, make_once
from common.text import Words
from consultations.animation.enums import CampaignState
from consultations.animation.models import SUBJECT_MAX, Campaign
from consultations.animation.places import broken_places
from consultations.animation.services.refusals import AlreadyDecided, PlaceBroken, SegmentGone
from notifications.audiences import segment_of

SUBJECT = Words(5, SUBJECT_MAX, one_line=True)
BODY = Words(30, 6000)
_FIELDS = ("subject", "body", "segment", "value")


def create_campaign(
    *, subject: str, body: str, segment: str, value: str, by: User, at: datetime, form: UUID | None = None
) -> Campaign:
    """`form`: drawn with the form, which sent twice makes one; so do the same words of the same person, as long as they
    are a draft. Raises SentBefore, PlaceBroken, SegmentGone, TextTooLong, TextTooShort.
    """
    given = _checked(subject=subject, body=body, segment=segment, value=value)
    with transaction.atomic():
        same = Campaign.objects.filter(**given, created_by=by, state=CampaignState.DRAFT).first()
        if same is not None:
            return same
        campaign, is_new = make_once(Campaign(**given, created_by=by, created_at=at, form=form))
        if is_new:
            record("campaign_created", actor=by, subject=campaign)
        elif campaign.created_by_id != by.pk or any(getattr(campaign, name) != given[name] for name in _FIELDS):
            raise SentBefore(campaign, campaign.subject)
    return campaign


def change_campaign(
    *, campaign: Campaign, subject: str, body: str, segment: str, value: str, revision: int, by: User
) -> Campaign:
    """Raises ChangedMeanwhile, AlreadyDecided, and what `create_campaign` raises."""
    given = _checked(subject=subject, body=body, segment=segment, value=value)
    with transaction.atomic():
        found = lock_draft(campaign)
        if found.revision != revision:
            raise ChangedMeanwhile(found)
        if all(getattr(found, name) == given[name] for name in _FIELDS):
            return found
        for name in _FIELDS:
            setattr(found, name, given[name])
        found.revision += 1
        found.save(update_fields=[*_FIELDS, "revision"])
        record("campaign_changed", actor=by, subject=found)
    return found


def copy_campaign(*, campaign: Campaign, by: User, at: datetime, form: UUID | None = None) -> Campaign:
    """A new draft with the same words for the same group: its list is made anew when it is sent. `form`: as above."""
    with transaction.atomic():
        given = {name: getattr(campaign, name) for name in _FIELDS}
        made, is_new = make_once(Campaign(**given, created_by=by, created_at=at, form=form))
        if is_new:
            record("campaign_created", actor=by, subject=made, copy_of=campaign.pk)
    return made


def delete_campaign(*, campaign: Campaign, by: User) -> None:
    """One that was never sent. Raises AlreadyDecided."""
    with transaction.atomic():
        found = lock_draft(campaign)
        record("campaign_deleted", actor=by, subject=found)
        found.delete()


def lock_draft(campaign: Campaign) -> Campaign:
    """The row as it is now, until the end of the transaction. Raises AlreadyDecided, also where it is gone."""
    found = Campaign.objects.select_for_update(of=("self",), no_key=True).filter(pk=campaign.pk).first()
    if found is None or found.state != CampaignState.DRAFT:
        raise AlreadyDecided
    return found


def broken_places_of(*, subject: str, body: str, segment: str, value: str) -> Iterator[PlaceBroken]:
    """Of both. Of no group that is there, a challenge is not missed."""
    group = segment_of(segment)
    of_challenge = group is None or group.about(value) is not None
    for field, text in (("subject", subject), ("body", body)):
        yield from broken_places(text, field=field, of_challenge=of_challenge)


def _checked(*, subject: str, body: str, segment: str, value: str) -> dict[str, Any]:
    group = segment_of(segment)
    if group is None or value not in {each for each, _words in group.options()}:
        raise SegmentGone
    subject, body = SUBJECT.cleaned(subject), BODY.cleaned(body)
    for broken in broken_places_of(subject=subject, body=body, segment=segment, value=value):
        raise broken
    return {"subject": subject, "body": body, "segment": segment, "value": value}
