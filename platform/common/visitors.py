"""What a request says of whoever sent it, before anybody knows who they are. Nothing of it is stored."""

import re

from django.conf import settings
from django.http import HttpRequest

# Those that say what they are. Others are counted with people: it changes little.
_ROBOTS = re.compile(r"bot\b|bot/|crawl|spider|slurp|preview|monitor|headless|lighthouse|curl|wget|python|scrap", re.I)


def client_address(request: HttpRequest) -> str:
    """The visitor's address, as the last proxy that we trust saw it (TRUSTED_PROXIES)."""
    trusted: int = settings.TRUSTED_PROXIES
    passed_on = request.headers.get("X-Forwarded-For", "").split(",") if trusted else []
    if len(passed_on) >= max(trusted, 1):
        return passed_on[-trusted].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def is_robot(request: HttpRequest) -> bool:
    agent = request.headers.get("User-Agent", "")
    return not agent or _ROBOTS.search(agent) is not None


def is_ahead_of_time(request: HttpRequest) -> bool:
    """A browser that fetches a page in case it is wanted: nobody sees it yet."""
    said = request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or request.headers.get("X-Moz") or ""
    return "prefetch" in said or "prerender" in said or "preview" in said
