"""A real worker: a city with ten thousand messages for a site that hangs keeps no other city waiting."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from tenants.models import Municipality
from tenants.tasks import sweep_outboxes
from tests.processes import eventually, worker
from tests.webhooks.factories import DeliveryFactory, EndpointFactory
from tests.webhooks.servers import Site, ok, site
from webhooks.enums import DeliveryState
from webhooks.models import Delivery
from webhooks.services.waking import QUEUE, wake

MANY = 10_000


@pytest.fixture
def broker(real_db: str) -> Iterator[None]:
    """Empty queues: the workers of one Redis share them."""

    def purge() -> None:
        current_app.control.purge()
        with current_app.connection_for_write() as link:
            link.default_channel.queue_purge(QUEUE)

    with current_app.connection_for_write() as link:
        link.default_channel.queue_declare(QUEUE, durable=True)
    purge()
    yield
    purge()


def waits(slug: str, to: Site, *, messages: int) -> Municipality:
    city = Municipality.objects.get(slug=slug)
    with schema_context(city.schema_name), transaction.atomic():
        endpoint = EndpointFactory(url=to.url)
        at = timezone.now()
        rows = [DeliveryFactory.build(endpoint=endpoint, created_at=at, due_at=at) for _message in range(messages)]
        Delivery.objects.bulk_create(rows, batch_size=2000)
        wake(at=at)
    return city


def test_ten_thousand_messages_for_a_slow_site_delay_no_other_city(broker: None, settings: Any) -> None:
    settings.WEBHOOKS_TO_THIS_MACHINE = True
    at_once: list[int] = []
    busy, lock = [0], threading.Lock()

    def slowly(link: Any) -> None:
        with lock:
            busy[0] += 1
            at_once.append(busy[0])
        time.sleep(1)
        with lock:
            busy[0] -= 1
        link.sendall(ok())

    with site() as slow, site() as quick:
        slow.answer = slowly
        hot = waits("saran", slow, messages=MANY)
        with worker(queue=QUEUE, threads=2, WEBHOOKS_TO_THIS_MACHINE="1"):
            assert eventually(lambda: len(slow.heard) >= 2)
            began = time.monotonic()
            waits("brest", quick, messages=1)
            assert eventually(lambda: len(quick.heard) == 1)
            took = time.monotonic() - began
        assert took < 1.5
        assert max(at_once) == 1, "its share is one connection"
        with schema_context(hot.schema_name):
            assert Delivery.objects.filter(state=DeliveryState.WAITING).count() > MANY - 100


def test_a_worker_that_is_killed_repeats_the_message_in_flight_and_loses_none(broker: None, settings: Any) -> None:
    settings.WEBHOOKS_TO_THIS_MACHINE = True
    held = threading.Event()

    def hold(link: Any) -> None:
        if len(there.heard) == 2:
            held.wait(20)
        link.sendall(ok())

    with site() as there:
        there.answer = hold
        with worker(queue=QUEUE, WEBHOOKS_TO_THIS_MACHINE="1") as first:
            saran = waits("saran", there, messages=4)
            assert eventually(lambda: len(there.heard) == 2)
            os.kill(first.pid, signal.SIGKILL)
        held.set()
        cache.clear()  # a minute later
        with worker(queue=QUEUE, WEBHOOKS_TO_THIS_MACHINE="1"):

            def swept() -> bool:
                sweep_outboxes()
                with schema_context(saran.schema_name):
                    return not Delivery.objects.filter(state=DeliveryState.WAITING).exists()

            assert eventually(swept)
        numbers = [headers["webhook-id"] for headers, _body in there.heard]
        assert (len(numbers), len(set(numbers))) == (5, 4)
