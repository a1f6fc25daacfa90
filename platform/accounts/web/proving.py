"""Showing who one is: the second step of signing in, and the fresh proof before what is grave."""

from dataclasses import dataclass
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import codes
from accounts.begun import ask_who
from accounts.factors import NoFactorCode, WrongFactor, check_code, check_passkey, code_typed, kinds_of
from accounts.kept import change_key, forget_kept_form, kept_form
from accounts.limits import FACTOR_GUESSES, FACTOR_GUESSES_AT_THE_DOOR, SIGN_IN_GUESSES
from accounts.mail import send_security_notice
from accounts.mailboxes import mailbox_of
from accounts.models import User
from accounts.permissions import has_fresh_proof, has_second_factor, owns_second_factor, signed_in_user
from common.db import connection
from common.limits import TooMany, consume, exhausted_until, give_back, waiting_time
from common.requests import Request

_SENT = "proof_mailed"  # in the session


@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
def second_step(request: Request) -> HttpResponse:
    """Between the code of the mail and the city: whoever has a second factor is asked for it, however they come."""
    stage = request._login_stage  # type: ignore[attr-defined]
    user: User = stage.login.user
    problem = ""
    if request.method == "POST":
        problem = _show_factor(request, user)
        if not problem:
            done: HttpResponse = stage.exit()
            return done
    return render(request, "accounts/web/second_step.html", _ways(user, problem), status=422 if problem else 200)


@never_cache
def prove(request: Request) -> HttpResponse:
    """A fresh proof: the second factor, or a new code by mail for who has none. Then back to what it was asked for."""
    if not request.user.is_authenticated:
        return ask_who(request)
    if has_fresh_proof(request):
        return redirect(_back(request))
    asked = judge_proof(request, back=_back(request))
    if asked is None:
        return redirect(_back(request))
    if asked.just_sent:
        return redirect(request.get_full_path())
    template = "accounts/web/prove.html" if asked.by_factor else "accounts/web/prove_by_mail.html"
    return render(request, template, {**asked.page, "next": _back(request)}, status=asked.status)


@dataclass
class Asked:
    """A proof that is not there yet: what a page says to ask for it."""

    by_factor: bool
    page: dict[str, Any]
    status: int = 200
    just_sent: bool = False


def judge_proof(request: Request, *, back: str) -> Asked | None:
    """Judge the proof that was posted: the second factor, or for who has none a code of a mail.

    None: it is right, and the session remembers. The link of the mail, which works where codes are over, leads to
    `back`.
    """
    user = signed_in_user(request)
    if owns_second_factor(user):
        shown = request.method == "POST" and ("code" in request.POST or "credential" in request.POST)
        problem = _show_factor(request, user) if shown else ""
        if shown and not problem:
            change_key(request, leads_to=back)
            return None
        return Asked(True, _ways(user, problem), status=422 if problem else 200)
    return _judge_mailed(request, user, back)


def _judge_mailed(request: Request, user: User, back: str) -> Asked | None:
    asked = Asked(False, {"wrong": "", "refused": ""})
    try:
        if request.method == "POST" and "send" in request.POST:
            again = _SENT in request.session
            _send_code(request, user, back)
            request.session[_SENT] = True
            asked.just_sent = True
            if again:
                messages.success(request, _("Another message is on its way."))
        elif request.method == "POST" and "code" in request.POST:
            codes.spend_code(email=user.email, code=request.POST.get("code", ""), request=request, at=timezone.now())
            request.session.pop(_SENT, None)
            record_authentication(request, user, "code")
            change_key(request, leads_to=back)
            return None
    except codes.WrongCode as wrong:
        asked.page["wrong"], asked.status = str(wrong.message), 422
    except TooMany as refusal:
        asked.page["refused"], asked.status = str(refusal.message), 429
    over = exhausted_until(SIGN_IN_GUESSES, key=mailbox_of(user.email))
    asked.page["next_code"] = waiting_time(over, at=timezone.now()) if over else ""
    asked.page["sent"] = _SENT in request.session
    return asked


def _send_code(request: Request, user: User, back: str) -> None:
    codes.send_code(
        email=user.email,
        request=request,
        city=request.tenant,
        carried={"after_sign_in": back},
        may_join=False,
        template="accounts/email/proof_code",
    )


def _show_factor(request: Request, user: User) -> str:
    """Judge what was posted. What is wrong with it, in words; empty: it is right, and the session remembers.

    A guess counts for the session, and for the person too where the session has not shown the factor yet: so whoever
    reads somebody's mail, and comes as far as the second step again and again, is stopped there, and those who are in
    already go on.
    """
    at, person = timezone.now(), f"{connection.schema_name}|{user.pk}"
    session = f"{person}|{request.session.session_key}"
    is_at_the_door = not request.user.is_authenticated or not has_second_factor(request)
    credential = request.POST.get("credential", "")
    try:
        code = "" if credential else code_typed(request.POST.get("code", ""))
    except NoFactorCode as refusal:
        return str(refusal.message)
    try:
        consume(FACTOR_GUESSES, request=request, key=session)
        if is_at_the_door:
            consume(FACTOR_GUESSES_AT_THE_DOOR, key=person)
        if credential:
            used = check_passkey(user=user, credential=credential, at=at)
        else:
            used = check_code(user=user, code=code, city=request.tenant, at=at)
    except WrongFactor as refusal:
        if exhausted_until(FACTOR_GUESSES, key=session):
            # Whoever tries has come through the mailbox already.
            what = _("Somebody came in with a message sent to you, then typed five wrong codes of your second factor.")
            subject = _("Five wrong codes were typed")
            send_security_notice(user=user, what=what, city=request.tenant, subject=subject)
        return str(refusal.message)
    except TooMany as refusal:
        return str(refusal.message)
    give_back(FACTOR_GUESSES, request=request, key=session)
    if is_at_the_door:
        give_back(FACTOR_GUESSES_AT_THE_DOOR, key=person)
    record_authentication(request, user, "mfa", id=used.pk, type=used.type)
    return ""


def _ways(user: User, problem: str) -> dict[str, Any]:
    kinds = kinds_of(user)
    return {
        "has_app": "totp" in kinds,
        "has_passkey": "webauthn" in kinds,
        "options": begin_authentication(user) if "webauthn" in kinds else None,
        "problem": problem,
        # Who can help, where everything is lost.
        "role": user.role,
    }


@never_cache
def resume_kept_form(request: HttpRequest, nonce: str) -> HttpResponse:
    """What was posted before the detour: said in words, and sent where it was going with one press."""
    if not request.user.is_authenticated:
        return ask_who(request)
    kept = kept_form(request, nonce)
    if kept is None:
        messages.warning(request, _("This was sent already, or is no longer kept: look before you do it again."))
        return redirect("signed_in")
    if request.method == "POST" and (kept.may_be_sent or "give_up_kept_form" in request.POST):
        forget_kept_form(request, nonce)
        if "give_up_kept_form" in request.POST:
            return redirect("signed_in")
        # 307: the browser posts the same fields there, and every check is made anew.
        return HttpResponseRedirect(kept.path, preserve_request=True)
    return render(request, "accounts/web/kept_form.html", {"kept": kept})


def _back(request: HttpRequest) -> str:
    """The page of ours that asked for the proof."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"
