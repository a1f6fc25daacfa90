"""Who may enter where. A page that is not for you does not exist for you (404), but signing in is offered."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.begun import ask_who, keep_words
from accounts.enums import Role
from accounts.models import User

View = Callable[..., HttpResponse]

STAFF = frozenset(Role.values) - {Role.PARTICIPANT, Role.OPERATOR}
FRAMERS = frozenset({Role.ADMINISTRATOR, Role.FACILITATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

SECOND_FACTORS = frozenset({"mfa", "shell"})


def signed_in_user(request: HttpRequest) -> User:
    """The person of a request that a decorator has let through."""
    assert isinstance(request.user, User)
    return request.user


def takes_writing(request: HttpRequest) -> bool:
    """Whether the city of a request takes writing: in one that only reads, nobody makes or changes an account."""
    return bool(getattr(getattr(request, "tenant", None), "takes_writing", True))


def role_required(roles: frozenset[str]) -> Callable[[View], View]:
    """Staff pages: visitors are asked to sign in, others get a 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return ask_who(request)
            if signed_in_user(request).role not in roles:
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def operator_required(view: View) -> View:
    """Operators with a second factor. Without one yet, they are led to set it up."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return ask_who(request)
        if signed_in_user(request).role != Role.OPERATOR:
            raise Http404
        if not has_second_factor(request):
            return redirect("mfa_activate_totp")
        return view(request, *args, **kwargs)

    return guarded


def has_second_factor(request: HttpRequest) -> bool:
    methods = {record.get("method") for record in get_authentication_records(request, signed_in_user(request))}
    return bool(methods & SECOND_FACTORS)


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
