"""Who may enter where, and what they must have shown of themselves.

A page that is not for you does not exist for you (404), but signing in is offered. What asks for more than a sign-in
leads through a detour and back, and a form that was posted is kept meanwhile (accounts.kept).
"""

import time
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.abilities import MANAGE_TEAM, READ_AHEAD, Ability, may
from accounts.begun import ask_who, keep_words
from accounts.enums import Role
from accounts.kept import SensitiveAction, keep_form
from accounts.models import User
from common.text import typed_words

View = Callable[..., HttpResponse]

# Who is let in by pages of the desk that name them, and by no other.
GUESTS = frozenset({Role.SERVICE, Role.DELEGATE})

# How somebody came in, or showed once more who they are, as the session remembers it. "shell" is the link of
# `make login`, on a developer's machine only (settings.SHELL_LINK_IS_SECOND_FACTOR). "delegation": of an operator, on
# the service's own site, just before (consultations.moderation).
_FACTOR = frozenset({"mfa", "shell", "delegation"})
_MAIL = frozenset({"code", "link"})
# Whoever had a page open when their role changed sends it within that.
_ROLE_LATELY = timedelta(days=1)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def signed_in_user(request: HttpRequest) -> User:
    """The person of a request that a decorator has let through."""
    assert isinstance(request.user, User)
    return request.user


def user_of(request: HttpRequest) -> User | None:
    """The person who asks; None for a visitor."""
    return request.user if isinstance(request.user, User) else None


def is_of_the_team(request: HttpRequest) -> bool:
    """Whether who asks works for the city."""
    return isinstance(request.user, User) and request.user.is_staff_member


def reads_ahead(request: HttpRequest) -> bool:
    """Whether who asks may read what is not public yet."""
    return may(request.user, READ_AHEAD)


def takes_writing(request: HttpRequest) -> bool:
    """Whether the city of a request takes writing: in one that only reads, nobody makes or changes an account."""
    return bool(getattr(getattr(request, "tenant", None), "takes_writing", True))


# ── What somebody has shown ──────────────────────────────────────────────────


def owns_second_factor(user: User) -> bool:
    """Whether the person has set one up: a passkey or an authenticator app. Recovery codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=kinds).exists())


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened, or later confirmed, with a second factor."""
    return _shown_at(request, _FACTOR) > 0


def has_fresh_proof(request: HttpRequest, *, seconds: float | None = None) -> bool:
    """Whether the person showed within the last minutes, or the last `seconds`, who they are.

    With their second factor; who has none, with what was sent to their address.
    """
    accepted = _FACTOR if owns_second_factor(signed_in_user(request)) else _MAIL | _FACTOR
    within = 60 * settings.FRESH_PROOF_MINUTES if seconds is None else seconds
    return time.time() - _shown_at(request, accepted) < within


def _shown_at(request: HttpRequest, methods: frozenset[str]) -> float:
    records = get_authentication_records(request, signed_in_user(request))
    return max((record["at"] for record in records if record.get("method") in methods), default=0.0)


# ── Decorators ───────────────────────────────────────────────────────────────


class Asks(Enum):
    """When a page of the team asks for the second factor."""

    ALWAYS = "always"
    ONCE_OPEN = "once open"  # framing: what a newcomer writes before anybody reads it
    NEVER = "never"  # the first look at the desk


