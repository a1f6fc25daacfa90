"""Whole pages from memory, never stale, the same for everyone but for their holes.

A page is kept under its city's content revision, which the database counts up inside the very
transaction that changes anything (tenants.postgresql). The statement that enters the city reads it,
before the page is made, and so says exactly whether the kept page still holds. What time alone
changes (a phase that closes, a day that passes) changes on a minute: the minute is part of the key.

A kept page is always made as for a visitor: the view does not see who asks, so nothing personal
can get into it. What differs from person to person is a hole, `{% hole "account" %}`, filled at
each serving by the function registered for it. A hole may name one thing of many, `{% hole "useful" argument.pk %}`:
its function then asks for all of them at once, and keeps the answer on the request.

A page that has a few forms, each for many people (a list shuffled in one of 32 ways), says so with
`@varies`: each form is kept apart. All other pages have exactly one.
"""

import re
from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.utils import timezone

from common.requests import Request

Filler = Callable[..., str]
Variant = Callable[[HttpRequest], str]

_fillers: dict[str, Filler] = {}
_variants: list[tuple[re.Pattern[str], Variant]] = []
# Nobody can type it: what people write is escaped.
_HOLE = re.compile(rb"<!--hole:([a-z]+)(?::(\d+))?-->")
# The token of a form belongs to one visitor: a kept page has a NUL there, which no page has otherwise.
_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]*"')
_NO_TOKEN = b'\\1\x00"'
_KEEP_SECONDS = 120
# Beside a kept page: the same with its holes filled as for a visitor.
_FOR_VISITORS = "|visitor"


def fills(name: str) -> Callable[[Filler], Filler]:
    """Register what fills the hole `name`: called with the request and the view's own arguments.

    And with `of`, where the hole is about one thing of many.
    """

    def register(filler: Filler) -> Filler:
        _fillers[name] = filler
        return filler

    return register


def varies(pattern: str) -> Callable[[Variant], Variant]:
    """Register what says which form of a page somebody gets, for paths that match `pattern` as a whole.

    Known by its path, because a kept page is served before anybody knows its view. There must be few forms, whatever
    people write in the address. Asked once a request; the view reads it with `page_variant`.
    """

    def register(variant: Variant) -> Variant:
        _variants.append((re.compile(pattern), variant))
        return variant

    return register


def page_variant(request: Request) -> str:
    """Which form of a page this request gets; empty where there is only one."""
    found: str | None = getattr(request, "page_variant", None)
    if found is None:
        says = (variant(request) for pattern, variant in _variants if pattern.fullmatch(request.path_info))
        found = next(says, "")
        request.page_variant = found
    return found


def hole(name: str, request: HttpRequest, of: int | None = None) -> str:
    """The mark where a kept page differs from person to person; on any other page, what stands there, at once."""
    if getattr(request, "leaves_holes", False):
        return f"<!--hole:{name}-->" if of is None else f"<!--hole:{name}:{of}-->"
    match = request.resolver_match
    return _filling(name, request, match.kwargs if match else {}, of)


def cached_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views whose page is the same for everyone but for its holes. `X-Cache` says what happened."""

    @wraps(view)
    def cached(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        request.leaves_holes = True
        key = _key(request)
        if not key:
            return _filled(view(request, *args, **kwargs), request, kwargs)
        cache = caches["pages"]
        kept: bytes | None = cache.get(key)
        outcome = "hit"
        if kept is None:
            response = _as_for_a_visitor(view, request, args, kwargs)
            if response.status_code != 200 or response.cookies:
                return _filled(response, request, kwargs)
            kept, outcome = _TOKEN.sub(_NO_TOKEN, response.content), "miss"
            cache.set(key, kept, _KEEP_SECONDS)
        kept = _TOKEN.sub(_NO_TOKEN, _fill(kept, request, kwargs))
        if _is_visitor(request):
            cache.set(key + _FOR_VISITORS, kept, _KEEP_SECONDS)
        return _served(kept, request, outcome)

    return cached


class VisitorPageMiddleware:
    """Serves visitors a kept page before sessions, accounts and views are loaded."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.csrf = CsrfViewMiddleware(get_response)

    def __call__(self, request: Request) -> HttpResponseBase:
        if _is_visitor(request) and (key := _key(request)):
            kept = caches["pages"].get(key + _FOR_VISITORS)
            if kept is not None:
                self.csrf.process_request(request)
                return self.csrf.process_response(request, _served(kept, request, "hit"))
        return self.get_response(request)


def _is_visitor(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def _served(kept: bytes, request: HttpRequest, outcome: str) -> HttpResponse:
    if b"\0" in kept:
        kept = kept.replace(b"\0", get_token(request).encode())
    # Nobody between us and the reader keeps it, and a browser asks again.
    headers = {"X-Cache": outcome, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    return HttpResponse(kept, headers={**headers, "Content-Length": str(len(kept))})


def kept_part(request: HttpRequest, variant: str, make: Callable[[], str]) -> str:
    """The filling of a hole that takes few forms on one page, e.g. the buttons with one of them pressed.

    Kept beside its page, under `variant`, which must say everything that the filling depends on.
    """
    page_key = getattr(request, "page_key", "")
    if not page_key:
        return make()
    key = _digest(f"{page_key}|{variant}")
    part: str | None = caches["pages"].get(key)
    if part is None:
        part = make()
        caches["pages"].set(key, _TOKEN.sub(_NO_TOKEN, part.encode()).decode(), _KEEP_SECONDS)
    return part


def _key(request: Request) -> str:
    """Empty where the page must be made anew: not a plain reading, or a city that only its staff may see."""
    tenant = getattr(request, "tenant", None)
    if request.method != "GET" or tenant is None or not tenant.is_open or request.headers.get("HX-Request"):
        return ""
    revision = request.content_revision  # read by the statement that entered the city
    minute = timezone.now().strftime("%d%H%M")
    page = f"{page_variant(request)}|{request.get_full_path()}"
    key = _digest(f"{settings.RELEASE}|{revision}|{minute}|{tenant.cache_state}|{page}")
    request.page_key = key
    return key


def _digest(says: str) -> str:
    """Addresses are as long and odd as people make them; a key of a cache is not."""
    return blake2b(says.encode(), digest_size=20).hexdigest()


def _as_for_a_visitor(view: Callable[..., HttpResponse], request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
    person = request.user
    request.user = AnonymousUser()
    try:
        return view(request, *args, **kwargs)
    finally:
        request.user = person


def _filled(response: HttpResponse, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponse:
    if response.headers.get("Content-Type", "").startswith("text/html") and b"<!--hole:" in response.content:
        filled = _fill(response.content, request, kwargs)
        response.content = filled.replace(b"\0", get_token(request).encode()) if b"\0" in filled else filled
    return response


def _fill(page: bytes, request: HttpRequest, kwargs: dict[str, Any]) -> bytes:
    def filling(match: re.Match[bytes]) -> bytes:
        return _filling(match[1].decode(), request, kwargs, int(match[2]) if match[2] else None).encode()

    return _HOLE.sub(filling, page)


def _filling(name: str, request: HttpRequest, kwargs: dict[str, Any], of: int | None) -> str:
    return _fillers[name](request, **kwargs) if of is None else _fillers[name](request, of=of, **kwargs)
