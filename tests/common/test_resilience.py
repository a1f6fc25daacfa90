"""With Redis away people still read, sign in and propose; what needs a task waits."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.test import Client
from django_tenants.utils import schema_context

from common import outbox
from common.models import OutboxMessage
from consultations.participation.models import Argument, Proposal
from tenants.models import Municipality
from tests.participation.factories import ProposalFactory
from tests.participation.test_argue import form
from tests.participation.test_propose import write_all


@pytest.fixture
def redis_away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cache and broker are addresses where nobody listens."""
    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    publish = outbox.run_outbox_message.apply_async
    nobody = current_app.connection_for_write("redis://127.0.0.1:1/0")
    monkeypatch.setattr(
        outbox.run_outbox_message, "apply_async", lambda **options: publish(connection=nobody, **options)
    )
    monkeypatch.setattr(outbox, "_broker_away_until", 0.0)


def test_reading_goes_on(redis_away: None, visit: Callable[..., Client], saran: Municipality) -> None:
    for path in ("/", "/propositions/", "/defis/ecologie/", "/connexion/"):
        assert visit(saran).get(path).status_code == 200


def test_proposing_and_arguing_go_on(
    redis_away: None, visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    client = visit(saran, person())
    client.post(write_all(client))
    with schema_context(saran.schema_name):
        assert Proposal.objects.count() == 1
        other = ProposalFactory()
    client.post(other.get_absolute_url() + "argumenter/", form())
    with schema_context(saran.schema_name):
        assert Argument.objects.count() == 1


def test_the_code_of_somebody_who_signs_in_waits_for_the_worker(
    redis_away: None, visit: Callable[..., Client], saran: Municipality, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = visit(saran).post("/connexion/", {"email": "a@example.org"})
    assert response.status_code == 302
    with schema_context(saran.schema_name):
        assert OutboxMessage.objects.get().payload["to"] == "a@example.org"


def test_rate_limits_hold_without_redis(redis_away: None, visit: Callable[..., Client], saran: Municipality) -> None:
    for _unused in range(7):
        visit(saran).post("/connexion/", {"email": "pressee@example.org"})
    with schema_context(saran.schema_name):
        assert OutboxMessage.objects.count() == 5


def test_the_cache_keeps_cities_apart(saran: Municipality, brest: Municipality) -> None:
    for city in (saran, brest):
        with schema_context(city.schema_name):
            cache.set("name", city.name)
    for city in (saran, brest):
        with schema_context(city.schema_name):
            assert cache.get("name") == city.name
    assert cache.get("name") is None


def test_files_of_cities_lie_in_folders_of_their_own(saran: Municipality, media: Path) -> None:
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    with schema_context(saran.schema_name):
        default_storage.save("plan.txt", ContentFile(b"x"))
    assert (media / saran.schema_name / "plan.txt").exists()
