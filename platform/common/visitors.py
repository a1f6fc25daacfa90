"""What a request says of whoever sent it, before anybody knows who they are. Nothing of it is stored."""

import re

from django.conf import settings
from django.http import HttpRequest

# Those that say what they are. Others are counted with people: it changes little.
_ROBOTS = re.compile(r"bot\b|bot/|crawl|spider|slurp|preview|monitor|headless|lighthouse|curl|wget|python|scrap", re.I)

_PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")


def client_address(request: HttpRequest) -> str:
    """The visitor's address, as the last proxy that we trust saw it (TRUSTED_PROXIES)."""
    trusted: int = settings.TRUSTED_PROXIES
    passed_on = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if trusted else []
    if len(passed_on) >= max(trusted, 1):
        return str(passed_on[-trusted]).strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def is_robot(request: HttpRequest) -> bool:
    agent = request.META.get("HTTP_USER_AGENT", "")
    return not agent or _ROBOTS.search(agent) is not None


def is_ahead_of_time(request: HttpRequest) -> bool:
    """A browser that fetches a page in case it is wanted: nobody sees it yet."""
    said = next((request.META[name] for name in _PURPOSES if request.META.get(name)), "")
    return "prefetch" in said or "prerender" in said or "preview" in said
