"""What is kept in Valkey and what comes through its queues is JSON: whoever writes there runs no code here."""

import pickle
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads


class Trap:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def test_what_is_kept_is_json(db: None) -> None:
    cache.set("kept", {"addresses": ["192.0.2.1"]})
    raw = cache.client.get_client().get(cache.client.make_key("kept"))
    assert raw == b'{"addresses": ["192.0.2.1"]}'
    assert cache.get("kept") == {"addresses": ["192.0.2.1"]}


def test_a_pickle_in_the_cache_is_not_read(db: None, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    cache.client.get_client().set(cache.client.make_key("kept"), pickle.dumps(Trap(trap)))
    with pytest.raises(ValueError):  # noqa: PT011 (an error to be seen: nothing of ours writes such a thing)
        cache.get("kept")
    assert not trap.exists()


def test_a_pickle_in_a_queue_is_refused(tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    assert current_app.conf.accept_content == current_app.conf.result_accept_content == ["json"]
    assert (current_app.conf.task_serializer, current_app.conf.event_serializer) == ("json", "json")
    with pytest.raises(ContentDisallowed):
        loads(pickle.dumps(Trap(trap)), "application/x-python-serialize", "binary", accept={"application/json"})
    assert not trap.exists()
