"""Logs and Sentry: both say which city, neither says who."""

import logging
from typing import Any


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


def logging_settings(*, json: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"city": {"()": "config.observability.CityFilter"}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(schema)s %(message)s",
                "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
            },
            "plain": {"format": "%(asctime)s %(levelname)-7s [%(schema)s] %(name)s: %(message)s"},
        },
        "handlers": {
            "json": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["city"]},
            "plain": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["city"]},
        },
        "root": {"handlers": ["json"] if json else ["plain"], "level": "INFO"},
        "loggers": {
            # One line a request is ours (common.middleware); Django's own would say it twice.
            "django.server": {"handlers": [], "propagate": False},
            "django.request": {"level": "ERROR"},
        },
    }


def tag_event(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any] | None:
    """Sentry's before_send: the city as a tag; no person, no cookie, no body, no query string."""
    event.setdefault("tags", {})["schema"] = current_schema()
    event.pop("user", None)
    request = event.get("request")
    if request:
        for key in ("cookies", "data", "query_string", "env"):
            request.pop(key, None)
        request["headers"] = {
            name: value for name, value in request.get("headers", {}).items() if name in ("Host", "Content-Type")
        }
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
        before_send=tag_event,  # type: ignore[arg-type]
        **options,
    )
