"""A city never sees another: the host, the role and the search path, whatever the Python does."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django_tenants.utils import schema_context

from accounts.models import User
from common.events import Event, announce
from tenants.models import Municipality
from tests.accounts.factories import UserFactory


def who_and_where() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        return cursor.fetchone()


def test_a_city_runs_under_its_own_role_and_search_path(in_saran: Municipality) -> None:
    assert who_and_where() == (in_saran.schema_name, in_saran.schema_name)


def test_public_runs_under_the_services_own_role(in_saran: Municipality) -> None:
    with schema_context("public"):
        role, schema = who_and_where()
    assert (role, schema) == ("territoires", "public")


def test_raw_sql_to_another_schema_is_refused_by_postgres(in_saran: Municipality, brest: Municipality) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT count(*) FROM {brest.schema_name}.accounts_user")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_user")
        assert cursor.fetchone()[0] == 1


@pytest.mark.parametrize(
    "table",
    [
        *("tenants_municipality", "onboarding_signup", "accounts_user", "django_session"),
        *sorted(model._meta.db_table for model in apps.get_app_config("billing").get_models()),
    ],
)
def test_a_city_reads_nothing_of_public_but_the_library(in_saran: Municipality, table: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT count(*) FROM public.{table}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM library_challengeset")
        assert cursor.fetchone()[0] >= 1


@pytest.mark.parametrize(
    "slipped_in",
    [
        "x'; RESET ROLE; SELECT count(*) FROM {other}.accounts_user WHERE email LIKE 'x",
        "x'; SET ROLE {other}; SELECT 'x",
        "x' AND set_config('role', 'none', false) = 'none' AND email LIKE 'x",
        "x' AND \"set_config\"('role', 'none', false) = 'none' AND email LIKE 'x",
        "x' AND U&\"set\\005fconfig\"('role', 'none', false) = 'none' AND email LIKE 'x",
        "x' AND (SELECT count(*) FROM public.enter_city('{host}', false)) = 1 AND email LIKE 'x",
        "x' AND query_to_xml('SELECT set_' || 'config(''role'', ''none'', false)', true, true, '') IS NOT NULL AND email LIKE 'x",
        "x' AND (SELECT count(*) FROM ts_stat('SELECT NULL::tsvector')) = 0 AND email LIKE 'x",
    ],
)
def test_words_slipped_into_a_query_do_not_leave_the_citys_role(
    in_saran: Municipality, brest: Municipality, slipped_in: str
) -> None:
    """No query of ours takes words so (ruff S608); if one did, it would be held here."""
    words = slipped_in.format(other=brest.schema_name, host=brest.host)
    with (
        pytest.raises(ProgrammingError, match="a city's statement is single"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT count(*) FROM accounts_user WHERE email LIKE '{words}'")
    assert who_and_where() == (in_saran.schema_name, in_saran.schema_name)


def test_what_was_typed_may_hold_any_sign(in_saran: Municipality) -> None:
    typed = "un; deux -- set_config('role', 'none', false); RESET ROLE"
    assert User.objects.filter(public_name=typed).count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [typed])
        assert cursor.fetchone() == (typed,)


def test_whoever_holds_a_connection_can_leave_the_role(in_saran: Municipality, brest: Municipality) -> None:
    """What the role does not hold, said where it is seen: Python of ours, or a whole statement of somebody else's."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"SELECT count(*) FROM {brest.schema_name}.accounts_user")
        assert cursor.fetchone()[0] >= 1
        transaction.set_rollback(True)
    connection.set_schema_to_public()


def test_a_city_cannot_write_the_library(in_saran: Municipality) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE library_challengeset SET title = 'pris'")


def test_a_city_adds_to_its_audit_trail_but_never_changes_it(in_saran: Municipality) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM accounts_auditentry")


def test_a_rollback_to_a_savepoint_does_not_lose_the_role(saran: Municipality, brest: Municipality) -> None:
    with schema_context(saran.schema_name):
        User.objects.count()
        with pytest.raises(RuntimeError), transaction.atomic(), schema_context(brest.schema_name):
            User.objects.count()
            raise RuntimeError
        assert who_and_where() == (saran.schema_name, saran.schema_name)


def test_a_rollback_after_the_switch_inside_it_sets_the_role_again(saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        with pytest.raises(RuntimeError), transaction.atomic():
            User.objects.count()  # the role is taken inside the savepoint, and undone with it
            raise RuntimeError
        assert who_and_where() == (saran.schema_name, saran.schema_name)


def test_the_same_address_is_two_persons_in_two_cities(saran: Municipality, brest: Municipality) -> None:
    for city in (saran, brest):
        with schema_context(city.schema_name):
            UserFactory(email="meme@example.org", public_name=city.name)
    with schema_context(brest.schema_name):
        assert User.objects.get(email="meme@example.org").public_name == "Brest"


def test_two_cities_interleaved_over_pooled_connections_by_eight_threads(real_db: str) -> None:
    cities = list(Municipality.objects.all())
    for city in cities:
        with schema_context(city.schema_name):
            UserFactory.create_batch(3, public_name=city.name)
    wrong: list[object] = []

    def work(offset: int) -> None:
        try:
            for turn in range(60):
                city = cities[(turn + offset) % len(cities)]
                with schema_context(city.schema_name):
                    names = set(User.objects.exclude(public_name="").values_list("public_name", flat=True))
                    if names != {city.name} or who_and_where()[0] != city.schema_name:
                        wrong.append((city.name, names))
                if turn % 7 == 0:
                    connection.close()  # back to the pool: the next one is somebody else's
        except Exception as problem:
            wrong.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_event_is_heard_after_commit_in_the_city_where_it_happened(real_db: str) -> None:
    event = Event("something_happened")
    heard: list[str] = []

    def listen(sender: Any, **payload: Any) -> None:
        heard.append(who_and_where()[1])

    event.connect(listen)
    saran, brest = (Municipality.objects.get(slug=slug) for slug in ("saran", "brest"))
    with transaction.atomic():
        with schema_context(saran.schema_name):
            announce(event)
        with schema_context(brest.schema_name):
            announce(event)
        assert heard == []
    assert heard == [saran.schema_name, brest.schema_name]


def test_an_event_of_a_rolled_back_transaction_is_never_heard(real_db: str) -> None:
    event = Event("something_happened")
    heard: list[str] = []
    listener: Callable[..., None] = lambda sender, **payload: heard.append("heard")  # noqa: E731
    event.connect(listener)
    with pytest.raises(RuntimeError), transaction.atomic():
        announce(event)
        raise RuntimeError
    assert heard == []


def test_a_schemas_name_never_changes(saran: Municipality) -> None:
    saran.schema_name = "m_aaaaaaaaaa"
    with pytest.raises(ValueError, match="for ever"):
        saran.save()
