"""Deleting one's account: what becomes of the texts, then a last page with a proof of its own.

In every state of a city.
"""

from django.contrib.auth import logout
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import erasure, own_copy
from accounts.begun import ask_who
from accounts.models import User
from accounts.permissions import has_fresh_proof, signed_in_user
from accounts.web.own_forms import LeavingForm
from accounts.web.proving import Asked, judge_proof
from common.requests import Request

# Whoever finds a session open, ten minutes after its owner changed something, deletes nothing.
_PROVED_SECONDS = 60
_SALT = "accounts.leaving"


@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """With or without what one wrote. Nothing happens yet."""
    if not request.user.is_authenticated:
        return ask_who(request)
    form = LeavingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return redirect(_last_page(form.cleaned_data["texts"]))
    context = {"form": form, "files": own_copy.files_about(signed_in_user(request))}
    return render(request, "accounts/web/own_leaving.html", context, status=422 if form.errors else 200)


@never_cache
def confirm(request: Request) -> HttpResponse:
    """The last page: what was chosen, and a proof made for this. A second press finds it done."""
    if not request.user.is_authenticated:
        return redirect("own_left") if _has_left(request) else ask_who(request)
    form = LeavingForm(request.GET)
    if not form.is_valid():
        return redirect("own_leaving")
    user, texts = signed_in_user(request), form.cleaned_data["texts"]
    asked: Asked | None = None
    if not has_fresh_proof(request, seconds=_PROVED_SECONDS):
        asked = judge_proof(request, back=_last_page(texts))
        if asked and asked.just_sent:
            return redirect(_last_page(texts))
    if request.method != "POST" or asked:
        # Of two presses at once with one code, the second finds it spent.
        return redirect("own_left") if _has_left(request) else _last(request, user, texts, asked)
    if request.POST.get("who") and _whose(request) != user.pk:  # two people at one computer
        refusal = _(
            "This page was shown to another account, or long ago. Nothing was deleted: read it, then press again."
        )
        return _last(request, user, texts, refusal=refusal)
    try:
        erasure.ask_erasure(user=user, with_texts=texts == "REMOVE", at=timezone.now())
    except (erasure.LastAdministratorLeaves, erasure.AddressChangedLately) as problem:
        return _last(request, user, texts, refusal=str(problem.message))
    logout(request)
    return redirect("own_left")


def left(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/web/own_left.html")


def _last(
    request: HttpRequest, user: User, texts: str, asked: Asked | None = None, *, refusal: str = ""
) -> HttpResponse:
    context = {
        "person": user,
        "with_texts": texts == "REMOVE",
        "action": _last_page(texts),
        "who": signing.dumps(user.pk, salt=_SALT),
        "refusal": refusal,
        "is_asked": asked is not None,
        "by_factor": asked is not None and asked.by_factor,
        **(asked.page if asked else {}),
    }
    status = 409 if refusal else asked.status if asked else 200
    return render(request, "accounts/web/own_leaving_last.html", context, status=status)


def _last_page(texts: str) -> str:
    return f"{reverse('own_leaving_last')}?texts={texts}"


def _whose(request: HttpRequest) -> int:
    """To whom the form was shown, within the last hour; 0: nobody knows."""
    try:
        return int(signing.loads(request.POST.get("who", ""), salt=_SALT, max_age=3600))
    except signing.BadSignature:
        return 0


def _has_left(request: HttpRequest) -> bool:
    """Whether the form was shown to somebody whose account is closed by now."""
    pk = _whose(request)
    return bool(pk) and not User.objects.filter(pk=pk, is_active=True).exists()
