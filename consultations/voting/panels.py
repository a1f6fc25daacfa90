"""What votes show on the pages of others (common.panels): on the home, and among the results."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.abilities import may
from accounts.permissions import signed_in_user
from common.panels import panel
from consultations.framing.enums import PhaseKind, PhaseState
from consultations.framing.models import Consultation
from consultations.voting.abilities import SEE_VOTES
from consultations.voting.models import Vote, Voter
from consultations.voting.selectors.desk import votes_of


@panel("home", "voting/resident/_votes_home.html", order=15, queries=1)
@panel("results.part", "voting/resident/_votes_result.html", order=3, queries=1)
def votes(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Those that everybody sees: the way to the ballot, then to the result. Before their phase nothing is asked."""
    consultation: Consultation | None = shown.get("consultation")
    at = timezone.now()
    if consultation is None or not _has_begun(consultation, at):
        return None
    found = list(Vote.objects.filter(consultation=consultation, announced_at__isnull=False).order_by("number"))
    for each in found:
        each.consultation = consultation
    return {"votes": [(each, each.state(at)) for each in found]} if found else None


@panel("week.open", "voting/backoffice/_week_votes.html", order=10, queries=1)
def running(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To the team, while people vote: how many have."""
    consultation, at = shown["consultation"], timezone.now()
    if not may(request.user, SEE_VOTES) or not _has_begun(consultation, at):
        return None
    found = votes_of(consultation).filter(announced_at__lte=at, opens_at__lte=at, closes_at__gt=at)
    return {"votes": list(found)} if found else None


@panel("leaving.stays", "voting/resident/_ballot_stays.html", order=20, queries=1)
def ballot_stays(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To whoever has voted where it is not closed yet, and deletes their account."""
    voted = Voter.objects.filter(user=signed_in_user(request), has_voted=True, vote__closed_at=None)
    return {} if voted.exists() else None


def _has_begun(consultation: Consultation, at: datetime) -> bool:
    phases = (each for each in consultation.phases.all() if each.kind == PhaseKind.PRIORITISE)
    return any(each.state(at) != PhaseState.NEXT for each in phases)
