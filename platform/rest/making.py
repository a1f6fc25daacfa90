"""Making a key and taking it away: the same on one's account and on the desk."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import signed_in_user
from common.refusals import Refusal
from common.requests import Request
from rest.forms import KeyForm
from rest.models import Token
from rest.scopes import scopes_for
from rest.services.tokens import NameMissing, NoSuchDuration, NoSuchScope, make_token, revoke_token, scopes_of

_FIELDS = {NameMissing.code: "name", NoSuchScope.code: "scopes", NoSuchDuration.code: "days"}


def keys_page(request: Request, *, template: str, of_team: bool, tokens: list[Token]) -> HttpResponse:
    """The keys, and the form for another. The secret of one that was just made stands on this page and never again."""
    user, at = signed_in_user(request), timezone.now()
    form = KeyForm(request.POST or None, offered=scopes_for(user, of_team=of_team))
    secret, made = "", None
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made, secret = make_token(
                user=user, name=asked["name"], wanted=asked["scopes"], days=asked["days"], of_team=of_team, at=at
            )
        except Refusal as refusal:
            form.add_error(_FIELDS.get(refusal.code), str(refusal.message))
        else:
            form, tokens = KeyForm(offered=scopes_for(user, of_team=of_team)), [made, *tokens]
    context: dict[str, Any] = {
        "form": form,
        "keys": [(each, scopes_of(each), each.holds(at)) for each in tokens],
        "made": made,
        "secret": secret,
        "nameless": not of_team and not user.public_name,
    }
    response = render(request, template, context, status=422 if form.errors else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def take_away(request: Request, token: Token, *, then: str) -> HttpResponse:
    if revoke_token(token=token, actor=signed_in_user(request), at=timezone.now()):
        messages.success(request, _("The key is taken away: what uses it stops at once."))
    return redirect(then)
