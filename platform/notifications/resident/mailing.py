"""How much mail one wants."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.begun import ask_who
from accounts.links import lead_on, with_token
from accounts.permissions import signed_in_user
from common.states import Answers, answers
from common.views import answered_everywhere
from notifications import selectors
from notifications.enums import Frequency
from notifications.resident.forms import AgreementForm, MailForm
from notifications.services import choosing, links
from notifications.services.agreeing import WORDS, agree, agreement_of_link, withdraw_agreement, withdraw_by_link


@answers(Answers.READ_ONLY)
@never_cache
def preferences(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return ask_who(request)
    user = signed_in_user(request)
    form = _mail_form(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        choosing.choose_frequency(user=user, frequency=form.cleaned_data["frequency"], at=timezone.now())
        if "language" in form.cleaned_data:
            choosing.choose_language(user=user, language=form.cleaned_data["language"])
        messages.success(request, _("Your choice is saved."))
        return redirect("mail_preferences")
    return _preferences(request, form, AgreementForm())


def _mail_form(request: HttpRequest, data: Any = None) -> MailForm:
    user = signed_in_user(request)
    return MailForm(data, person=user, preference=selectors.mail_preference(user), city=request.tenant)  # type: ignore[attr-defined]


def _preferences(request: HttpRequest, form: MailForm, agreeing: AgreementForm) -> HttpResponse:
    user = signed_in_user(request)
    context = {"form": form, "person": user, "agreement": selectors.mail_agreement(user), "agreeing": agreeing}
    status = 422 if form.errors or agreeing.errors else 200
    return render(request, "notifications/resident/mail_preferences.html", context, status=status)


@answers(Answers.READ_ONLY)
@never_cache
@require_POST
def agreement(request: HttpRequest) -> HttpResponse:
    """Agree to messages of the authority, by a box that one ticks; stop them, by one press."""
    if not request.user.is_authenticated:
        return ask_who(request, reverse("mail_preferences"))
    user, now = signed_in_user(request), timezone.now()
    if request.POST.get("do") == "withdraw":
        withdraw_agreement(user=user, at=now)
        messages.success(
            request,
            _("It is done. News about what you do on this site stay as you chose."),
        )
        return redirect("mail_preferences")
    form = AgreementForm(request.POST)
    if not form.is_valid():
        return _preferences(request, _mail_form(request), form)
    agree(user=user, words=str(WORDS), at=now)
    messages.success(request, _("Thank you. You can stop these messages whenever you like, here or in each of them."))
    return redirect("mail_preferences")


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


def _page(
    request: HttpRequest, state: str, *, template: str = "notifications/resident/unsubscribe.html", status: int = 200
) -> HttpResponse:
    response = render(request, template, {"state": state}, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


# ── The link of each message of the authority ────────────────────────────────


@answers(Answers.IN_EVERY_STATE)
@answered_everywhere
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """As `unsubscribe`: a mail program's button posts here, whoever opens it is led on."""
    if request.method != "POST":
        return lead_on(token, to="withdraw_agreement_by_link")
    return _withdrawing(request, token)


@answers(Answers.IN_EVERY_STATE)
@with_token
def withdraw_by_page(request: HttpRequest, token: str) -> HttpResponse:
    return _withdrawing(request, token)


def _withdrawing(request: HttpRequest, token: str) -> HttpResponse:
    try:
        if request.method == "POST":
            found = withdraw_by_link(token=token, at=timezone.now())
        else:
            found, _about = agreement_of_link(token)
    except (links.LinkForged, links.LinkOutdated) as refusal:
        state = "outdated" if isinstance(refusal, links.LinkOutdated) else "forged"
        return _page(request, state, template="notifications/resident/withdraw.html", status=refusal.status)
    return _page(request, "ask" if found.holds else "done", template="notifications/resident/withdraw.html")
