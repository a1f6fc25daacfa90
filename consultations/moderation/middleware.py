"""Somebody suspended reads; what they post is refused with the reasons, and with their text to copy."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from common.states import Answers, answers_of
from common.text import typed_words
from consultations.moderation.enums import Act
from consultations.moderation.selectors.decisions import notified_decisions

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
        if not isinstance(user, User) or not user.is_suspended(timezone.now()):
            return None
        context = {
            "until": user.suspended_until,
            "decision": notified_decisions(user).filter(act=Act.SUSPEND).first(),
            "typed": typed_words(request),
        }
        return render(request, "moderation/resident/suspended_account.html", context, status=403)
