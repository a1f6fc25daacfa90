"""What framing shows on the city's home and on the team's desk (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.abilities import SEE_DESK, may
from common.panels import panel, static_panel
from consultations.framing.abilities import FRAME, OPEN_PLATFORM, STEER
from consultations.framing.backoffice.chosen import chosen_consultation, consultations_of, has_chosen
from consultations.framing.enums import ConsultationState
from consultations.framing.selectors import (
    Listed,
    challenges_of,
    documents_of,
    listed,
    phase_line,
    shown_challenges_of,
)
from consultations.framing.services.opening import may_close_again, opening_checks


@panel("home", "framing/resident/_where_are_we.html", order=20)
@panel("preview", "framing/resident/_where_are_we.html", order=20)
def phases(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    calendar = shown["calendar"]
    line = phase_line(calendar)
    return {"phases": line, "moved": calendar.moved} if line else None


@panel("home", "framing/resident/_challenges.html", order=30, queries=1)
@panel("preview", "framing/resident/_challenges.html", order=30, queries=1)
def challenges(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Before it opens the team sees what will be public, and apart from it what will not."""
    consultation = shown["consultation"]
    found = challenges_of(consultation) if consultation.is_private else shown_challenges_of(consultation)
    held_back = [each for each in found if consultation.opened_at is None and not each.is_validated]
    return {"challenges": [each for each in found if each not in held_back], "held_back": held_back}


@panel("week.prepared", "framing/backoffice/_challenges.html", order=30, queries=1)
def all_challenges(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    return {"challenges": challenges_of(shown["consultation"])}


@panel("home", "framing/resident/_documents.html", order=40, queries=2)
@panel("preview", "framing/resident/_documents.html", order=40, queries=2)
def documents(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    found = documents_of(shown["consultation"])
    return {"documents": found} if found else None


@panel("home", "framing/resident/_others.html", order=90)
@panel("home.quiet", "framing/resident/_others.html", order=10)
def others(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Every other consultation of the city that has opened, with where it is."""
    here = shown.get("consultation")
    found = [each for each in shown["every_consultation"] if each != here and each.opened_at]
    return {"others": listed(found, at=shown["at"])} if found else None


@panel("week.preparing", "framing/backoffice/_before_opening.html", order=10, queries=7)
def before_opening(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    """How far it is from its opening; the page where it is opened says what is missing."""
    tenant, consultation, calendar = request.tenant, shown["consultation"], shown["calendar"]  # type: ignore[attr-defined]
    checks = opening_checks(consultation=consultation, municipality=tenant, at=calendar.at)
    return {"missing": sum(not check.holds for check in checks)}


@panel("week.open", "framing/backoffice/_way_back.html", order=40, queries=15)
def way_back(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To an administrator, until somebody has written."""
    consultation = shown["consultation"]
    asks = may(request.user, OPEN_PLATFORM) and not consultation.is_archived
    return {} if asks and may_close_again(consultation) else None


@panel("desk.notice", "framing/backoffice/_archived_notice.html", order=20)
def archived_notice(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """On every page of an archived consultation, before somebody writes for nothing; not where one may in archives."""
    here = getattr(request, "desk_consultation", None)
    if request.resolver_match and getattr(request.resolver_match.func, "in_archives_too", False):
        return None
    return {"consultation": here, "steers": may(request.user, STEER)} if here and here.is_archived else None


@panel("desk.switch", "framing/backoffice/_switch.html", order=10, queries=2)
def switch(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To whoever is of the team: the consultation that the page belongs to, and the others."""
    if not may(request.user, SEE_DESK) or not has_chosen(request):
        return None
    here, at = chosen_consultation(request), timezone.now()
    rows = [each for each in listed(consultations_of(request), at=at) if each.state != ConsultationState.ARCHIVED]
    return {
        "rows": rows,
        "here": Listed(here, here.state(at), at) if here else None,
        "frames": may(request.user, FRAME),
    }


static_panel("week.prepared", "framing/backoffice/_platform.html", order=20)
