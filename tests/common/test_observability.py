"""Health answers, logs and Sentry: they name the city, never a person."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import sentry_sdk
from django.core.cache import cache
from django.test import Client
from django_tenants.utils import schema_context
from pythonjsonlogger.json import JsonFormatter

from config.observability import CityFilter, LineFormatter, configure_sentry, logging_settings
from tenants.models import Municipality


@pytest.mark.parametrize("host", ["saran.territoires.localhost", "127.0.0.1", "nulle-part.example"])
def test_health_answers_on_any_host(db: None, host: str) -> None:
    assert Client(HTTP_HOST=host).get("/healthz").content == b"ok\n"


def test_ready_says_what_is_away(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/readyz").json() == {"ready": True, "database": "ok", "redis": "ok"}

    def away() -> None:
        raise ConnectionError

    monkeypatch.setattr(cache.client, "get_client", away)
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "database": "ok", "redis": "away"}


def test_a_log_line_names_the_city(in_saran: Municipality) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "hello %s", ("world",), None)
    CityFilter().filter(record)
    line = json.loads(JsonFormatter("%(levelname)s %(schema)s %(message)s").format(record))
    assert line == {"levelname": "INFO", "schema": in_saran.schema_name, "message": "hello world"}


def test_the_request_line_has_the_city_and_no_query(
    visit: Callable[..., Client], saran: Municipality, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "requests")
    visit(saran).get("/propositions/?q=mon+secret")
    record = next(record for record in caplog.records if record.name == "requests")
    assert record.getMessage() == "GET /propositions/ 200"
    assert vars(record)["schema"] == saran.schema_name


def test_the_request_line_is_written_as_any_other(
    visit: Callable[..., Client], saran: Municipality, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "requests")
    visit(saran).get("/propositions/")
    record = next(record for record in caplog.records if record.name == "requests")
    settings = logging_settings(json=True)["formatters"]["json"]
    formatter = LineFormatter(settings["format"], rename_fields=settings["rename_fields"])
    straight = json.loads(formatter.format(record))
    record.name = "another"
    assert straight == json.loads(formatter.format(record)) | {"logger": "requests"}
    assert list(straight) == ["at", "level", "logger", "schema", "message", "status", "ms"]


def test_a_sentry_event_carries_the_city_and_nothing_personal(
    visit: Callable[..., Client], saran: Municipality, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []

    class Transport(sentry_sdk.transport.Transport):
        def capture_envelope(self, envelope: Any) -> None:
            sent.extend(item.payload.json for item in envelope.items if item.payload.json)

    configure_sentry(dsn="https://key@sentry.example/1", release="abc123", environment="test", transport=Transport)
    try:
        # Written apart: the event holds lines of this very file.
        private = "".join(["mar", "tine"])
        client = visit(
            saran, person(email=f"{private}@example.org", public_name=private), raise_request_exception=False
        )

        def fail(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError("broken here")

        monkeypatch.setattr("consultations.participation.resident.acting.reactions.react", fail)
        from tests.participation.factories import ProposalFactory

        with schema_context(saran.schema_name):
            path = ProposalFactory().get_absolute_url()
        assert client.post(f"{path}reagir/?q={private}", {"reaction": "LIKE"}).status_code == 500
        sentry_sdk.flush()
    finally:
        sentry_sdk.init()
    event = next(event for event in sent if "exception" in event)
    assert event["tags"]["schema"] == saran.schema_name
    assert event["release"] == "abc123"
    assert private not in json.dumps(event)
