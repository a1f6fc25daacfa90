"""A connection that has seen many cities is closed: PostgreSQL would remember their tables as long as it lives."""

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from tenants.models import Municipality
from tenants.postgresql import base


def _backend(city: Municipality) -> int:
    """Which of PostgreSQL's processes answers a city; then the connection goes back to the pool, as after a request."""
    with schema_context(city.schema_name), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    connection.close()
    return int(pid)


def test_a_connection_that_has_seen_many_cities_is_made_anew(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "CITIES_A_CONNECTION", 2)
    monkeypatch.setitem(connection.settings_dict["OPTIONS"]["pool"], "max_size", 1)
    saran, brest = Municipality.objects.get(slug="saran"), Municipality.objects.get(slug="brest")
    connection.close()
    connection.close_pool()
    first = _backend(saran)
    assert _backend(saran) == first  # one city, however often
    assert _backend(brest) == first  # the second: its last
    assert _backend(saran) != first
    connection.close_pool()


def test_a_host_counts_as_a_visit(real_db: str) -> None:
    connection.close()
    connection.close_pool()
    for city in Municipality.objects.all():
        assert connection.enter_city(city.host) is not None
    assert len(connection.connection.cities) == Municipality.objects.count() == 2
    connection.set_schema_to_public()
