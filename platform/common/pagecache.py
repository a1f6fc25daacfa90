"""Whole pages from memory, the same for everyone but for their holes.

A page is kept under its city's content revision, which the database counts up inside the very transaction that changes
anything (tenants.postgresql). The statement that enters the city reads it, before the page is made, and so says exactly
whether the kept page still holds. **What is hidden, ended, corrected or erased acts at once**: no page made before
is served again, anywhere. So does whatever no app says anything about.

Only what an app declares so (`soon`, common.tables) may wait: counts, and what people add. Of that, a page is always
right for whoever wrote (a cookie without any name says for some seconds that they have), and **at most a second old for
others**. It says what it depends on (`depends_on`), services what they change (common.db.concerns): what else changes
leaves it alone. A page that says nothing depends on everything in its city.

One reader makes a page while the others get the last one; where it is too old for that, they wait for it.

What time alone changes (a phase that closes, a day that passes) ends a page at that very moment, which the clock notes
while the page is made (common.clock).

A kept page is always made as for a visitor: the view does not see who asks, so nothing personal
can get into it. What differs from person to person is a hole, `{% hole "account" %}`, filled at
each serving by the function registered for it. A hole may name one thing of many, `{% hole "useful" argument.pk %}`:
its function then asks for all of them at once, and keeps the answer on the request.

A page that has a few forms, each for many people (a list shuffled in one of 32 ways), says so with
`@varies` (common.variants). What they have in common is made once, with all that they need of the database; the rest,
`in_each_form`, is made of that for each of them, and goes with it. All other pages have exactly one form.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.safestring import SafeString, mark_safe

from common.clock import Validity
from common.db import connection
from common.kept import (
    FORM_PART,
    HOLE,
    TOKEN,
    Cut,
    Dependency,
    Hole,
    KeptPage,
    KeptResponse,
    Slot,
    kept_slot,
    mark_of,
    slot_of,
    token_of,
    without_tokens,
)
from common.languages import present_language
from common.requests import Request
from common.variants import address_of_all, page_variant

Filler = Callable[..., str]

_fillers: dict[str, Filler] = {}
_alike: dict[str, Callable[..., bool]] = {}
# For so long whoever has written gets no page that may be older, in whatever process. Longer than others may wait.
WROTE_SECONDS = 3
# What every page depends on: a transaction that does not say what it concerns.
EVERYTHING = "*"
_EVERYTHING = Dependency()
# The part of the time that a page may be old after which the first reader makes it anew, while others get it still.
_MADE_ANEW_AFTER = 0.85
# Seconds after which a reader no longer waits for the page that another makes.
_PATIENCE = 10


def fills(name: str, *, as_a_visitor: Callable[..., bool] | None = None) -> Callable[[Filler], Filler]:
    """Register what fills the hole `name`: called with the request and the view's own arguments.

    And with `of`, where the hole is about one thing of many: then `as_a_visitor`, called without it, may say that all
    of them say to this person what they say to a visitor, so that a page is not put together of a hundred parts.
    """

    def register(filler: Filler) -> Filler:
        _fillers[name] = filler
        if as_a_visitor is not None:
            _alike[name] = as_a_visitor
        return filler

    return register


def in_each_form(request: Request, make: Callable[[Request], str]) -> SafeString:
    """What differs from one form of a page to the next: made for whoever gets one that nobody had yet.

    `make` is called as for a visitor, long after its page: with the request that it is for, whose view was not called.
    """
    if not getattr(request, "page_state", ""):
        return mark_safe(make(request))  # noqa: S308 (our templates)
    request.form_maker = make
    return mark_safe(FORM_PART.decode())  # noqa: S308


def hole(name: str, request: HttpRequest, of: int | None = None) -> str:
    """The mark where a kept page differs from person to person; on any other page, what stands there, at once."""
    if getattr(request, "leaves_holes", False):
        return mark_of(Hole(name, of)).decode()
    match = request.resolver_match
    return _filling(name, request, match.kwargs if match else {}, of)


def depends_on(
    request: Any, *scopes: str, look: Callable[[], object] | None = None, shows: object = None, in_holes: bool = False
) -> None:
    """Say, while a page is made, what of all that may change soon it depends on: all of it, in one call or several.

    `look`: finds what the page shows of these, `shows`: as long as it finds the same, they leave the page alone.
    `in_holes`: else they are seen in its holes alone, which are filled anew; the page stays.
    """
    known = getattr(request, "page_scopes", None) or {}
    request.page_scopes = {**known, **dict.fromkeys(scopes, Dependency(look, shows, in_holes))}


def cached_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views whose page is the same for everyone but for its holes. `X-Cache` says what happened."""

    @wraps(view)
    def cached(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        request.leaves_holes = True
        key = _key(request)
        if not key:
            return _filled(view(request, *args, **kwargs), request, kwargs)
        with slot_of(key) as slot:
            page, outcome = _page(
                request,
                slot,
                lambda: _made(view, request, args, kwargs),
                lambda page: _form_made(request, page, kwargs),
            )
        if isinstance(page, HttpResponse):
            return _filled(page, request, kwargs)
        page.for_all = page.for_all or not getattr(request.user, "has_role", False)
        form = page.form(page_variant(request))
        if form is None:
            form, outcome = _form_made(request, page, kwargs), "form"
        request.kept_page = form
        return _served(form, _cut_for(request, form, kwargs), request, outcome, kwargs)

    return cached


def _cut_for(request: Request, page: KeptPage, kwargs: dict[str, Any]) -> Cut:
    """The page with as few holes as it may have for this reader."""
    if _is_visitor(request):
        if page.for_visitors is None:
            with page.validity.noted():
                page.for_visitors = Cut(b"".join(page.cut.filled(lambda hole: _kept_filling(hole, request, kwargs))))
        return page.for_visitors
    of_many = {hole.name for hole in page.cut.holes.values() if hole.of is not None}
    if not of_many or not all(name in _alike and _alike[name](request, **kwargs) for name in of_many):
        return page.cut
    if page.for_most is None:

        def as_for_a_visitor(hole: Hole) -> bytes:
            return mark_of(hole) if hole.of is None else _kept_filling(hole, request, kwargs)

        with page.validity.noted():
            page.for_most = Cut(b"".join(page.cut.filled(as_for_a_visitor)))
    return page.for_most


def _page(
    request: Request, slot: Slot, make: Callable[[], KeptPage | HttpResponse], fill: Callable[[KeptPage], object]
) -> tuple[KeptPage | HttpResponse, str]:
    """The page that this reader gets: the kept one, or one made anew, by one reader at a time."""
    page = _page_in_time(slot)
    if page is not None and _may_serve(page, request):
        return page, "hit"
    waited = not slot.lock.acquire(blocking=False)
    if waited:
        if page is not None and _age(page) < _seconds_for(request):  # others get the last one
            return page, "hit"
        if not slot.lock.acquire(timeout=_PATIENCE):
            return make(), "miss"
    try:
        page = _page_in_time(slot)
        if page is not None and _may_serve(page, request):
            return page, "hit"
        if waited:
            _look_again(request)
        if page is not None and (seen := _what_holds(page, request)) is not None:
            if seen is page:
                return page, "hit"
            fill(seen)  # before others get it
            slot.page = seen
            return seen, "filled"
        made = make()
        if isinstance(made, KeptPage):
            slot.page = made
        return made, "miss"
    finally:
        slot.lock.release()


def _page_in_time(slot: Slot | None) -> KeptPage | None:
    """The one that is kept, unless its time is over: nobody gets that."""
    page = slot.page if slot is not None else None
    return None if page is None or page.validity.is_over else page


def _look_again(request: Request) -> None:
    """What somebody makes who had to wait is good for all who came until now: where a page takes long to make, they
    would otherwise make it one after the other."""
    request.entered_at = time.monotonic()
    (request.soon_revision,) = connection.planned_once("SELECT soon FROM common_contentrevision", [])


def _may_serve(page: KeptPage, request: Request) -> bool:
    """Without asking the database more than what was read on entering the city."""
    if page.soon >= request.soon_revision:
        page.holds(soon=request.soon_revision, at=request.entered_at)
        return True
    # Begun after this reader came: it is what they would make themselves.
    return page.known_at >= request.entered_at or _age(page) < _MADE_ANEW_AFTER * _seconds_for(request)


def _what_holds(page: KeptPage, request: Request) -> KeptPage | None:
    """The page, if nothing of what has changed meanwhile is of it; where that is seen in its holes alone, with these
    empty."""
    if page.scopes is None:
        return None
    (changed,) = connection.planned_once(
        "SELECT array_agg(scope) FROM common_changedscope WHERE scope = ANY(%s::text[]) AND soon > %s",
        [[*page.scopes, EVERYTHING], page.soon],
    )
    found = [page.scopes.get(scope, _EVERYTHING) for scope in changed or ()]
    if not all(each.leaves_it_alone() for each in found):
        return None
    if any(each.in_holes for each in found):
        page = page.emptied()
    page.holds(soon=request.soon_revision, at=request.entered_at)
    return page


def _age(page: KeptPage) -> float:
    return time.monotonic() - page.known_at


def _seconds_for(request: Request) -> float:
    """How old a page may be for this reader."""
    return 0.0 if settings.WROTE_COOKIE_NAME in request.COOKIES else float(settings.KEPT_PAGE_SECONDS)


def _made(view: Callable[..., HttpResponse], request: Request, args: Any, kwargs: Any) -> KeptPage | HttpResponse:
    """A page to keep; what is not one, as the view gave it."""
    request.page_scopes, request.form_maker = None, None
    validity = Validity()
    with _as_for_a_visitor(request), validity.noted():
        response = view(request, *args, **kwargs)
    if response.status_code != 200 or response.cookies:
        return response
    page = KeptPage(
        response,
        scopes=request.page_scopes,
        soon=request.soon_revision,
        known_at=request.entered_at,
        validity=validity,
        of_view=(request.resolver_match, kwargs),
        make_form=request.form_maker,
    )
    # Before others get it: each of those who read at this moment would do the same.
    _form_made(request, page, kwargs)
    return page


def _form_made(request: Request, page: KeptPage, kwargs: dict[str, Any]) -> KeptPage:
    """The form of a page that this reader gets, ready to be served to all others."""
    part = b""
    if page.make_form is not None:
        with _as_for_a_visitor(request), page.validity.noted():
            part = page.make_form(request).encode()
    request.kept_page = form = page.with_form(page_variant(request), part)
    _cut_for(request, form, kwargs).pack()
    return form


@contextmanager
def _as_for_a_visitor(request: Request) -> Iterator[None]:
    person = request.user
    request.user, request.page_state = AnonymousUser(), _digest(_state(request))
    try:
        yield
    finally:
        request.user, request.page_state = person, ""


class VisitorPageMiddleware:
    """Serves visitors a kept page before sessions, accounts and views are loaded."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.csrf = CsrfViewMiddleware(get_response)

    def __call__(self, request: Request) -> HttpResponseBase:
        if _is_visitor(request) and (key := _key(request)):
            page = _page_in_time(kept_slot(key))
            form = page.form(page_variant(request)) if page is not None and _may_serve(page, request) else None
            if form is not None and form.for_visitors is not None:
                if not form.for_visitors.has_token:
                    return _served(form, form.for_visitors, request, "hit", {})
                self.csrf.process_request(request)
                return self.csrf.process_response(request, _served(form, form.for_visitors, request, "hit", {}))
        return self.get_response(request)


class PersonPageMiddleware:
    """Serves people a kept page before its view is looked for. Comes last, after all that says who they are.

    Only one that somebody without any role has got from it, at this very address, of a city in this very state: so
    nothing is asked of who reads it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        if key := _key(request):
            page = _page_in_time(kept_slot(key))
            is_ready = page is not None and page.for_all and page.of_view and _may_serve(page, request)
            form = page.form(page_variant(request)) if page is not None and is_ready else None
            if form is not None and form.of_view:
                request.resolver_match, kwargs = form.of_view
                request.leaves_holes, request.kept_page = True, form
                return _served(form, _cut_for(request, form, kwargs), request, "hit", kwargs)
        return self.get_response(request)


def _is_visitor(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def _served(page: KeptPage, cut: Cut, request: HttpRequest, outcome: str, kwargs: dict[str, Any]) -> HttpResponse:
    token = token_of(request) if cut.has_token else b""

    def filling(hole: Hole) -> bytes:
        return token if hole is TOKEN else _with_token(_kept_filling(hole, request, kwargs), request)

    # Nobody between us and the reader keeps it, and a browser asks again.
    headers = {"X-Cache": outcome, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Encoding"}
    response = KeptResponse(cut, cut.filled(filling), headers={**headers, **page.headers})
    if page.is_framed:
        response.xframe_options_exempt = True
    return response


def _kept_filling(hole: Hole, request: HttpRequest, kwargs: dict[str, Any]) -> bytes:
    """With a mark in the place of the form's token."""
    if hole is TOKEN:
        return b"\0"
    return without_tokens(_filling(hole.name, request, kwargs, hole.of).encode())


def _with_token(filling: bytes, request: HttpRequest) -> bytes:
    return filling.replace(b"\0", token_of(request)) if b"\0" in filling else filling


def _key(request: Request) -> str:
    """Empty where the page must be made anew: not a plain reading, or a city that only its staff may see."""
    tenant = getattr(request, "tenant", None)
    if request.method != "GET" or tenant is None or not tenant.is_open or request.META.get("HTTP_HX_REQUEST"):
        return ""
    return _digest(f"{_state(request)}|{address_of_all(request)}")


def _state(request: Request) -> str:
    """What all the pages of a city in a language have in common as long as they hold."""
    return f"{settings.RELEASE}|{request.content_revision}|{request.tenant.cache_state}|{present_language()}"


def _digest(says: str) -> str:
    """Addresses are as long and odd as people make them; a key of a cache is not."""
    return blake2b(says.encode(), digest_size=20).hexdigest()


def _filled(response: HttpResponse, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponse:
    """What is not kept, with its holes filled."""
    if response.headers.get("Content-Type", "").startswith("text/html") and b"<!--hole:" in response.content:

        def filling(match: re.Match[bytes]) -> bytes:
            return _filling(match[1].decode(), request, kwargs, int(match[2]) if match[2] else None).encode()

        response.content = _with_token(HOLE.sub(filling, response.content), request)
    return response


def _filling(name: str, request: HttpRequest, kwargs: dict[str, Any], of: int | None) -> str:
    return _fillers[name](request, **kwargs) if of is None else _fillers[name](request, of=of, **kwargs)
