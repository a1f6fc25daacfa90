"""How much mail one wants."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.begun import ask_who
from accounts.links import lead_on, with_token
from accounts.permissions import signed_in_user
from common.states import Answers, answers
from common.views import answered_everywhere
from notifications import selectors
from notifications.enums import Frequency
from notifications.resident.forms import MailForm
from notifications.services import choosing, links


@answers(Answers.READ_ONLY)
@never_cache
def preferences(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return ask_who(request)
    user = signed_in_user(request)
    preference = selectors.mail_preference(user)
    form = MailForm(request.POST or None, initial={"frequency": preference.frequency})
    if request.method == "POST" and form.is_valid():
        choosing.choose_frequency(user=user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Your choice is saved."))
        return redirect("mail_preferences")
    context = {"form": form, "preference": preference, "person": user}
    return render(request, "notifications/resident/mail_preferences.html", context, status=422 if form.errors else 200)


@answers(Answers.IN_EVERY_STATE)
@answered_everywhere
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A mail program's own button posts here from outside, without a cookie, and follows no redirection (RFC 8058):
    hence csrf_exempt, 200, and the token in the address. Whoever opens the link is led on to a page with a button.
    """
    if request.method != "POST":
        return lead_on(token, to="unsubscribe_by_link")
    return _unsubscribing(request, token)


@answers(Answers.IN_EVERY_STATE)
@with_token
def unsubscribe_by_link(request: HttpRequest, token: str) -> HttpResponse:
    return _unsubscribing(request, token)


def _unsubscribing(request: HttpRequest, token: str) -> HttpResponse:
    """Opening changes nothing: mail filters open links. Its one button does."""
    try:
        if request.method == "POST":
            preference = choosing.unsubscribe(token=token, at=timezone.now())
        else:
            preference = links.unsubscribing_preference(token)
    except links.LinkForged as refusal:
        return _page(request, "forged", status=refusal.status)
    except links.LinkOutdated as refusal:
        return _page(request, "outdated", status=refusal.status)
    return _page(request, "done" if preference.frequency == Frequency.NEVER else "ask")


def _page(request: HttpRequest, state: str, *, status: int = 200) -> HttpResponse:
    response = render(request, "notifications/resident/unsubscribe.html", {"state": state}, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
