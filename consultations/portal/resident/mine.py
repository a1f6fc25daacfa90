"""« Ma participation »: what a person can do next and what is theirs, as each app says (common.mine, common.panels)."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.begun import ask_who
from accounts.models import User
from accounts.permissions import signed_in_user
from common.mine import Mine, own_lists, steps_of

STEPS_MAX = 10
PER_PAGE = 20


@never_cache
def my_participation(request: HttpRequest) -> HttpResponse:
    """What is theirs; with ?voir=… all of one kind, page by page."""
    if not request.user.is_authenticated:
        return ask_who(request)
    user = signed_in_user(request)
    if "voir" in request.GET:
        return _whole_list(request, user, request.GET["voir"])
    mine = Mine(user, timezone.now())
    context = {"mine": mine, "steps": list(steps_of(mine))[:STEPS_MAX]}
    return render(request, "portal/resident/my_participation.html", context)


def _whole_list(request: HttpRequest, user: User, name: str) -> HttpResponse:
    if name not in own_lists:
        raise Http404
    page = Paginator(own_lists[name].rows(user), PER_PAGE).get_page(request.GET.get("page", 1))
    return render(request, "portal/resident/my_list.html", {"list": own_lists[name], "page": page})
