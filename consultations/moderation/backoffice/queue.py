"""What waits, what was decided, and several at once."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.permissions import signed_in_user
from common.requests import Request
from common.states import Answers, answers
from consultations.moderation.backoffice.access import for_moderators, for_whoever_decides
from consultations.moderation.backoffice.frame import framed
from consultations.moderation.selectors.queue import decisions_page, last_decided, queue_page
from consultations.moderation.services.closing import close_what_is_gone


@answers(Answers.READ_ONLY)
@for_whoever_decides
def queue(request: Request) -> HttpResponse:
    """The most urgent first. What is about nothing any more leaves the queue here, with a sentence."""
    user, at = signed_in_user(request), timezone.now()
    page = queue_page(user, page=request.GET.get("page", 1), at=at)
    gone = [line.case.pk for line in page.object_list if line.subject is None]
    closed = close_what_is_gone(cases=gone, at=at) if gone else 0
    page.object_list = [line for line in page.object_list if line.subject is not None]
    context = framed(request, at=at, page=page, closed=closed)
    if not page.object_list:
        context["last"] = last_decided(user)
    return render(request, "moderation/backoffice/queue.html", context)


@answers(Answers.READ_ONLY)
@for_moderators
def decided(request: Request) -> HttpResponse:
    """The last ones first, or one by its number; each leads to where it can be decided anew."""
    user, at = signed_in_user(request), timezone.now()
    wanted = request.GET.get("numero", "").replace("\x00", "").strip()[:20]
    page = decisions_page(user, number=wanted, page=request.GET.get("page", 1))
    return render(request, "moderation/backoffice/decided.html", framed(request, at=at, page=page, wanted=wanted))
