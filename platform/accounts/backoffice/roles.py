"""The city's desk: who may do what, as the code has it."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.abilities import MANAGE_TEAM, SEE_DESK, Ability, abilities, may
from accounts.enums import TEAM_ROLES, Role
from accounts.permissions import role_required, signed_in_user
from common.requests import Request


@require_safe
@role_required(SEE_DESK)
def who_may(request: Request) -> HttpResponse:
    user = signed_in_user(request)
    context = {
        "roles": [(role, role.label, role == user.role) for role in TEAM_ROLES],
        "subjects": [(subject, list(rows)) for subject, rows in groupby(matrix(), key=lambda row: row[0].subject)],
        "makes_up_team": may(user, MANAGE_TEAM),
    }
    return render(request, "accounts/backoffice/roles.html", context)


def matrix() -> list[tuple[Ability, list[tuple[Role, Promise]]]]:
    """Each ability with the word of each role of the team."""
    return [(each, [(role, word(each, role)) for role in TEAM_ROLES]) for each in abilities()]


def word(asked: Ability, role: str) -> Promise:
    if role in asked.always:
        return _("Yes")
    return _("Sometimes") if role in asked.sometimes else _("No")
