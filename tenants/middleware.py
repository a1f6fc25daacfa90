"""The host chooses the city: its schema, its role, its pages. An unknown host gets a friendly 404."""

from collections.abc import Callable
from copy import copy

import sentry_sdk
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import render
from django.urls import set_urlconf

from common.db import connection
from tenants.models import Municipality
from tenants.postgresql.base import EnteredCity
from tenants.selectors import municipality_as_of

# In the environ of a request that this process made itself (onboarding.checks): no header can put it there.
CHECKING = "territoires.checking"


class TenantMiddleware:
    """Sets `request.tenant` (None on the public site) and the schema, before anything else is looked up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        connection.set_schema_to_public()
        try:
            host = request.get_host().rpartition(":")[0] or request.get_host()
        except DisallowedHost:
            return HttpResponseBadRequest("Bad Request (400)\n", content_type="text/plain")
        host = host.lower().rstrip(".")
        request.tenant = None  # type: ignore[attr-defined]
        try:
            if host == settings.PUBLIC_HOST:
                return self._public(request)
            entered = connection.enter_city(host, unready=CHECKING in request.environ)  # type: ignore[attr-defined]
            if entered is None:
                return self._unknown(request)
            request.content_revision = entered.revision  # type: ignore[attr-defined]
            return self._city(request, entered, host)
        finally:
            connection.set_schema_to_public()

    def _public(self, request: HttpRequest) -> HttpResponseBase:
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        set_urlconf(settings.PUBLIC_SCHEMA_URLCONF)
        return self.get_response(request)

    def _city(self, request: HttpRequest, entered: EnteredCity, host: str) -> HttpResponseBase:
        municipality = copy(municipality_as_of(entered.pk, entered.row))
        if host != municipality.host:
            return self._moved(request, municipality)
        if municipality.maintenance_since is not None:
            return self._in_maintenance(request)
        request.tenant = municipality  # type: ignore[attr-defined]
        request.urlconf = settings.ROOT_URLCONF
        set_urlconf(settings.ROOT_URLCONF)
        connection.set_tenant(municipality)
        sentry_sdk.set_tag("schema", municipality.schema_name)
        return self.get_response(request)

    @staticmethod
    def _moved(request: HttpRequest, municipality: Municipality) -> HttpResponse:
        """A former address, or the service's for a city with a domain of its own: its one address has everything."""
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
        return response

    @staticmethod
    def _unknown(request: HttpRequest) -> HttpResponse:
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        set_urlconf(settings.PUBLIC_SCHEMA_URLCONF)
        return render(request, "unknown_host.html", {"service_url": settings.PUBLIC_BASE_URL + "/"}, status=404)
