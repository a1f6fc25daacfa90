"""A request as the house has it: with what middleware and views have set on it."""

from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """For signatures only: what arrives is Django's own. An app that sets more declares it in a class of its own."""

    tenant: Any  # the Municipality of the host (tenants.middleware); None on the public site
    language: str  # that its address asks for, if it is not French (common.languages)
    htmx: HtmxDetails
    # Of the city, read by the statement that entered it, at `entered_at` or later (time.monotonic):
    content_revision: int
    soon_revision: int
    entered_at: float
    # Of a kept page (common.pagecache):
    leaves_holes: bool
    page_scopes: dict[str, Any] | None
    page_state: str
    kept_page: Any
    page_variant: tuple[str, frozenset[str]]
    form_maker: Any


# Where the API of a site stands, each version at an address of its own.
API = "/api/v1/"


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, and not a browser: answers are no pages, cookies are not read (rest.middleware)."""
    return request.path_info.startswith(API)


_Page = TypeVar("_Page", bound=HttpResponseBase)


def says(page: _Page, code: str, detail: object = "") -> _Page:
    """What a page of refusal says, for programs, which get that instead of the page (rest.problems)."""
    page.says = (code, detail)  # type: ignore[attr-defined]
    return page
