"""System checks about what every city owes its readers."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.compatibility, deploy=True)
def host_is_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The legal notices of every city name the host: without it none can open."""
    names = ("LEGAL_HOST_NAME", "LEGAL_HOST_ADDRESS", "LEGAL_HOST_PHONE")
    missing = [name for name in names if not getattr(settings, name)]
    if not missing:
        return []
    return [
        Warning(
            f"The host is not named: {', '.join(missing)}. No city can open.",
            hint="Set them in the environment (deploy/README.md).",
            id="framing.W001",
        )
    ]
