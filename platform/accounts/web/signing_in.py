"""The door: an address, then the code that was sent to it. The same in public and in every city."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import codes
from accounts.adapter import carried_by
from accounts.begun import promise_to
from accounts.limits import SIGN_IN_GUESSES, SIGN_IN_MAILS
from accounts.mailboxes import mailbox_of
from accounts.permissions import takes_writing
from accounts.web.forms import SignInForm
from common.limits import TooMany, exhausted_until, waiting_time

# In the session: the address that a code was asked for, and when.
_ASKED = "sign_in"
_FORGOTTEN_AFTER_SECONDS = 15 * 60


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """An address, nothing else: whether it is known or not, the next page is the same.

    Looking at the page keeps nothing: robots follow every link to it.
    """
    if request.user.is_authenticated:
        _remember_target(request)
        return redirect("signed_in")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _remember_target(request)
        request.session[_ASKED] = {"email": form.cleaned_data["email"].lower(), "at": timezone.now().timestamp()}
        try:
            _send(request)
        except TooMany as refusal:
            if refusal.of_network:
                form.add_error(None, refusal.message)
                context = {"form": form, "promise": promise_to(request)}
                return render(request, "accounts/web/sign_in.html", context, status=429)
        return redirect("confirm_code")
    context = {"form": form, "promise": promise_to(request)}
    return render(request, "accounts/web/sign_in.html", context, status=422 if form.errors else 200)


@never_cache
def confirm_code(request: HttpRequest) -> HttpResponseBase:
    """The code of the mail; or, on demand, another mail."""
    email = _asked_address(request)
    if not email or request.user.is_authenticated:
        return redirect("signed_in" if request.user.is_authenticated else "sign_in")
    if request.method != "POST":
        return _code_page(request, email)
    if request.POST.get("action") == "resend":
        return _send_again(request, email)
    try:
        link = codes.spend_code(email=email, code=request.POST.get("code", ""), request=request, at=timezone.now())
    except codes.WrongCode as wrong:
        return _code_page(request, email, wrong=str(wrong.message), status=422)
    except TooMany as refusal:
        return _code_page(request, email, refusal=refusal, status=429)
    del request.session[_ASKED]
    record_authentication(request, link.user, method="code")
    answer: HttpResponseBase = perform_login(request, Login(user=link.user, email=link.user.email))
    return answer


def _send_again(request: HttpRequest, email: str) -> HttpResponse:
    try:
        _send(request)
    except TooMany as refusal:
        return _code_page(request, email, refusal=refusal if refusal.of_network else None, status=429)
    if _may_join(request):
        messages.success(request, _("Another message is on its way."))
    else:
        messages.success(request, _("If this address has an access here, another message is on its way."))
    return redirect("confirm_code")


def _code_page(
    request: HttpRequest, email: str, *, wrong: str = "", refusal: TooMany | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    no_mail_until = exhausted_until(SIGN_IN_MAILS, key=mailbox_of(email))
    no_code_until = exhausted_until(SIGN_IN_GUESSES, key=mailbox_of(email))
    context: dict[str, Any] = {
        "email": email,
        # Where not everybody has an account, whether somebody has one is not said.
        "all_may_come": _may_join(request),
        "wrong": wrong,
        "refused": refusal.message if refusal and refusal.of_network else "",
        "next_mail": waiting_time(no_mail_until, at=now) if no_mail_until else "",
        "next_code": waiting_time(no_code_until, at=now) if no_code_until else "",
    }
    return render(request, "accounts/web/confirm_code.html", context, status=status)


@require_POST
def other_address(request: HttpRequest) -> HttpResponse:
    """Back to an empty form: the next person at a shared tablet does not see whose code was waited for."""
    request.session.pop(_ASKED, None)
    return redirect("sign_in")


def _send(request: HttpRequest) -> None:
    city = getattr(request, "tenant", None)
    codes.send_code(
        email=_asked_address(request),
        request=request,
        city=city,
        carried=carried_by(request),
        may_join=_may_join(request),
    )


def _may_join(request: HttpRequest) -> bool:
    """In a city whoever proves an address is a participant, unless it takes no writing any more; in public only
    operators have accounts."""
    return getattr(request, "tenant", None) is not None and takes_writing(request)


def _asked_address(request: HttpRequest) -> str:
    asked = request.session.get(_ASKED, {})
    recent = timezone.now().timestamp() - asked.get("at", 0) < _FORGOTTEN_AFTER_SECONDS
    return asked["email"] if recent else ""


def _remember_target(request: HttpRequest) -> None:
    target = request.GET.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        request.session["after_sign_in"] = target
