"""Whole pages from memory, never stale, the same for everyone but for their holes.

A page is kept under its city's content revision, which the database counts up inside the very
transaction that changes anything (tenants.postgresql): reading it costs one tiny query and says
exactly whether the kept page still holds. What time alone changes (a phase that closes, a day that
passes) changes on a minute: the minute is part of the key.

A kept page is always made as for a visitor: the view does not see who asks, so nothing personal
can get into it. What differs from person to person is a hole, `{% hole "account" %}`, filled at
each serving by the function registered for it.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone

from common.db import connection

Filler = Callable[..., str]

_fillers: dict[str, Filler] = {}
# Nobody can type it: what people write is escaped.
_HOLE = re.compile(r"<!--hole:([a-z]+)-->")
# The token of a form belongs to one visitor: it is cut out of the kept page and put in at each serving.
_TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*(")')
_KEEP_SECONDS = 120
_LONGEST_KEY = 230


def fills(name: str) -> Callable[[Filler], Filler]:
    """Register what fills the hole `name`: called with the request and the view's own arguments."""

    def register(filler: Filler) -> Filler:
        _fillers[name] = filler
        return filler

    return register


def hole(name: str) -> str:
    return f"<!--hole:{name}-->"


def cached_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views whose page is the same for everyone but for its holes. `X-Cache` says what happened."""

    @wraps(view)
    def cached(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request)
        if not key:
            return _filled(view(request, *args, **kwargs), request, kwargs)
        visitor = settings.SESSION_COOKIE_NAME not in request.COOKIES
        cache = caches["pages"]
        kept = (visitor and cache.get(key + "|visitor")) or cache.get(key)
        outcome = "hit"
        if kept is None:
            response = _as_for_a_visitor(view, request, args, kwargs)
            if response.status_code != 200 or response.cookies:
                return _filled(response, request, kwargs)
            kept, outcome = _TOKEN.sub(r"\1\2", response.content.decode()), "miss"
            cache.set(key, kept, _KEEP_SECONDS)
        if _HOLE.search(kept):
            kept = _TOKEN.sub(r"\1\2", _fill(kept, request, kwargs))
            if visitor:
                cache.set(key + "|visitor", kept, _KEEP_SECONDS)
        response = HttpResponse(_with_token(kept, request))
        response.headers["X-Cache"] = outcome
        response.headers["Vary"] = "Cookie"
        return response

    return cached


def content_revision() -> int:
    """The present schema's revision, read on its own so that it is never newer than the page made after it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM common_contentrevision")
        row = cursor.fetchone()
    return row[0] if row else 0


def _key(request: HttpRequest) -> str:
    """Empty where the page must be made anew: not a plain reading, or a city that only its staff may see."""
    tenant = getattr(request, "tenant", None)
    if request.method != "GET" or tenant is None or not tenant.is_open or request.headers.get("HX-Request"):
        return ""
    minute = timezone.now().strftime("%d%H%M")
    path = request.get_full_path()
    key = f"{settings.RELEASE}|{content_revision()}|{minute}|{tenant.cache_state}|{path}"
    return key if len(key) <= _LONGEST_KEY else ""


def _as_for_a_visitor(view: Callable[..., HttpResponse], request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
    person = request.user
    request.user = AnonymousUser()
    try:
        return view(request, *args, **kwargs)
    finally:
        request.user = person


def _filled(response: HttpResponse, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponse:
    if response.headers.get("Content-Type", "").startswith("text/html") and b"<!--hole:" in response.content:
        response.content = _fill(response.content.decode(), request, kwargs)
    return response


def _fill(page: str, request: HttpRequest, kwargs: dict[str, Any]) -> str:
    return _HOLE.sub(lambda match: _fillers[match[1]](request, **kwargs), page)


def _with_token(page: str, request: HttpRequest) -> str:
    if 'name="csrfmiddlewaretoken"' not in page:
        return page
    token = get_token(request)
    return _TOKEN.sub(lambda match: match[1] + token + match[2], page)
