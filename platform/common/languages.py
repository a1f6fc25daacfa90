"""The languages in which people read a city: French, and those that the city offers besides (settings.LANGUAGES).

**The address says which.** `/en/propositions/` is `/propositions/` in English: the middleware takes the language off
the path before anything looks at it, and whatever is said and linked to until the answer is there is in that language.
So no address is written twice, pages may be shared, and kept pages lie apart. Nobody's browser is asked: whoever reads
in another language has chosen it, by a link on each page.

What people and the city have written is shown as it was written, and marked as French (`as_written`, in the tags).
The team's desk, the API, feeds and files are in French alone.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import getclosurevars, isfunction
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve, set_script_prefix
from django.utils import translation

from common.requests import Request
from common.variants import address_of_all

# What is in French alone, by its path without the language: the desk, what is seen before it opens, the API and its
# page, what other sites show, what machines read, and files. Pictures have no words: they are the same everywhere.
_FRENCH_ALONE = re.compile(
    r"/(?:gestion|apercu|api|courriel|static|widget)(?:/.*)?"
    r"|/.*\.(?:atom|csv|ics|json|jsonld|pdf|txt|xlsx|zip)"
    r"|/(?!logo/).*\.png"  # what social networks show, in words
)


@dataclass(frozen=True)
class Version:
    """Of a page: the language it is in, in that language's own words, and where it is."""

    code: str
    name: str
    url: str
    full_url: str
    is_here: bool


def present_language() -> str:
    """In which things are said now."""
    return translation.get_language() or str(settings.LANGUAGE_CODE)


def is_french() -> bool:
    return present_language() == settings.LANGUAGE_CODE


def language_of(request: HttpRequest) -> str:
    """In which its address asks to be answered: for what is outside of the middleware."""
    return str(getattr(request, "language", settings.LANGUAGE_CODE))


def other_languages() -> dict[str, str]:
    """All that a city could offer besides French: code → name."""
    return {code: str(name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE}


def offered(city: Any) -> list[str]:
    """The codes of those that a city offers besides French, in the settings’ order; the public site offers none."""
    chosen = getattr(city, "languages", "").split()
    return [code for code in other_languages() if code in chosen] if chosen else []


def choices(city: Any) -> list[tuple[str, str]]:
    """Of whoever may choose one: French, and those; nothing where there is only French."""
    names, codes = dict(settings.LANGUAGES), offered(city)
    return [(code, str(names[code])) for code in (str(settings.LANGUAGE_CODE), *codes)] if codes else []


def as_kept(code: str) -> str:
    """A language as rows keep it: nothing for French, which is what nearly all of them have."""
    return "" if code == settings.LANGUAGE_CODE else code


def kept_language(kept: str, city: Any) -> str:
    """The language that a row keeps, as long as the city offers it."""
    return kept if kept in offered(city) else str(settings.LANGUAGE_CODE)


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Until the end of the block things are said in it, and every address leads to a page in it."""
    prefix = get_script_prefix()
    set_script_prefix(prefix_of(code))
    try:
        with translation.override(code):
            yield
    finally:
        set_script_prefix(prefix)


def prefix_of(code: str) -> str:
    return "/" if code == settings.LANGUAGE_CODE else f"/{code}/"


def split(path: str) -> tuple[str, str]:
    """The language of a path and the path without it, as urlconfs know it. Whether a city offers it is not asked."""
    first, slash, rest = path[1:].partition("/")
    return (first, f"/{rest}") if slash and first in other_languages() else (str(settings.LANGUAGE_CODE), path)


def in_that_language(address: str, code: str) -> str:
    """The same page of ours in another language: of a path, with what follows it."""
    path = split(address)[1]
    if _FRENCH_ALONE.fullmatch(path.partition("?")[0].partition("#")[0]):
        return path
    return prefix_of(code) + path[1:]


def links_in(text: str, *, root: str, code: str) -> str:
    """A text whose links to pages of the site at `root` (without a slash at its end) lead to those in the language."""
    found = re.compile(rf"{re.escape(root)}(/[^\s\"'<>)]*)")
    return found.sub(lambda link: root + in_that_language(link[1], code), text)


def versions(request: Request) -> list[Version]:
    """The present page in all languages of its city, French first; none where there is only French."""
    codes = offered(getattr(request, "tenant", None))
    if not codes:
        return []
    here, names = present_language(), dict(settings.LANGUAGES)
    # On a kept page with a few forms, what tells them apart is not in its links.
    address = address_of_all(request).removeprefix("* ") if request.method in ("GET", "HEAD") else _page_of(request)
    every = [str(settings.LANGUAGE_CODE), *codes]
    root = request.tenant.url.rstrip("/")
    urls = {code: in_that_language(address, code) for code in every}
    return [Version(code, str(names[code]), url, root + url, code == here) for code, url in urls.items()]


def _page_of(request: HttpRequest) -> str:
    """Where a page that answers what was sent can be read: at its own address, or at that of its form, above."""
    match = request.resolver_match
    return request.path if match is None or opens(match) else page_above(request)


def opens(match: ResolverMatch) -> bool:
    """Whether its address answers without anything sent (`require_POST` does not)."""
    view: Any = match.func
    while view is not None:
        methods = getclosurevars(view).nonlocals.get("request_method_list") if isfunction(view) else None
        if methods is not None:
            return "GET" in methods
        view = getattr(view, "__wrapped__", None)
    return True


def page_above(request: HttpRequest) -> str:
    """The nearest address above this one that leads somewhere."""
    above = request.path_info
    while above != "/":
        above = f"{above.rstrip('/').rpartition('/')[0]}/"
        try:
            if opens(resolve(above, getattr(request, "urlconf", None))):
                return above
        except Resolver404:
            continue
    return above


class LanguageMiddleware:
    """Comes next after the city is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        code, path = split(request.path_info)
        if path is request.path_info or code not in offered(request.tenant):
            return self._without(request)
        if _FRENCH_ALONE.fullmatch(path):
            return _led_to(request, path)
        request.path_info, request.language = path, code
        with in_language(code):
            return self.get_response(request)

    def _without(self, request: Request) -> HttpResponseBase:
        code = request.path_info[1:]
        if code in other_languages() and code in offered(request.tenant):
            return _led_to(request, f"/{code}/")
        return self.get_response(request)


def _led_to(request: Request, path: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    keeps = request.method not in ("GET", "HEAD")
    # A path of one slash: two would be a host.
    return HttpResponseRedirect(f"/{path.lstrip('/')}" + (f"?{query}" if query else ""), preserve_request=keeps)
