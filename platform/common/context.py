"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext as _


def service(request: HttpRequest) -> dict[str, Any]:
    return {
        "service_name": settings.SERVICE_NAME,
        "service_url": settings.PUBLIC_BASE_URL + "/",
        "service_email": settings.SERVICE_EMAIL,
        "accessibility_mention": lazy(accessibility_mention, str)(),
    }


def accessibility_audit() -> dict[str, Any]:
    """What was found by whom; nobody: nothing was audited."""
    return {
        "by": settings.ACCESSIBILITY_AUDIT_BY,
        "on": settings.ACCESSIBILITY_AUDIT_ON,
        "rate": settings.ACCESSIBILITY_AUDIT_RATE,
        "findings": settings.ACCESSIBILITY_AUDIT_FINDINGS,
    }


def accessibility_mention() -> str:
    """The words that every page owes its readers (décret n° 2019-768, article 5). Without an audit: not compliant."""
    if not settings.ACCESSIBILITY_AUDIT_BY or settings.ACCESSIBILITY_AUDIT_RATE < 50:
        return _("Accessibility: not compliant")
    if settings.ACCESSIBILITY_AUDIT_RATE < 100:
        return _("Accessibility: partially compliant")
    return _("Accessibility: fully compliant")
