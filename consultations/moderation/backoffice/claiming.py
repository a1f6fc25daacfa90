"""Who is on a text, live: asked again every half minute, let go when one leaves the page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import signed_in_user
from common.requests import Request
from common.states import Answers, answers
from consultations.moderation.backoffice.access import case_of, for_whoever_decides
from consultations.moderation.models import Decision
from consultations.moderation.selectors.queue import watcher_of
from consultations.moderation.services.claiming import claim, release


@answers(Answers.READ_ONLY)
@for_whoever_decides
def who(request: Request, case: int) -> HttpResponse:
    """Who else is on it, or who has decided since the page was made (`vu`: the last decision that it showed)."""
    user, at = signed_in_user(request), timezone.now()
    found = case_of(request, case)
    seen = request.GET.get("vu", "")
    last = Decision.objects.filter(case=found).select_related("moderator").order_by("-pk").first()
    theirs = last if last is not None and str(last.pk) != seen and last.moderator_id != user.pk else None
    if theirs is None and claim(case=found, moderator=user, at=at):
        found.claimed_by, found.claimed_at = user, at
    context = {"case": found, "watcher": watcher_of(found, user=user, at=at), "theirs": theirs, "seen": seen}
    return render(request, "moderation/backoffice/_watching.html", context)


@require_POST
@answers(Answers.READ_ONLY)
@for_whoever_decides
def leave(request: Request, case: int) -> HttpResponse:
    release(case=case_of(request, case), moderator=signed_in_user(request))
    return HttpResponse(status=204)
