"""Logs and Sentry: both say which city, neither says who (common.discretion)."""

import logging
from functools import lru_cache
from json import dumps
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from common.discretion import discreet, discreet_error, discreet_message, discreet_traceback

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class CityFilter(logging.Filter):
    """Adds the schema in force to every record; "-" where no database is in use yet."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not hasattr(record, "schema"):
            record.schema = current_schema()
        return True


def current_schema() -> str:
    from django.apps import apps

    if not apps.ready:
        return "-"
    from django.db import connection

    return getattr(connection, "schema_name", None) or "-"


class PlainFormatter(logging.Formatter):
    """For a developer's screen."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        record.message = discreet_message(record)
        return super().formatMessage(record)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802
        return discreet_traceback(super().formatException(ei), ei[1])


@lru_cache(maxsize=1000)
def _quoted(message: str) -> str:
    return dumps(message)


class LineFormatter(JsonFormatter):
    """One JSON object a line. Of what libraries hang on a record (the request, the arguments of a task) nothing."""

    FIELDS = frozenset({"at", "level", "logger", "schema", "message", "exc_info", "stack_info", "status", "ms"})

    def format(self, record: logging.LogRecord) -> str:
        """One line is written for each request: what it says is known, and put together without more ado."""
        if record.name != "requests" or record.exc_info or record.stack_info:
            return str(super().format(record))
        said: dict[str, Any] = vars(record)
        return (
            f'{{"at": "{self.formatTime(record)}", "level": "{record.levelname}", "logger": "requests",'
            f' "schema": "{said["schema"]}", "message": {_quoted(discreet_message(record))},'
            f' "status": {said["status"]}, "ms": {said["ms"]}}}'
        )

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        for name in set(log_data) - self.FIELDS:
            del log_data[name]
        log_data["message"] = discreet_message(record)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802
        return discreet_traceback(str(super().formatException(ei)), ei[1])


class ServerFilter(logging.Filter):
    """The web server writes down who sent what it could not read, or what failed before Django saw it."""

    def filter(self, record: logging.LogRecord) -> bool:
        for words in ("Invalid request", "Error handling request"):
            if str(record.msg).startswith(words):
                record.msg, record.args = words, ()
        return True


def logging_settings(*, json: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "city": {"()": "config.observability.CityFilter"},
            "server": {"()": "config.observability.ServerFilter"},
        },
        "formatters": {
            "json": {
                "()": "config.observability.LineFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(schema)s %(message)s",
                "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
            },
            "plain": {
                "()": "config.observability.PlainFormatter",
                "format": "%(asctime)s %(levelname)-7s [%(schema)s] %(name)s: %(message)s",
            },
        },
        "handlers": {
            "json": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["city"]},
            "plain": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["city"]},
        },
        "root": {"handlers": ["json"] if json else ["plain"], "level": "INFO"},
        "loggers": {
            # At DEBUG templates would write down what they are given.
            "django": {"level": "INFO"},
            # One line a request is ours (common.middleware); Django's own would say it twice.
            "django.server": {"handlers": [], "propagate": False},
            "django.request": {"level": "ERROR"},
            # gunicorn sets both up before us: its errors in our format, its access log, of paths, never.
            "gunicorn.error": {"handlers": [], "filters": ["server"], "propagate": True},
            "gunicorn.access": {"handlers": [], "propagate": False},
            # Refused with a page; the status is in our line, and there is nothing to mend.
            "django.security.RequestDataTooBig": {"level": "CRITICAL"},
            "django.security.TooManyFieldsSent": {"level": "CRITICAL"},
            "django.security.TooManyFilesSent": {"level": "CRITICAL"},
        },
    }


def tag_event(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Sentry's before_send: the city, the route and where it broke; no person, no address, nothing that was typed."""
    event.setdefault("tags", {})["schema"] = current_schema()
    # What was sent, and what libraries hang on: the arguments of a task or a command, the fields of a log record.
    for key in ("user", "extra", "breadcrumbs", "spans"):
        event.pop(key, None)
    if "request" in event:
        event["request"] = {"method": event["request"].get("method", "?")}
    if event.get("transaction_info", {}).get("source") == "url":  # no route was found: the path itself
        event["transaction"] = "-"
    trace = event.get("contexts", {}).get("trace", {})
    event["contexts"] = {"trace": {key: trace[key] for key in ("trace_id", "span_id") if key in trace}}
    if "logentry" in event:
        record = hint.get("log_record")
        said = discreet_message(record) if record else discreet(str(event["logentry"].get("message", "")))
        event["logentry"] = {"message": said}
    for problem in event.get("exception", {}).get("values", []):
        problem["value"] = discreet_error(str(problem.get("type")), str(problem.get("value", "")))
    return event


def configure_sentry(*, dsn: str, release: str, environment: str, **options: Any) -> None:
    """Start Sentry where a DSN is given. Local variables stay home: they hold what people wrote."""
    if not dsn:
        return
    import sentry_sdk
    from sentry_sdk.integrations.celery import CeleryIntegration
    from sentry_sdk.integrations.django import DjangoIntegration

    sentry_sdk.init(
        dsn=dsn,
        release=release,
        environment=environment,
        integrations=[DjangoIntegration(), CeleryIntegration()],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        # They hold addresses of pages, keys of caches and lines of logs.
        max_breadcrumbs=0,
        before_send=tag_event,  # type: ignore[arg-type]
        before_send_transaction=tag_event,  # type: ignore[arg-type]
        **options,
    )
