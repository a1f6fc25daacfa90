"""The security of one's account: the second factor, its recovery codes, the other devices."""

import base64
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import factors
from accounts.begun import ask_who
from accounts.kept import SensitiveAction, change_key
from accounts.permissions import fresh_proof_required, signed_in_user
from accounts.sessions import end_other_sessions
from common.requests import Request


@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """What protects the account. Whoever needs a second factor and has none is led to it, step by step."""
    if not request.user.is_authenticated:
        return ask_who(request)
    if wanted := _wanted(request):
        request.session["after_sign_in"] = wanted
    user = signed_in_user(request)
    context = {
        "person": user,
        "factors": factors.factors_of(user, host=_host(request)),
        "codes_left": factors.recovery_codes_left(user),
        "host": _host(request),
        "goes_on": _goes_on(request),
        "then": _then(request),
    }
    return render(request, "accounts/web/security.html", context)


@never_cache
@fresh_proof_required(SensitiveAction(gettext_lazy("Add an authenticator app to your account")))
def add_app(request: Request) -> HttpResponse:
    """A picture to scan, or a key to copy; then a code that the app shows."""
    user = signed_in_user(request)
    secret = get_totp_secret()
    problem = ""
    if request.method == "POST":
        try:
            added = factors.add_app(
                user=user, secret=secret, code=request.POST.get("code", ""), city=request.tenant, at=timezone.now()
            )
        except factors.WrongFactor as refusal:
            problem = str(refusal.message)
        else:
            clear_totp_secret(request)
            return _added(request, added, _("The authenticator app is added."))
    adapter = get_adapter()
    url = adapter.build_totp_url(user, secret)
    picture = base64.b64encode(adapter.build_totp_svg(url).encode()).decode()
    context = {
        "picture": picture,
        "link": url,
        "secret": _in_fours(secret),
        "plain_secret": secret,
        "problem": problem,
        "then": _then(request),
    }
    return render(request, "accounts/web/factor_app.html", context, status=422 if problem else 200)


@never_cache
@fresh_proof_required(SensitiveAction(gettext_lazy("Add a passkey to your account")))
def add_passkey(request: Request) -> HttpResponse:
    """The browser makes a key for this host; needs JavaScript, as every passkey does."""
    user = signed_in_user(request)
    problem = ""
    if request.method == "POST":
        name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:60]
        try:
            added = factors.add_passkey(
                user=user, name=name, credential=request.POST.get("credential", ""), city=request.tenant
            )
        except factors.TooManyPasskeys as refusal:
            problem = str(refusal.message)
        except factors.WrongFactor:
            problem = _("The passkey could not be added. Try once more, or use an authenticator app.")
        else:
            return _added(request, added, _("The passkey is added."))
    context = {
        "options": begin_registration(user, False),
        "problem": problem,
        "host": _host(request),
        "then": _then(request),
    }
    return render(request, "accounts/web/factor_passkey.html", context, status=422 if problem else 200)


@never_cache
@fresh_proof_required(SensitiveAction(gettext_lazy("Remove a second factor from your account")))
def remove(request: Request, pk: int) -> HttpResponse:
    """The app or a passkey, after a page that says what it means."""
    user = signed_in_user(request)
    found = [each for each in factors.factors_of(user, host=_host(request)) if each.pk == pk]
    if not found:
        raise Http404
    if request.method == "POST":
        try:
            factors.remove_factor(user=user, factor_id=pk, city=request.tenant)
            messages.success(request, _("It is removed."))
        except factors.LastFactor as refusal:
            messages.warning(request, str(refusal.message))
        return redirect("mfa_index")
    return render(request, "accounts/web/factor_remove.html", {"factor": found[0]})


@never_cache
@fresh_proof_required(SensitiveAction(gettext_lazy("See your recovery codes")))
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes, once; later only how many are left."""
    user = signed_in_user(request)
    codes = factors.recovery_codes_to_show(user=user, at=timezone.now())
    left = factors.recovery_codes_left(user)
    context = {"codes": [_in_fours(code) for code in codes], "left": left, "goes_on": _goes_on(request)}
    return render(request, "accounts/web/recovery_codes.html", context)


@never_cache
@fresh_proof_required(SensitiveAction(gettext_lazy("See your recovery codes")))
def download_recovery_codes(request: HttpRequest) -> HttpResponse:
    codes = factors.recovery_codes_to_show(user=signed_in_user(request), at=timezone.now())
    if not codes:
        raise Http404
    context = {"codes": [_in_fours(code) for code in codes], "at": timezone.localtime(), "host": _host(request)}
    page = render(request, "accounts/web/recovery_codes.txt", context)
    page.headers["Content-Type"] = "text/plain; charset=utf-8"
    page.headers["Content-Disposition"] = 'attachment; filename="codes-de-secours.txt"'
    return page


@never_cache
@fresh_proof_required(SensitiveAction(gettext_lazy("Make new recovery codes")))
def renew_recovery_codes(request: Request) -> HttpResponse:
    user = signed_in_user(request)
    if request.method == "POST":
        factors.renew_recovery_codes(user=user, city=request.tenant)
        return redirect("mfa_recovery_codes")
    return render(request, "accounts/web/recovery_codes_new.html", {"left": factors.recovery_codes_left(user)})


@require_POST
@fresh_proof_required(SensitiveAction(gettext_lazy("Sign out all your other devices")))
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    end_other_sessions(user=signed_in_user(request), request=request)
    messages.success(request, _("All other devices are signed out."))
    return redirect("mfa_index")


def _goes_on(request: HttpRequest) -> bool:
    """Whether somebody was on their way elsewhere, or has a desk to go back to; else their own space is where from."""
    return "after_sign_in" in request.session or signed_in_user(request).is_staff_member


def _in_fours(code: str) -> str:
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def _added(request: HttpRequest, added: Authenticator, said: str) -> HttpResponse:
    """It took the factor itself to add it: nobody is asked for it again at once."""
    record_authentication(request, signed_in_user(request), "mfa", id=added.pk, type=added.type)
    wanted = _wanted(request)
    change_key(request, leads_to=wanted)
    if wanted:  # what leads on is this page's own: another tab may have left something else in the session
        request.session["after_sign_in"] = wanted
    messages.success(request, said)
    if factors.recovery_codes_to_show(user=signed_in_user(request), at=timezone.now()):
        return redirect("mfa_recovery_codes")
    return redirect("mfa_index")


def _wanted(request: HttpRequest) -> str:
    """The page of ours that somebody comes from, to set up what it asks for."""
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def _then(request: HttpRequest) -> str:
    """The same, for the addresses of the next steps."""
    wanted = _wanted(request)
    return f"?{urlencode({'next': wanted}, safe='/')}" if wanted else ""


def _host(request: HttpRequest) -> str:
    """The host that passkeys of this place are for."""
    return str(get_adapter().get_public_key_credential_rp_entity()["id"])
