"""A link of a mail, opened: its token leaves the address bar for a cookie, and the person goes on without it.

Addresses stay in histories, go along in `Referer`, and are written down by whoever stands between; cookies are not.
Opening consumes nothing, because mail filters open links too: the page at the clean address has a button. Each
link has a clean address of its own, so that two that were opened side by side are not taken for each other.

Write the two addresses of a link so, and send the first:

    path("connexion/lien/<str:token>/", leads_to("sign_in_by_link"), name="sign_in_link"),
    path("connexion/entrer/<str:mark>/", views.sign_in_by_link, name="sign_in_by_link"),   # @with_token
"""

import re
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.db import connection
from common.languages import as_kept, choices, in_that_language, language_of

# A copied link must be opened again after that.
_KEPT_SECONDS = 30 * 60
# What we send looks so; anything else that was typed is no token.
_TOKEN = re.compile(r"[A-Za-z0-9_.:=-]{1,1500}")

TokenView = Callable[..., HttpResponseBase]


def leads_to(name: str) -> Callable[..., HttpResponseBase]:
    """The view of an address with a token: it leads to the address called `name`, whose view is `with_token`."""

    @require_safe
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        return lead_on(token, to=name)

    return opened


def lead_on(token: str, *, to: str) -> HttpResponse:
    """To the clean address, with the token in a cookie that goes there and nowhere else."""
    response = redirect(reverse(to, args=[_mark(token)]))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    if _TOKEN.fullmatch(token):
        keep_token(response, token, to=to)
    return response


def keep_token(response: HttpResponseBase, token: str, *, to: str, seconds: int = _KEPT_SECONDS) -> None:
    """From now on (half an hour, unless a page is filled in for longer), for the clean address and what is below it."""
    mark = _mark(token)
    clean, codes = reverse(to, args=[mark]), choices(getattr(connection, "tenant", None))
    # One for each language of the city: whoever changes it on that page goes on as well.
    paths = {code: in_that_language(clean, code) for code, _name in codes} or {str(settings.LANGUAGE_CODE): clean}
    for code, path in paths.items():
        response.set_cookie(
            _cookie(mark, code),
            token,
            max_age=seconds,
            path=path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",  # sent along from a webmail's page to ours
        )


def with_token(view: TokenView) -> Callable[..., HttpResponseBase]:
    """The view of a clean address, or of one below it: called with the token. Where the browser kept none, a page says
    what to do.
    """

    @never_cache
    @wraps(view)
    def found(request: HttpRequest, mark: str, **named: Any) -> HttpResponseBase:
        token = request.COOKIES.get(_cookie(mark, language_of(request)), "")
        if not token or _mark(token) != mark:
            return render(request, "accounts/web/link_not_kept.html", status=410)
        return view(request, token, **named)

    return found


def _mark(token: str) -> str:
    """Tells links apart and opens none."""
    return sha256(token.encode()).hexdigest()[:16]


def _cookie(mark: str, code: str) -> str:
    return f"link-{mark}-{code}" if as_kept(code) else f"link-{mark}"
