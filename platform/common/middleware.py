"""Headers of every answer, health, one log line a request, and a limit for whatever is posted."""

import logging
import re
import time
from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import cache as shared_cache
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django_tenants.utils import get_tenant_model

from common.db import connection
from common.discretion import method_of, route_of
from common.languages import in_language, in_that_language, language_of, page_above, present_language
from common.limits import TooMany, consume, key_of, limit_of, seconds_until
from common.requests import is_api
from common.views import too_many

logger = logging.getLogger("requests")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class PolicyMiddleware(CSPMiddleware):
    """django-csp, whose policy is put together once, and not at each answer, where nothing changes it."""

    def process_request(self, request: HttpRequest) -> None:
        """No nonce: no template of ours asks for one."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.DEBUG or any(name.startswith("_csp_") for name in vars(response)):
            changed: HttpResponseBase = super().process_response(request, response)
            return changed
        response.headers.setdefault(HEADER, _policy())
        return response


@cache
def _policy() -> str:
    return str(build_policy())


class HeadersMiddleware:
    """What every answer says besides Django's own headers and the content policy, unless its view says otherwise.

    Pages ask for no sensor. Nobody between us and the reader keeps an answer; what somebody with a session got, not
    even their browser, which others use after them.
    """

    NO_SENSORS = (
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.NO_SENSORS)
        known = settings.SESSION_COOKIE_NAME
        has_session = known in request.COOKIES or known in response.cookies
        response.headers.setdefault("Cache-Control", "private, no-store" if has_session else "private, no-cache")
        return response


class HealthMiddleware:
    """`/healthz`: the process answers. `/readyz`: it can serve. On any host, before any city is looked up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path == "/readyz":
            return readiness()
        return self.get_response(request)


def readiness() -> JsonResponse:
    """503 without the database; Redis away is said but serves on (tasks wait in the outbox)."""
    parts = {"database": "ok", "redis": "ok"}
    try:
        connection.set_schema_to_public()
        get_tenant_model().objects.exists()
    except DatabaseError:
        parts["database"] = "away"
    finally:
        connection.close()
    try:
        shared_cache.client.get_client().ping()  # type: ignore[attr-defined]
    except Exception:  # whatever a client library raises: it is away
        parts["redis"] = "away"
    ready = parts["database"] == "ok"
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


class RequestLogMiddleware:
    """Method, route, status and milliseconds. No path, no address, no person."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = self.get_response(request)
        logger.info(
            "%s %s %s",
            method_of(request),
            route_of(request),
            response.status_code,
            extra={
                "status": response.status_code,
                "ms": round(1000 * (time.perf_counter() - started), 1),
                "schema": getattr(getattr(request, "tenant", None), "schema_name", "public"),
            },
        )
        return response


_SAFE = ("GET", "HEAD")
_OF_PROGRAMS = ("PUT", "PATCH", "DELETE")


class MethodMiddleware:
    """405 for what is neither read nor posted, before anything looks at it: TRACE, CONNECT, methods that nobody knows.

    Pages would answer TRACE as they answer GET, without the views' checks for what is unsafe.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        taken = (*_SAFE, "POST", *(_OF_PROGRAMS if is_api(request) else ()))
        if request.method not in taken:
            return HttpResponseNotAllowed(taken)
        response = self.get_response(request)
        if is_api(request):
            return response
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET" and not response.content:
            # Opened again after a refusal, or from a tab of before: a way back, and not the browser's own blank page.
            with in_language(language_of(request)):
                above = in_that_language(page_above(request), present_language())
                response.content = render_to_string("405.html", {"above": above}, request)
            response.headers["Content-Length"] = str(len(response.content))
            response.headers["Content-Type"] = "text/html; charset=utf-8"
        return response


class LimitMiddleware:
    """Counts every unsafe request by the limit of its view (common.limits); 429, in words, for what is too many.

    Comes last: it asks who is there, and what was refused before it (a forged form, a city that only reads) counts
    for nothing. A page that says so itself, where its form stands, says in its header when to try again, too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        retry_at = getattr(request, "retry_at", None)
        if response.status_code == 429 and retry_at is not None:
            response.headers.setdefault("Retry-After", str(seconds_until(retry_at, at=timezone.now())))
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        if request.method in _SAFE:
            return None
        try:
            consume(limit_of(view), request=request, key=key_of(request, view))
        except TooMany as refusal:
            return too_many(request, refusal)
        return None

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponseBase | None:
        return too_many(request, problem) if isinstance(problem, TooMany) else None


class MessagePlaceMiddleware:
    """What came of a press is said where the address of the answer leads: `redirect(f"{page}#argument-12")`.

    At its top, a long page would say it far above the screen. The place takes the focus, as everything does that an
    address leads to and that can have it: it is heard, with scripts and without. On a page without that place, or at an
    address without any, it is said at the top, and has the focus (common/components/_messages.html).
    """

    KEY = "messages_at"
    BOX = re.compile(rb'<section class="messages".*?</section>', re.DOTALL)
    # What may hold a paragraph as its first child.
    PLACE = rb'<(?:article|div|form|li|section)\b(?=[^<>]*\sid="%b")[^<>]*'

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        said = get_messages(request)
        if getattr(said, "used", False):
            place = request.session.pop(self.KEY, "")
            if place and isinstance(response, HttpResponse):
                self._say(response, place)
        elif getattr(said, "added_new", False):
            target = response.headers.get("HX-Redirect") or response.headers.get("Location", "")
            request.session[self.KEY] = urlsplit(target).fragment
        return response

    def _say(self, response: HttpResponse, place: str) -> None:
        page = response.content
        box, found = self.BOX.search(page), re.search(self.PLACE % re.escape(place.encode()), page)
        if box is None or found is None or found.start() < box.start():
            return
        able = b"" if b"tabindex=" in found[0] else b' tabindex="-1"'
        words = box[0].replace(b" autofocus", b"", 1)
        start = found.end() + 1
        response.content = page[: box.start()] + page[box.end() : found.end()] + able + b">" + words + page[start:]
        if "Content-Length" in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
