"""A request as the house has it: with what middleware and views have set on it."""

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """For signatures only: what arrives is Django's own. An app that sets more declares it in a class of its own."""

    tenant: Any  # the Municipality of the host (tenants.middleware); None on the public site
    htmx: HtmxDetails
    # Of the city, read by the statement that entered it, at `entered_at` or later (time.monotonic):
    content_revision: int
    soon_revision: int
    entered_at: float
    # Of a kept page (common.pagecache):
    leaves_holes: bool
    page_scopes: frozenset[str] | None
    page_moment: str
    kept_page: Any
    page_variant: str
