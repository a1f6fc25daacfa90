"""A city whose tables are broken stops nothing that is asked of all cities in one statement."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.tasks import send_mail
from common import outbox
from common.db import connection
from consultations.moderation.enums import Kind
from consultations.moderation.models import Case
from consultations.moderation.services.listing import cities_to_list_anew
from tenants import fleet, many, tasks, waiting
from tenants.models import Municipality, WaitingOutbox
from tenants.replay import City
from tenants.structure import current_fingerprint
from tests.common.test_outbox import MAIL


def take_away(city: Municipality, table: str) -> None:
    """As a hand does, or a file that was restored badly."""
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {city.schema_name}.{table} RENAME TO taken_away")


def was_said(caplog: pytest.LogCaptureFixture, city: Municipality) -> bool:
    return any(city.schema_name in record.getMessage() for record in caplog.records)


def wait_in(*cities: Municipality) -> None:
    for city in cities:
        with schema_context(city.schema_name):
            outbox.enqueue(send_mail, **MAIL)


def test_the_sweep_of_outboxes(
    saran: Municipality, brest: Municipality, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "publish", lambda *args, **options: True)
    WaitingOutbox.objects.all().delete()
    wait_in(saran, brest)
    take_away(brest, "common_outboxmessage")
    assert tasks.sweep_outboxes() == 1
    assert was_said(caplog, brest)
    left = set(WaitingOutbox.objects.values_list("schema_name", flat=True))
    assert left == {saran.schema_name, brest.schema_name}, "once mended, what waits there is found"


def test_an_outbox_that_lost_a_column(
    saran: Municipality, brest: Municipality, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "publish", lambda *args, **options: True)
    wait_in(saran, brest)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {brest.schema_name}.common_outboxmessage RENAME task TO taken_away")
    assert tasks.sweep_outboxes() == 1
    assert was_said(caplog, brest)


def test_the_daily_look_into_each_outbox(
    saran: Municipality, brest: Municipality, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "REPAIRS_A_DAY", 1)
    wait_in(saran)
    WaitingOutbox.objects.all().delete()
    take_away(brest, "common_outboxmessage")
    assert waiting.repair(at=timezone.now()) == 1
    assert was_said(caplog, brest)


def test_forgetting_sessions_and_links(
    saran: Municipality, brest: Municipality, caplog: pytest.LogCaptureFixture
) -> None:
    with schema_context(saran.schema_name):
        Session.objects.create(session_key="over", expire_date=timezone.now() - timedelta(days=1))
    take_away(brest, "accounts_signinlink")
    tasks.forget_the_expired()
    with schema_context(saran.schema_name):
        assert not Session.objects.filter(pk="over").exists()
    assert was_said(caplog, brest)


def test_the_queue_of_the_services_moderators(
    saran: Municipality, brest: Municipality, caplog: pytest.LogCaptureFixture
) -> None:
    with schema_context(saran.schema_name):
        Case.objects.create(kind=Kind.ARGUMENT, subject_id=1, due_at=timezone.now())
    take_away(brest, Case._meta.db_table)
    assert cities_to_list_anew() == [saran.schema_name]
    assert was_said(caplog, brest)


def test_what_is_asked_each_night_goes_to_one_that_cannot_be_asked(
    saran: Municipality, brest: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells of itself by its own task; others with nothing to forget are not entered for it."""
    sent: list[str] = []
    monkeypatch.setattr(tasks.forget_in_city, "apply_async", lambda **options: sent.append(connection.schema_name))
    take_away(brest, "accounts_auditentry")
    tasks.forget_what_is_over()
    assert sent == [brest.schema_name]


def test_noting_the_structure_of_cities_that_have_none(saran: Municipality, brest: Municipality) -> None:
    Municipality.objects.update(structure="")
    take_away(brest, "django_migrations")
    cities = [City(city.schema_name, city.slug, "") for city in (saran, brest)]
    outcomes = list(fleet._brought_up_to_date(cities, fleet.Report(current_fingerprint()), 1))
    assert {outcome.city.slug: outcome.result for outcome in outcomes} == {"brest": "failed", "saran": "skipped"}
    assert Municipality.objects.get(pk=saran.pk).structure == current_fingerprint()


def test_a_database_that_is_gone_is_not_asked_city_by_city(
    saran: Municipality, brest: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def ask(schemas: Any) -> list[str]:
        asked.append(schemas)
        raise many.DatabaseError

    monkeypatch.setattr(many, "_is_gone", lambda: True)
    with pytest.raises(many.DatabaseError):
        many.ask_many([saran.schema_name, brest.schema_name], ask)
    assert len(asked) == 1
