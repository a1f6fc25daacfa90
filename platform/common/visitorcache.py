"""Whole pages for visitors, never stale.

A page is kept under its city's content revision, which the database counts up inside the very
transaction that changes anything (tenants.postgresql): reading the revision costs one tiny query
and says exactly whether the kept page still holds. What time alone changes (a phase that closes, a
day that passes) changes on a minute: the minute is part of the key.

Only for visitors without a session, only for views that say `@visitor_cached`.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.utils import timezone

from common.db import connection

# The token of a form belongs to one visitor: it is cut out of the kept page and put in at each serving.
_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]*(")')
_KEEP_SECONDS = 120


def visitor_cached(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view whose page is the same for every visitor without a session."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.visitor_cached = True  # type: ignore[attr-defined]
        return response

    return marked


def content_revision() -> int:
    """The present schema's revision, read on its own so that it is never newer than the page made after it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM common_contentrevision")
        row = cursor.fetchone()
    return row[0] if row else 0


class VisitorCacheMiddleware:
    """Answers from the cache, or keeps what the view marked. `X-Cache` says which."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.cache = caches["pages"]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "GET" or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.get_response(request)
        key = ""
        tenant = getattr(request, "tenant", None)
        if tenant is not None:
            minute = timezone.now().strftime("%d%H%M")
            htmx = request.headers.get("HX-Target", "")[:40] if request.headers.get("HX-Request") else ""
            state = tenant.cache_state
            key = f"{settings.RELEASE}|{content_revision()}|{minute}|{state}|{htmx}|{request.get_full_path()}"
            kept = self.cache.get(key) if len(key) < 230 else None
            if kept is not None:
                return self._served(request, *kept)
        response = self.get_response(request)
        if key and len(key) < 230 and self._may_keep(request, response):
            assert isinstance(response, HttpResponse)
            body = _TOKEN.sub(rb"\1\2", response.content)
            self.cache.set(key, (body, response.headers["Content-Type"]), _KEEP_SECONDS)
            response.headers["X-Cache"] = "miss"
        return response

    @staticmethod
    def _may_keep(request: HttpRequest, response: HttpResponseBase) -> bool:
        session = getattr(request, "session", None)
        return (
            getattr(response, "visitor_cached", False)
            and response.status_code == 200
            and not response.cookies
            and (session is None or session.is_empty())
        )

    @staticmethod
    def _served(request: HttpRequest, body: bytes, content_type: str) -> HttpResponse:
        if b'name="csrfmiddlewaretoken"' in body:
            token = get_token(request).encode()
            body = _TOKEN.sub(lambda match: match[1] + token + match[2], body)
        response = HttpResponse(body, content_type=content_type)
        response.headers["X-Cache"] = "hit"
        response.headers["Vary"] = "Cookie"
        return response
