"""For which hosts the reverse proxy may get a certificate (Caddy's on_demand_tls)."""

import ipaddress
import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from common.db import connection
from tenants.models import Domain, Municipality

_HOST = re.compile(r"(?!.{254})[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")


class CertificateMiddleware:
    """`/tls/ask?domain=…`: 200 for a host that has pages here, else 404, without a body.

    On any host and over plain HTTP, before anything else: the proxy asks by an internal name such as
    http://web:8000, which is no city's and would be sent to https.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path != "/tls/ask":
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return HttpResponse(status=200 if deserves_certificate(request.GET.get("domain", "")) else 404)


def deserves_certificate(host: str) -> bool:
    """Whether a host is the public site's or a city's. At most one query; none for what is no host name."""
    host = host.lower()
    if host == settings.PUBLIC_HOST:
        return True
    if not _HOST.fullmatch(host) or _is_address(host):
        return False
    connection.set_schema_to_public()
    return bool(Domain.objects.filter(domain=host, tenant__in=Municipality.objects.served().order_by()).exists())


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
