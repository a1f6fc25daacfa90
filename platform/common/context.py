"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def service(request: HttpRequest) -> dict[str, Any]:
    return {
        "service_name": settings.SERVICE_NAME,
        "service_url": settings.PUBLIC_BASE_URL + "/",
        "service_email": settings.SERVICE_EMAIL,
    }
