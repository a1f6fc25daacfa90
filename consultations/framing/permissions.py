"""Who sees a city's platform, and who speaks in the margins of its challenges."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.abilities import may
from accounts.models import User
from accounts.permissions import reads_ahead
from common.requests import Request, says
from common.text import typed_words
from consultations.framing.abilities import DISCUSS
from consultations.framing.enums import Side
from tenants.models import Municipality

View = Callable[..., HttpResponse]

# In the session of somebody of the service who came in to frame: the name with which they sign.
SIGNS_AS = "delegate_signs_as"


def city_visible(view: View) -> View:
    """Until the city opens, its pages are for its staff; everyone else is told that it is being prepared."""

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.tenant.is_open or reads_ahead(request):
            return view(request, *args, **kwargs)
        # The home answers, so that the city can see its address work; there is nothing else yet. What somebody wrote
        # while it was being closed again is theirs to copy.
        context = {"typed": typed_words(request)}
        status = 200 if request.path_info == "/" else 404
        page = render(request, "framing/resident/being_prepared.html", context, status=status)
        return says(page, "not_open", _("This platform is being prepared."))

    return guarded


def side_of(user: User) -> Side:
    return Side.CITY if user.role in DISCUSS.in_team else Side.SERVICE


def discusses(*, user: User, municipality: Municipality) -> bool:
    """Whether they speak in the margins: those who frame, and the service's team where the city has it accompany it."""
    return may(user, DISCUSS) and (side_of(user) == Side.CITY or municipality.is_accompanied)
