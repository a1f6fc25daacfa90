"""The city's desk opens on what needs someone this week."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.permissions import STAFF, Asks, has_second_factor, role_required, signed_in_user
from common.requests import Request
from consultations.cocreation.selectors.coauthors import some_left_alone
from consultations.framing.selectors import calendar_of, challenges_of, current_consultation
from consultations.framing.services.opening import opening_checks
from consultations.participation.permissions import may_facilitate
from consultations.participation.selectors.lists import needing_arguments
from consultations.participation.selectors.shares import argued_share


@role_required(STAFF, second_factor=Asks.NEVER)
def desk(request: Request) -> HttpResponse:
    """Before opening: the conditions and what mends them. After: the proposals that one message would help."""
    consultation = current_consultation()
    unprotected = not has_second_factor(request)
    if consultation is None:
        return render(request, "portal/backoffice/desk_empty.html", {"unprotected": unprotected})
    calendar = calendar_of(consultation, at=timezone.now())
    checks = opening_checks(
        consultation=consultation,
        municipality=request.tenant,
        at=calendar.at,
    )
    user = signed_in_user(request)
    context = {
        "consultation": consultation,
        "unprotected": unprotected,
        "calendar": calendar,
        "challenges": challenges_of(consultation),
        "checks": checks,
        "may_open": not consultation.opened_at and all(check.holds for check in checks),
        "missing": sum(not check.holds for check in checks),
        "in_need": needing_arguments(consultation, at_most=5) if consultation.opened_at else [],
        "argued": argued_share(consultation),
        "some_alone": may_facilitate(user=user) and some_left_alone(user),
    }
    return render(request, "portal/backoffice/desk.html", context)
