"""Whoever may not write here: somebody suspended, with the reasons; the service's team, which moderates only."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from common.requests import says
from common.states import Answers, answers_of
from common.text import typed_words
from consultations.moderation.selectors.decisions import suspension_of

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class SuspensionMiddleware:
    """What is one's own stays possible: views that write none of the city's content (common.states). Comes last."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.method in _SAFE or Answers.READ_ONLY in answers_of(view):
            return None
        user = request.user
        found = suspension_of(user, at=timezone.now()) if isinstance(user, User) else None
        if found is None:
            return None
        context = {**found, "typed": typed_words(request)}
        page = render(request, "moderation/resident/suspended_account.html", context, status=403)
        return says(page, "account_suspended", _("Your account is suspended: the mail that told you so says why."))


class DelegateMiddleware:
    """A delegate reads what everybody reads, and posts to the pages that name the role. Nothing else is there for
    them: no public name, no other address, no factor of their own that would let them in another day."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.method in _SAFE or Role.DELEGATE in getattr(view, "roles", ()):
            return None
        match = request.resolver_match
        leaves = match is not None and match.url_name == "sign_out"
        if isinstance(request.user, User) and request.user.role == Role.DELEGATE and not leaves:
            raise Http404
        return None
