"""What meetings show on the pages of others (common.panels)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import signed_in_user
from common.panels import panel
from consultations.framing.models import Challenge, Consultation
from consultations.meetings.enums import Place
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.selectors import on_home, said_at
from consultations.meetings.services.links import token_of

_MOST, _MOST_PAST = 4, 2


@panel("home", "meetings/resident/_home.html", order=7, queries=1)
@panel("home.quiet", "meetings/resident/_home.html", order=7, queries=1)
def of_home(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Those to come of the consultation that the page is about, or of any; reports of the last ones."""
    here: Consultation | None = shown.get("consultation")
    now = shown.get("at") or timezone.now()
    found = on_home([here] if here is not None else shown["every_consultation"], at=now)
    return _in_two(found, now, here=here)


def _in_two(found: list[Meeting], now: datetime, **more: Any) -> dict[str, Any] | None:
    coming = [each for each in found if not each.is_over(now)][:_MOST]
    reported = [each for each in reversed(found) if each.is_over(now) and each.reported_at][:_MOST_PAST]
    return {"meetings": coming, "reported": reported, **more} if coming or reported else None


@panel("challenge.below", "meetings/resident/_challenge.html", order=10, queries=1)
def of_challenge(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Those to come about it, and what was reported of others."""
    challenge, now = shown["challenge"], timezone.now()
    assert isinstance(challenge, Challenge)
    about = Meeting.objects.shown().filter(subjects__challenge=challenge, cancelled_at=None).order_by("begins_at", "pk")
    return _in_two(list(about), now)


@panel("proposal.after_text", "meetings/resident/_said_at.html", order=30, queries=1)
def made_at(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """At which meeting a proposal was made."""
    found = list(said_at(shown["proposal"]))
    return {"said_at": found} if found else None


@panel("mine", "meetings/resident/_mine.html", order=7, queries=1)
def own_meetings(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Those for which the address of one's account is on the list, with the way to cancel."""
    email = signed_in_user(request).email.lower()
    found = Attendee.objects.filter(email=email, meeting__ends_at__gt=timezone.now(), meeting__cancelled_at=None)
    rows = found.exclude(place=Place.ASKED).select_related("meeting").order_by("meeting__begins_at", "pk")
    own = [(each, reverse("own_sign_up_link", args=[token_of(each)])) for each in rows]
    return {"own_meetings": own} if own else None
