"""Keys of the API and secrets of webhooks: in no log and nowhere in Sentry, whatever fails while they are at hand."""

import io
import json
import re
from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any

import pytest
import sentry_sdk
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import Client, RequestFactory
from django.utils import timezone
from django_tenants.utils import schema_context

from common import outbox
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.api.conftest import Program, program  # noqa: F401
from tests.common.test_logs import sent, written  # noqa: F401
from tests.conftest import shows
from tests.webhooks.factories import DeliveryFactory, EndpointFactory
from webhooks.models import Endpoint
from webhooks.services.waking import wake


def fail(*args: Any, **kwargs: Any) -> None:
    """With all that it was given at hand, and in its words."""
    raise RuntimeError(f"it was given '{args}' and '{kwargs}'")


def served(host: str, method: str, path: str, secret: str, query: str = "limit=1") -> str:
    """As a web server asks: Sentry notes more of such a request than of a test client's."""
    said: list[str] = []
    asked = RequestFactory(HTTP_HOST=host, HTTP_AUTHORIZATION=f"Bearer {secret}")
    environ = asked.generic(method, path, b"{}", "application/json", QUERY_STRING=query.format(secret)).environ
    request_started.disconnect(close_old_connections)  # as a test client does
    try:
        list(WSGIHandler()(environ, lambda status, headers: said.append(status)))
    finally:
        request_started.connect(close_old_connections)
    return said[0][:3]


def test_no_key_and_no_secret_is_written_down(
    visit: Callable[..., Client],
    saran: Municipality,
    person: Any,
    program: Callable[..., Program],  # noqa: F811
    written: io.StringIO,  # noqa: F811
    sent: list[Any],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of_city = program(saran, person(), "propose").secret
    of_operator = program(None, person(None, operator=True), "fleet").secret
    secrets = {of_city, of_operator}

    def broken(what: str, do: Callable[[], Any]) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(what, fail)
            do()

    # Looking the key up, noting its use, the view that it was for.
    for what in ("rest.middleware.token_of", "rest.middleware.note_use", "rest.views.page_of"):
        broken(what, lambda: secrets.add(served(saran.host, "GET", "/api/v1/proposals/", of_city)))
        broken(what, lambda: secrets.add(served(settings.PUBLIC_HOST, "GET", "/api/v1/cities/", of_operator)))
    broken("rest.views._may", lambda: secrets.add(served(saran.host, "PUT", "/api/v1/proposals/1/reaction/", of_city)))
    assert served(saran.host, "GET", "/api/v1/proposals/", of_city + "x") == "401"
    assert served(saran.host, "GET", "/api/v1/proposals/", of_city, "key={}") == "400"
    secrets.remove("500")  # each of them failed
    assert secrets == {of_city, of_operator}

    # The page that shows a key that was just made.
    user = person()
    client = visit(saran, user, raise_request_exception=False)
    with schema_context(saran.schema_name):
        shows(client, user, "code")
    drawn: list[str] = []
    monkeypatch.setattr(
        "rest.services.tokens.secrets.token_urlsafe", lambda size: drawn.append(token_urlsafe(size)) or drawn[0]
    )
    asked = {"name": "x", "scopes": ["propose"], "days": "30"}
    broken("rest.making.render", lambda: client.post("/compte/cles/", asked))
    secrets |= set(drawn)

    # The one that shows the secret of a webhook, and the worker that signs with it.
    with schema_context(saran.schema_name):
        desk = visit(saran, UserFactory(administrator=True), raise_request_exception=False)
        endpoint = EndpointFactory()
    broken("webhooks.backoffice.acting.endpoints.renew_secret", lambda: renewed(desk, endpoint))
    renewed(desk, endpoint)
    broken("webhooks.backoffice.views.render", lambda: desk.get(f"/gestion/webhooks/{endpoint.pk}/"))
    with schema_context(saran.schema_name):
        now = Endpoint.objects.get()
        secrets |= {endpoint.secret, now.secret}
        DeliveryFactory(endpoint=now)
        wake(at=timezone.now())
        message = OutboxMessage.objects.latest("created_at")
        broken("webhooks.services.sending.signatures", lambda: outbox.run_message(str(message.pk), at=timezone.now()))
    sentry_sdk.flush()

    log, events = written.getvalue(), json.dumps(sent, ensure_ascii=False)
    assert len(secrets) == 5
    for place, text in (("the log", log), ("Sentry", events)):
        for secret in secrets:
            core = re.sub(r"^(trk_|whsec_)", "", secret)
            assert core[:20] not in text, place
            assert core[-20:] not in text, place
    # All of it failed, and enough is said all the same.
    kinds = [each["exception"]["values"][-1]["type"] for each in sent if "exception" in each]
    assert kinds.count("RuntimeError") >= 11, kinds
    assert "Internal Server Error: /api/v1/cities/" in log
    assert "RuntimeError: it was given" in log


def renewed(desk: Client, endpoint: Endpoint) -> None:
    desk.post(f"/gestion/webhooks/{endpoint.pk}/secret/", {"revision": endpoint.revision})