def role_required(
    asked: Ability, *, second_factor: Asks = Asks.ALWAYS, fresh: SensitiveAction | None = None
) -> Callable[[View], View]:
    """For whom the ability is: visitors are asked to sign in, others get a 404; then the second factor is asked for.

    `fresh`: what a form of this page does, where that is grave: who enters, who leaves, what cannot be undone, what
    takes everything along. It is done only just after showing who one is; looking at the page asks for nothing more.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return ask_who(request)
            if signed_in_user(request).role not in asked.roles:
                return _not_theirs(request, asked)
            if _asks_now(request, second_factor) and not has_second_factor(request):
                return _to_second_factor(request, fresh, kwargs)
            if fresh and request.method not in _SAFE and not has_fresh_proof(request):
                return _detour(request, "account_reauthenticate", fresh, kwargs)
            return view(request, *args, **kwargs)

        guarded.ability, guarded.roles = asked, asked.roles  # type: ignore[attr-defined]  # wrappers copy them
        return guarded

    return decorate


def only_for(asked: Ability, *, guests: frozenset[str] = frozenset()) -> Callable[[View], View]:
    """For all views of a tree (common.trees): those that say nothing ask this ability, and the second factor.

    Views say what is narrower with `role_required`; who is not of the tree cannot be let in, but for `guests`, whom
    a view has to name.
    """

    def decorate(view: View) -> View:
        narrower: frozenset[str] | None = getattr(view, "roles", None)
        if narrower is None:
            return role_required(asked)(view)
        if not narrower <= asked.roles | guests:
            more = sorted(narrower - asked.roles - guests)
            raise ImproperlyConfigured(f"{view.__qualname__} lets in more than its tree: {more}")
        return view

    return decorate


def staff_prove_first(view: View) -> View:
    """For pages of residents on which the team has powers of its own: from its members they ask the second factor."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_of_the_team(request) and not has_second_factor(request):
            return _to_second_factor(request)
        return view(request, *args, **kwargs)

    return guarded


def fresh_proof_required(action: SensitiveAction) -> Callable[[View], View]:
    """For one's own pages that change how one signs in, or take everything along: even reading asks for a fresh proof.

    What was posted is kept, and sent with one press after the proof; `action` says what it does.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return ask_who(request)
            if not has_fresh_proof(request):
                return _detour(request, "account_reauthenticate", action, kwargs)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def participant_required(view: View) -> View:
    """Acting asks to be signed in with a public name; each missing thing is asked for, then the person comes back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return ask_who(request)
        if not signed_in_user(request).public_name:
            refusal = keep_words(request, request.get_full_path())
            request.session["after_sign_in"] = request.get_full_path()
            return refusal or redirect("welcome")
        return view(request, *args, **kwargs)

    return guarded


def _not_theirs(request: HttpRequest, asked: Ability) -> HttpResponse:
    """A page that is not for you does not exist; but what somebody was writing while their role was taken away is
    shown to them, with why it cannot be done."""
    user = signed_in_user(request)
    since = user.role_since
    just_lost = since is not None and timezone.now() - since < _ROLE_LATELY and user.role_before in asked.roles
    if request.method != "POST" or not just_lost:
        raise Http404
    able = User.objects.filter(role__in=MANAGE_TEAM.roles, is_active=True, last_login__isnull=False)
    context = {
        "typed": typed_words(request),
        "fields": [
            (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
        ],
        "since": since,
        "function": user.team_role,
        "administrators": [each.public_name for each in able.exclude(public_name="").order_by("pk")[:3]],
    }
    return render(request, "accounts/backoffice/role_lost.html", context, status=403)


# ── Detours ──────────────────────────────────────────────────────────────────


def _to_second_factor(
    request: HttpRequest, action: SensitiveAction | None = None, arguments: dict[str, Any] | None = None
) -> HttpResponse:
    """Who has one shows it; who has none is led to set it up."""
    name = "account_reauthenticate" if owns_second_factor(signed_in_user(request)) else "mfa_index"
    return _detour(request, name, action, arguments)


def _asks_now(request: HttpRequest, asks: Asks) -> bool:
    if asks is Asks.ONCE_OPEN:
        return bool(getattr(getattr(request, "tenant", None), "is_open", True))
    return asks is Asks.ALWAYS


def _detour(
    request: HttpRequest, name: str, action: SensitiveAction | None, arguments: dict[str, Any] | None
) -> HttpResponse:
    """Through the page `name`, then back: to the page that was asked for, or to the form that was posted."""
    back = request.get_full_path()
    if request.method == "POST":
        nonce = keep_form(request, user_id=signed_in_user(request).pk, action=action, arguments=arguments)
        back = reverse("account_kept_form", args=[nonce])
    return _away(request, f"{reverse(name)}?{urlencode({'next': back}, safe='/')}")


def _away(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):  # the page as a whole, not a part of it, goes there
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
