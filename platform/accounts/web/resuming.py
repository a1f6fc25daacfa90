"""What somebody began before they could do it (accounts.begun): done once they are in, or told why it cannot be."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import begun
from accounts.begun import Done, Waiting
from accounts.models import User
from accounts.permissions import signed_in_user, takes_writing
from common.text import with_link


@never_cache
def resume(request: HttpRequest) -> HttpResponse:
    """Do what this browser has just kept, then show it.

    What was begun long ago, or came here in a link, is shown and asked for first: whoever asks for a link to
    somebody's address, or sat at this computer before, must not act in their name.
    """
    if not request.user.is_authenticated:
        return redirect("sign_in")
    user, now = signed_in_user(request), timezone.now()
    begun.entrust_session(request, user=user)
    begun.settle_over(user, at=now)
    waiting = begun.waiting_for(user)
    if not waiting:
        return redirect("signed_in")
    if not takes_writing(request):
        return _page(request, waiting, at=now, status=409)
    if not user.public_name:
        return redirect("welcome")
    if request.method == "POST":
        return _answered(request, user, waiting, at=now)
    return _done(request, user, [each for each in waiting if not each.is_to_be_asked(now)], at=now)


def _answered(request: HttpRequest, user: User, waiting: list[Waiting], *, at: datetime) -> HttpResponse:
    if "forget" in request.POST:
        begun.settle([each for each in waiting if str(each.row.pk) == request.POST["forget"]], at=at)
        messages.info(request, _("These words are forgotten."))
        return redirect("resume")
    doable = [each for each in waiting if each.action.is_done_here]
    if "drop" in request.POST:
        begun.settle(doable, at=at)
        messages.info(request, _("Nothing was done. You can take part yourself from here."))
        return redirect("resume")
    return _done(request, user, doable, at=at)


def _done(request: HttpRequest, user: User, waiting: Iterable[Waiting], *, at: datetime) -> HttpResponse:
    """Do them one by one, each for itself; then where to see the last one, or what is left to be asked for."""
    results: list[Done] = []
    refused: dict[int, str] = {}
    for each in waiting:
        try:
            done = begun.do_once(each, user=user, at=at)
        except begun.NotDone as refusal:
            begun.ask_first(each)
            refused[each.row.pk] = refusal.message
            continue
        if done is not None:
            results.append(done)
    left = begun.waiting_for(user)
    # What is published goes before a draft to go on with.
    shown_first = [done for done in results if done.said] or results
    shown = "" if left else request.session.pop("after_sign_in", "") or (shown_first[-1].target if shown_first else "")
    for done in results:
        _say(request, done, shown=shown)
    if left:
        return _page(request, left, at=at, refused=refused, status=409 if refused else 200)
    return redirect(shown or "signed_in")


def _say(request: HttpRequest, done: Done, *, shown: str) -> None:
    """On the page that is shown next: what came of it, with the way there."""
    if done.notice:
        messages.warning(request, done.notice)
    is_there = done.is_said_there and done.target == shown
    if done.said and not is_there:
        link = done.link or done.target
        is_here = urlsplit(link).path == urlsplit(shown).path
        messages.success(request, with_link(done.said, "" if is_here else link))


def _page(
    request: HttpRequest,
    waiting: list[Waiting],
    *,
    at: datetime,
    refused: dict[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = [
        {
            "key": each.row.pk,
            "label": each.action.label(),
            "about": each.action.about(),
            "words": each.action.words(),
            "place": each.action.place(),
            "refused": (refused or {}).get(each.row.pk, ""),
            "is_done_here": each.action.is_done_here,
        }
        for each in waiting
    ]
    context = {
        "asked": [row for row in rows if row["is_done_here"] and not row["refused"]],
        "kept": [row for row in rows if not row["is_done_here"] or row["refused"]],
        "may_write": takes_writing(request),
    }
    return render(request, "accounts/web/resume.html", context, status=status)
