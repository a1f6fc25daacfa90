"""The door: a link, a public name, the way out. The same in public and in every city."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.begun import entrust_session, is_waiting
from accounts.codes import forgive_guesses
from accounts.enums import Role
from accounts.limits import SIGN_IN_MAILS
from accounts.links import with_token
from accounts.mailboxes import mailbox_of
from accounts.names import NameRefused
from accounts.newcomers import count_first_entry
from accounts.permissions import signed_in_user, takes_writing
from accounts.services import (
    LinkRefused,
    complete_profile,
    remember_language,
    remember_late_link,
    spend_link,
    usable_link,
)
from accounts.web.forms import ProfileForm, WelcomeForm
from common.languages import present_language
from common.limits import give_back


@with_token
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Opening the link only shows a button: mail programs that follow links must not use it up."""
    try:
        link = usable_link(token=token, at=timezone.now())
        if request.method != "POST":
            return render(request, "accounts/web/sign_in_link.html", {"link": link})
        if not link.from_shell:
            count_first_entry(user=link.user, request=request)
        link = spend_link(token=token, at=timezone.now())
    except LinkRefused as refusal:
        remember_late_link(request, token)
        return render(request, "accounts/web/link_refused.html", status=refusal.status)
    if "after_sign_in" in link.carried:
        request.session["after_sign_in"] = link.carried["after_sign_in"]
    if link.from_shell and settings.SHELL_LINK_IS_SECOND_FACTOR:
        record_authentication(request, link.user, method="shell")
        get_adapter().login(request, link.user)
        return redirect("signed_in")
    # Whoever comes in is no flood: their place among the mails of this network is free again (accounts.limits).
    give_back(SIGN_IN_MAILS, request=request, key=mailbox_of(link.user.email))
    forgive_guesses(email=link.user.email)
    record_authentication(request, link.user, method="link")
    answer: HttpResponseBase = perform_login(request, Login(user=link.user, email=link.user.email))
    return answer


@never_cache
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where every way in ends: ask for a public name once, do what was begun, then back to where one was."""
    if not request.user.is_authenticated:
        return redirect("sign_in")
    user = signed_in_user(request)
    remember_language(user, present_language())
    entrust_session(request, user=user)
    begun = is_waiting(user)
    if (begun or user.role == Role.PARTICIPANT) and not user.public_name and takes_writing(request):
        return redirect("welcome")
    if begun and (takes_writing(request) or not user.is_staff_member):
        return redirect("resume")
    target = request.session.pop("after_sign_in", None)
    if target:
        return redirect(target)
    if user.role == Role.OPERATOR:
        return redirect("ops_fleet")
    return redirect("desk" if user.is_staff_member else "home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(get_script_prefix())


@never_cache
def welcome(request: HttpRequest) -> HttpResponse:
    """First visit: a public name and a capacity, then what was begun is published."""
    return _profile(request, "accounts/web/welcome.html", "signed_in")


@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """One's own page: how one appears."""
    return _profile(request, "accounts/web/account.html", "account", said=_("Your changes are saved."))


def _profile(request: HttpRequest, template: str, then: str, said: str = "") -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("sign_in")
    user = signed_in_user(request)
    form = (WelcomeForm if then == "signed_in" else ProfileForm)(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        accepted = form.accepted() if isinstance(form, WelcomeForm) else []
        try:
            complete_profile(user=user, **form.cleaned_data)
        except NameRefused as refusal:  # taken at this very moment
            form.refuse_name(refusal)
        else:
            for each in accepted:
                each.accepted(user, str(each.words))
            if said:
                messages.success(request, said)
            return redirect("signed_in" if is_waiting(user) else then)
    context = {"form": form, "person": user, "begun": is_waiting(user)}
    return render(request, template, context, status=422 if form.errors else 200)
