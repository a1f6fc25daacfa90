"""A person's notices."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.begun import ask_who
from accounts.permissions import signed_in_user
from common.states import Answers, answers
from notifications import selectors
from notifications.services import reading


@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """All of them, the unread ones first. Looking at the list reads none."""
    if not request.user.is_authenticated:
        return ask_who(request)
    found = selectors.notices_page(user=signed_in_user(request), page=request.GET.get("page", 1), at=timezone.now())
    return render(request, "notifications/resident/notices.html", {"found": found, "page": found.page})


@never_cache
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what it is about; it is read then."""
    if not request.user.is_authenticated:
        return ask_who(request)
    found = selectors.own_notice(user=signed_in_user(request), pk=pk)
    if found is None:
        raise Http404
    reading.mark_read(found.notice, at=timezone.now())
    return redirect(found.words.target)


@answers(Answers.READ_ONLY)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All that the page showed: what came while it was open stays unread."""
    if not request.user.is_authenticated:
        return ask_who(request, reverse("notices"))
    now = timezone.now()
    reading.mark_all_read(user=signed_in_user(request), until=min(_shown_at(request) or now, now), at=now)
    messages.success(request, _("All your news is marked as read."))
    return redirect("notices")


def _shown_at(request: HttpRequest) -> datetime | None:
    try:
        moment = parse_datetime(request.POST.get("until", ""))
    except ValueError:  # the form of a moment, but none
        return None
    return moment if moment and timezone.is_aware(moment) else None
