"""System checks about who comes in."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def links_replace_no_factor(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A link made at the shell replaces the mail, and on a developer's machine alone the second factor, too."""
    if not settings.SHELL_LINK_IS_SECOND_FACTOR:
        return []
    return [
        Error(
            "A link made at the shell stands for the second factor and for a fresh proof of who somebody is.",
            hint="Leave SHELL_LINK_IS_SECOND_FACTOR off: config.settings.dev alone turns it on.",
            id="accounts.E001",
        )
    ]
