"""What is destroyed of keys is in no file of the database either."""

from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError
from django_tenants.utils import schema_context

from tenants.keys import services
from tenants.keys.services import StillThere, destroy_key, key_of, make_key, rewrite_keys
from tenants.models import Municipality
from tests.onboarding.test_killed_worker import on
from tests.voting.test_killed import OwnPostgres, own_postgres


def _is_on_disk(own: OwnPostgres, key: bytes) -> bool:
    """In any file of any table of that server, once all is written."""
    with psycopg.connect(own.server.admin_url, autocommit=True) as admin:
        admin.execute("CHECKPOINT")
    files = [each for each in Path(own.folder).rglob("*") if "base" in each.parts and each.is_file()]
    assert files
    return any(key in each.read_bytes() for each in files)


def test_a_destroyed_key_is_in_no_file_of_the_tables(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    city = Municipality.objects.get(slug="saran")
    monkeypatch.setattr(services, "_LOCK_TIMEOUT", "100ms")
    with own_postgres() as own, on(own.server), schema_context(city.schema_name):
        make_key("vote:1")
        make_key("vote:2")
        gone, kept = key_of("vote:1"), key_of("vote:2")
        with psycopg.connect(own.server.url) as reader:
            reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            reader.execute("SELECT 1")
            destroy_key("vote:1")
            assert _is_on_disk(own, gone)
            # Somebody reads as things were before: they were copied along for them.
            with pytest.raises(StillThere):
                rewrite_keys()
            reader.rollback()
            reader.execute("SELECT count(*) FROM public.tenants_citykey")
            with pytest.raises(OperationalError):
                rewrite_keys()
        rewrite_keys()
        assert not _is_on_disk(own, gone)
        assert _is_on_disk(own, kept)
        assert key_of("vote:2") == kept
