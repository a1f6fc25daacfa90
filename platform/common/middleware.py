"""Health answers and one log line a request."""

import logging
import time
from collections.abc import Callable

from django.core.cache import cache
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from common.db import connection

logger = logging.getLogger("requests")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


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
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM tenants_municipality LIMIT 1")
    except DatabaseError:
        parts["database"] = "away"
    finally:
        connection.close()
    try:
        cache.client.get_client().ping()  # type: ignore[attr-defined]
    except Exception:  # whatever a client library raises: it is away
        parts["redis"] = "away"
    ready = parts["database"] == "ok"
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


class RequestLogMiddleware:
    """Method, path, status and milliseconds. No query string, no address, no person."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = self.get_response(request)
        logger.info(
            "%s %s %s",
            request.method,
            request.path,
            response.status_code,
            extra={
                "status": response.status_code,
                "ms": round(1000 * (time.perf_counter() - started), 1),
                "schema": getattr(getattr(request, "tenant", None), "schema_name", "public"),
            },
        )
        return response
