"""Which form of a kept page (common.pagecache) somebody gets, where it has a few."""

import re
from collections.abc import Callable, Iterable

from django.http import HttpRequest

from common.requests import Request

Variant = Callable[[HttpRequest], str]

_variants: list[tuple[re.Pattern[str], Variant, frozenset[str]]] = []


def varies(pattern: str, *, by: Iterable[str] = ()) -> Callable[[Variant], Variant]:
    """Register what says which form of a page somebody gets, for paths that match `pattern` as a whole.

    Known by its path, because a kept page is served before anybody knows its view. There must be few forms, whatever
    people write in the address, and the form says all that the parameters `by` do. Asked once a request; the view reads
    it with `page_variant`.
    """

    def register(variant: Variant) -> Variant:
        _variants.append((re.compile(pattern), variant, frozenset(by)))
        return variant

    return register


def page_variant(request: Request) -> str:
    """Which form of a page this request gets; empty where there is only one."""
    return _variant(request)[0]


def _variant(request: Request) -> tuple[str, frozenset[str]]:
    """And which parameters of its address say nothing else."""
    found: tuple[str, frozenset[str]] | None = getattr(request, "page_variant", None)
    if found is None:
        says = ((variant(request), by) for pattern, variant, by in _variants if pattern.fullmatch(request.path_info))
        found = request.page_variant = next(says, ("", frozenset()))
    return found


def address_of_all(request: Request) -> str:
    """Under which what all forms of the page have in common is kept."""
    form, by = _variant(request)
    if not form:
        return request.get_full_path()
    if not by.intersection(request.GET):
        return f"* {request.get_full_path()}"
    rest = request.GET.copy()
    for name in by.intersection(rest):
        del rest[name]
    return f"* {request.path}?{rest.urlencode()}" if rest else f"* {request.path}"
