"""The host chooses the city: its schema, its role, its pages. An unknown host gets a friendly 404.

And its state says what a request may do: a city that only reads refuses the rest with a page, not an error.
"""

import time
from collections.abc import Callable
from copy import copy
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db.utils import ProgrammingError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import render
from django.urls import Resolver404, resolve, set_urlconf
from django.utils.translation import gettext
from django_tenants.utils import schema_context
from psycopg.errors import InsufficientPrivilege, LockNotAvailable

from accounts.begun import words_begun
from accounts.permissions import is_of_the_team
from common.db import connection, this_connection
from common.pagecache import WROTE_SECONDS
from common.requests import Request, says
from common.states import Answers, answers_of
from common.text import typed_words
from common.views import server_error
from tenants.enums import LifecycleState
from tenants.models import DEFAULT_COLOUR, Municipality
from tenants.postgresql.base import EnteredCity
from tenants.selectors import municipality_as_of

# In the environ of a request that this process made itself (onboarding.checks): no header can put it there.
CHECKING = "territoires.checking"
# Put into it by this process: the schema that a request was answered in (config.asgi).
ANSWERED_BY = "territoires.answered_by"


class TenantMiddleware:
    """Sets `request.tenant` (None on the public site) and the schema, before anything else is looked up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        connection = this_connection()
        connection.set_schema_to_public()
        try:
            host = request.get_host().rpartition(":")[0] or request.get_host()
        except DisallowedHost:
            return HttpResponseBadRequest("Bad Request (400)\n", content_type="text/plain")
        host = host.lower().rstrip(".")
        request.tenant = None
        try:
            if host == settings.PUBLIC_HOST:
                request.environ[ANSWERED_BY] = connection.schema_name  # type: ignore[attr-defined]
                return self._public(request)
            request.entered_at = time.monotonic()
            unready = CHECKING in request.environ  # type: ignore[attr-defined]
            entered = connection.enter_city(host, unready=unready, session_key=_session_key(request))
            if entered is None:
                return self._unknown(request)
            request.environ[ANSWERED_BY] = connection.entered  # type: ignore[attr-defined]
            request.content_revision, request.soon_revision = entered.revision, entered.soon
            response = self._city(request, entered, host, connection)
            if connection.moved_soon:
                _say_who_wrote(response)
            return response
        finally:
            connection.forget_found()
            connection.set_schema_to_public()

    def _public(self, request: HttpRequest) -> HttpResponseBase:
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        set_urlconf(settings.PUBLIC_SCHEMA_URLCONF)
        return self.get_response(request)

    def _city(self, request: Request, entered: EnteredCity, host: str, connection: Any) -> HttpResponseBase:
        municipality = copy(municipality_as_of(entered.pk, entered.row))
        if host != municipality.host and not _is_answered_everywhere(request):
            return self._moved(request, municipality)
        if municipality.maintenance_since is not None:
            return self._in_maintenance(request)
        request.tenant = municipality
        connection.set_tenant(municipality)
        return self.get_response(request)

    @staticmethod
    def _moved(request: HttpRequest, municipality: Municipality) -> HttpResponse:
        """A redirect from a former host, or from the service's for a city with a domain of its own."""
        address = municipality.url.rstrip("/") + request.get_full_path()
        response = HttpResponsePermanentRedirect(address, preserve_request=request.method not in ("GET", "HEAD"))
        # Not for ever in a browser: a city may go back to an address that it left.
        response.headers["Cache-Control"] = "max-age=60"
        return response

    @staticmethod
    def _in_maintenance(request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        set_urlconf(settings.PUBLIC_SCHEMA_URLCONF)
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = "120"
        response.headers["Cache-Control"] = "no-store"
        response._has_been_logged = True  # type: ignore[attr-defined]  # as for one that is suspended
        return says(response, "maintenance", gettext("The platform is being worked on. Try again in two minutes."))

    @staticmethod
    def _unknown(request: HttpRequest) -> HttpResponse:
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        set_urlconf(settings.PUBLIC_SCHEMA_URLCONF)
        return render(request, "unknown_host.html", {"service_url": settings.PUBLIC_BASE_URL + "/"}, status=404)


def _session_key(request: HttpRequest) -> str:
    """As a session's key may look, and the database takes it; empty for what is none."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return key if len(key) <= 40 and key.isascii() and key.isalnum() else ""


def _say_who_wrote(response: HttpResponseBase) -> None:
    """For some seconds, whoever has written gets no page that may be older (common.pagecache)."""
    response.set_cookie(
        settings.WROTE_COOKIE_NAME,
        "1",
        max_age=WROTE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _is_answered_everywhere(request: HttpRequest) -> bool:
    """Whether what is posted must not be redirected: its view says so (common.views.answered_everywhere)."""
    if request.method != "POST":
        return False
    try:
        view = resolve(request.path_info, settings.ROOT_URLCONF).func
    except Resolver404:
        return False
    return getattr(view, "answered_everywhere", False)


_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class LifecycleMiddleware:
    """Answers with a page what the database would refuse in a city that takes no writing; hides suspended and
    unverified ones.

    Whoever made an unverified city may have called it anything. What a view answers all the same, it declares
    (common.states). Comes last, because it needs the person.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: Request, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        city: Municipality | None = request.tenant
        if city is None or (city.is_verified and city.takes_writing):
            return None
        said = answers_of(view)
        if not city.is_verified and Answers.UNVERIFIED_BY_NAME not in said and not is_of_the_team(request):
            if Answers.UNVERIFIED not in said:
                return not_verified(request)
            request.tenant = _anonymous(city)
        if city.takes_writing:
            return None
        if city.state == LifecycleState.SUSPENDED and Answers.SUSPENDED not in said and not is_of_the_team(request):
            return suspended(request)
        # One that has moved away writes nothing at all, sessions and mails neither (tenants.cells).
        if request.method in _SAFE or (Answers.READ_ONLY in said and city.moved_at is None):
            return None
        return writing_refused(request)

    def process_exception(self, request: Request, problem: Exception) -> HttpResponseBase | None:
        """For a write that the database refused: a GET that writes, or a state that changed meanwhile; and for one that
        waited too long for a lock, as while the city moves (tenants.cells).
        """
        if isinstance(problem.__cause__, LockNotAvailable):
            return server_error(request)  # 503, with the words
        city: Municipality | None = request.tenant
        refused = isinstance(problem, ProgrammingError) and isinstance(problem.__cause__, InsufficientPrivilege)
        if city is None or not refused:
            return None
        with schema_context("public"):
            now = Municipality.objects.get(pk=city.pk)
        if now.takes_writing:
            return None  # not a matter of state: a mistake of ours, to be seen
        request.tenant = now
        # A refused request changes nothing: what the person had begun stays in their session.
        request.session = type(request.session)(request.session.session_key)
        return writing_refused(request)


def writing_refused(request: HttpRequest) -> HttpResponse:
    """409, with what was typed to copy; to htmx, only a notice in the place of the form."""
    partial = getattr(request, "htmx", False)
    template = "tenants/city/_writing_refused.html" if partial else "tenants/city/writing_refused.html"
    response = render(request, template, {"typed": _typed(request)}, status=409)
    response.headers["Cache-Control"] = "no-store"
    return says(response, "read_only", gettext("This platform can only be read at the moment."))


def not_verified(request: HttpRequest) -> HttpResponse:
    """The one page of an unverified city, the same at every address, without its name."""
    status = 200 if request.path_info == "/" else 404
    response = render(request, "tenants/city/not_verified.html", status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return says(response, "not_open", gettext("This platform is being prepared."))


def _anonymous(city: Municipality) -> Municipality:
    """The city as strangers may see it: without name, logo and colour of its own."""
    city = copy(city)
    city.is_anonymous = True
    city.name, city.logo, city.colour = gettext("A platform in preparation"), "", DEFAULT_COLOUR
    return city


def suspended(request: HttpRequest) -> HttpResponse:
    response = render(request, "tenants/city/suspended.html", status=503)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response._has_been_logged = True  # type: ignore[attr-defined]  # meant: to Django each 503 is an error
    return says(response, "suspended", gettext("This platform is suspended."))


def _typed(request: HttpRequest) -> str:
    """What a person typed in this request, or had begun before signing in."""
    return "\n\n".join(dict.fromkeys(filter(None, [typed_words(request), *words_begun(request)])))
