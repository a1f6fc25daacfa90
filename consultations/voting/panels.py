"""What votes show on the pages of others (common.panels): on the home, and among the results."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.abilities import may
from accounts.permissions import signed_in_user
from common.panels import panel
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.voting.abilities import SEE_VOTES
from consultations.voting.context import has_begun, of_consultation, page_of, to_vote_in, votes_seen
from consultations.voting.models import Voter
from consultations.voting.selectors.desk import votes_of


@panel("home", "voting/resident/_votes_home.html", order=5, queries=1)
@panel("home.quiet", "voting/resident/_votes_home.html", order=5, queries=1)
def votes_of_city(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """All in which people vote, whichever consultation the page is about; and those to come and over of this one."""
    here: Consultation | None = shown.get("consultation")
    running = [each for each in votes_seen(request) if each.is_open]
    own = [each for each in of_consultation(request, here.pk if here else None) if not each.is_open]
    return {"votes": [*running, *own], "here": here} if running or own else None


@panel("results.part", "voting/resident/_votes_result.html", order=3, queries=1)
def votes_of_results(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    here: Consultation | None = shown.get("consultation")
    found = of_consultation(request, here.pk if here else None)
    return {"votes": found, "here": here} if found else None


@panel("home.action", "voting/resident/_vote_action.html", order=10, queries=1)
@panel("home.now", "voting/resident/_vote_now.html", order=10, queries=1)
def running_here(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """What people can do now in this consultation is to vote."""
    found = [each.vote for each in to_vote_in(request) if each.vote.consultation_id == shown["consultation"].pk]
    return {"vote": found[0], "address": page_of(to_vote_in(request))} if found else None


@panel("way.decision", "voting/resident/_way.html", order=10)
def on_the_way(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Of an idea: where its consultation has a phase to vote."""
    found: Consultation | None = shown["consultation"]
    return {} if found and any(each.kind == PhaseKind.PRIORITISE for each in found.phases.all()) else None


@panel("week.open", "voting/backoffice/_week_votes.html", order=10, queries=1)
def running(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To the team, while people vote: how many have."""
    consultation, at = shown["consultation"], timezone.now()
    if not may(request.user, SEE_VOTES) or not has_begun(consultation, at):
        return None
    found = votes_of(consultation).filter(announced_at__lte=at, opens_at__lte=at, closes_at__gt=at)
    return {"votes": list(found)} if found else None


@panel("leaving.stays", "voting/resident/_ballot_stays.html", order=20, queries=1)
def ballot_stays(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To whoever has voted where it is not closed yet, and deletes their account."""
    voted = Voter.objects.filter(user=signed_in_user(request), has_voted=True, vote__closed_at=None)
    return {} if voted.exists() else None
