"""The last look before a platform is called ready: its own role, its own tables, and its own pages.

The pages are asked for as a browser asks, through every middleware, in this process. What that
writes (the administrator's session) is in a transaction that is never committed.
"""

import io
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import reverse, set_urlconf
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from accounts.session_store import SessionStore
from accounts.sessions import CAME_IN_AT
from common.db import connection
from tenants.middleware import CHECKING
from tenants.models import Municipality

LEGAL_PAGES = ("legal_notices", "privacy", "charter", "accessibility")


class PlatformIncomplete(Exception):
    """Something that a city needs is not there; the run is tried again. Its text is for operators."""


def check_platform(city: Municipality, *, admin_email: str, expected: Sequence[str] = ()) -> None:
    """Look at everything that a new city's first minute needs. Raises PlatformIncomplete, saying what is missing.

    `expected` are the questions that its administrator must find on its home page.
    """
    with schema_context(city.schema_name):
        _check_schema(city)
        administrator = User.objects.filter(email__iexact=admin_email, role=Role.ADMINISTRATOR).first()
        if administrator is None:
            raise PlatformIncomplete(_("There is no administrator."))
    try:
        _check_pages(city, administrator, expected)
    finally:
        set_urlconf(None)
        connection.set_schema_to_public()


def _check_schema(city: Municipality) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema(), count(*) FROM django_migrations")
        role, schema, migrations = cursor.fetchone()
    if (role, schema) != (city.schema_name, city.schema_name) or not migrations:
        raise PlatformIncomplete(
            _("The database answers as %(role)s in %(schema)s, with %(count)d migrations.")
            % {"role": role, "schema": schema, "count": migrations}
        )


def _check_pages(city: Municipality, administrator: User, expected: Sequence[str]) -> None:
    host = city.host
    home = _city_path("home")
    # A visitor is told whose platform is being prepared, once somebody has verified that it is theirs.
    _page(host, home, says=[city.name] if city.is_verified else [_("A platform is being prepared at this address.")])
    _page(host, _city_path("city_colours", city.colour[1:]), says=["--"])
    _page(host, _city_path("sign_in"))
    # The session is never committed: nobody else can ever bear its key.
    with transaction.atomic():
        cookie = _session_of(city, administrator)
        _page(host, _city_path("desk"), cookie=cookie, says=[city.name])
        _page(host, home, cookie=cookie, says=expected)
        for name in LEGAL_PAGES:
            _page(host, _city_path(name), cookie=cookie, says=[city.name])
        transaction.set_rollback(True)
    _page(settings.PUBLIC_HOST, reverse("landing", urlconf=settings.PUBLIC_SCHEMA_URLCONF))


def _city_path(name: str, *args: str) -> str:
    return reverse(name, args=args, urlconf=settings.ROOT_URLCONF)


def _session_of(city: Municipality, user: User) -> str:
    with schema_context(city.schema_name):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[CAME_IN_AT] = time.time()
        session.create()
    assert session.session_key
    return session.session_key


def _page(host: str, path: str, *, cookie: str = "", says: Sequence[str] = ()) -> None:
    """Ask for a page: it must answer 200, and say all of `says`. Raises PlatformIncomplete."""
    request = _request(host, path, cookie)
    with _noticing(request) as failures:
        response = _application().get_response(request)
    if failures:
        raise PlatformIncomplete(_("%(page)s fails: %(why)s") % {"page": host + path, "why": failures[0]})
    if response.status_code != 200:
        raise PlatformIncomplete(
            _("%(page)s answers %(status)d.") % {"page": host + path, "status": response.status_code}
        )
    page = _text(response)
    for words in says:
        if words not in page and escape(words) not in page:
            raise PlatformIncomplete(_("%(page)s does not say “%(words)s”.") % {"page": host + path, "words": words})


def _request(host: str, path: str, cookie: str) -> WSGIRequest:
    environ: dict[str, Any] = {
        CHECKING: True,
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": host,
        "SERVER_PORT": "443" if settings.PUBLIC_SCHEME == "https" else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": host + settings.PUBLIC_PORT,
        # As the reverse proxy says it.
        "HTTP_X_FORWARDED_PROTO": settings.PUBLIC_SCHEME,
        "HTTP_X_FORWARDED_FOR": "127.0.0.1",
        "wsgi.url_scheme": settings.PUBLIC_SCHEME,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    if cookie:
        environ["HTTP_COOKIE"] = f"{settings.SESSION_COOKIE_NAME}={cookie}"
    return WSGIRequest(environ)


@lru_cache(maxsize=1)
def _application() -> WSGIHandler:
    """Only its `get_response` is used: it sends neither request_started nor request_finished, which would
    close the connection and with it the lock on the run."""
    return WSGIHandler()


@contextmanager
def _noticing(request: WSGIRequest) -> Iterator[list[str]]:
    """Collect the exceptions of a view, which its 500 page does not say."""
    failures: list[str] = []

    def note(request: WSGIRequest, **kwargs: Any) -> None:
        if request.environ is asked:
            failures.append(repr(sys.exc_info()[1]))

    asked = request.environ
    got_request_exception.connect(note)
    try:
        yield failures
    finally:
        got_request_exception.disconnect(note)


def _text(response: HttpResponseBase) -> str:
    content = b"".join(response) if response.streaming else getattr(response, "content", b"")
    return bytes(content).decode(response.charset or "utf-8", errors="replace")
