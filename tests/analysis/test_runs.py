"""Analyses are made by a worker of their own: once, cancellable, and a kill loses nothing."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from common import outbox
from common.models import OutboxMessage
from consultations.analysis.enums import RunFailure, RunKind, RunState
from consultations.analysis.models import AnalysisRun
from consultations.analysis.selectors.runs import progress_key, standing
from consultations.analysis.services import kinds, running
from consultations.analysis.services.running import ask_for_run, cancel_run, give_up_waiting, make_run
from consultations.analysis.services.work import Kind
from consultations.framing.models import Consultation
from tenants.models import Municipality
from tenants.tasks import sweep_outboxes
from tests.accounts.factories import UserFactory
from tests.processes import ROOT, environment, eventually, forked, worker


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return Consultation.objects.get(is_current=True)


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An analysis that counts how often it was computed, of inputs that a test may change."""
    world = SimpleNamespace(inputs=["a"], computed=0, during=lambda: None)

    def compute(inputs: Any, progress: Any) -> dict[str, Any]:
        world.computed += 1
        world.during()
        progress(50)
        return {"of": inputs}

    monkeypatch.setitem(
        kinds.KINDS, RunKind.GROUPS, Kind(version=1, gather=lambda _consultation: world.inputs, compute=compute)
    )
    return world


def asked(consultation: Consultation, **options: Any) -> AnalysisRun:
    options = {"actor": None, "at": timezone.now(), **options}
    return ask_for_run(consultation=consultation, kind=RunKind.GROUPS, **options)


def made(run: AnalysisRun) -> AnalysisRun:
    make_run(run_id=run.pk)
    run.refresh_from_db()
    return run


def test_a_run_is_made_and_its_result_kept(consultation: Consultation, kind: Any) -> None:
    run = made(asked(consultation))
    assert (run.state, run.result) == (RunState.DONE, {"of": ["a"]})
    assert run.ended_at
    assert len(run.digest) == 64
    assert cache.get(progress_key(run.pk)) is None


def test_a_second_press_starts_nothing_twice(consultation: Consultation, kind: Any) -> None:
    first, second = asked(consultation), asked(consultation)
    assert first == second
    assert OutboxMessage.objects.filter(payload__run_id=first.pk).count() == 1
    made(first)
    made(first)
    assert kind.computed == 1


def test_of_the_same_inputs_nothing_is_computed_again(consultation: Consultation, kind: Any) -> None:
    one, other = made(asked(consultation)), made(asked(consultation))
    assert one != other
    assert one.result == other.result
    assert kind.computed == 1
    kind.inputs = ["b"]
    assert made(asked(consultation)).result == {"of": ["b"]}


def test_a_run_that_waits_is_cancelled(consultation: Consultation, kind: Any) -> None:
    run = asked(consultation)
    cancel_run(run=run, actor=UserFactory(), at=timezone.now())
    assert not OutboxMessage.objects.filter(payload__run_id=run.pk).exists()
    assert made(run).state == RunState.CANCELLED
    assert kind.computed == 0
    assert asked(consultation) != run, "another may be asked for"


def test_a_run_that_is_cancelled_while_it_is_made_keeps_nothing(consultation: Consultation, kind: Any) -> None:
    run = asked(consultation)
    kind.during = lambda: cancel_run(run=run, actor=UserFactory(), at=timezone.now())
    assert made(run).state == RunState.CANCELLED
    assert run.result is None
    assert not OutboxMessage.objects.filter(payload__run_id=run.pk).exists()


def test_what_is_over_is_not_cancelled(consultation: Consultation, kind: Any) -> None:
    run = made(asked(consultation))
    cancel_run(run=run, actor=UserFactory(), at=timezone.now())
    run.refresh_from_db()
    assert run.state == RunState.DONE


@pytest.mark.parametrize(
    ("problem", "failure"), [(RuntimeError("x"), RunFailure.ERROR), (SoftTimeLimitExceeded(), RunFailure.TOO_LONG)]
)
def test_a_run_that_fails_says_why(
    consultation: Consultation, kind: Any, problem: Exception, failure: RunFailure
) -> None:
    def break_down() -> None:
        raise problem

    kind.during = break_down
    run = made(asked(consultation))
    assert (run.state, run.failure, run.result) == (RunState.FAILED, failure, None)


def test_a_run_that_kills_its_workers_is_given_up(consultation: Consultation, kind: Any) -> None:
    run = asked(consultation)
    cache.set(f"analysis-starts:{run.pk}", running.STARTS, 60)
    assert made(run).failure == RunFailure.KILLED
    assert kind.computed == 0


def test_what_no_worker_takes_is_given_up_after_two_days(consultation: Consultation, kind: Any) -> None:
    run = asked(consultation)
    assert give_up_waiting(at=run.asked_at + timedelta(days=1)) == 0
    assert give_up_waiting(at=run.asked_at + timedelta(days=2, minutes=1)) == 1
    run.refresh_from_db()
    assert (run.state, run.failure) == (RunState.FAILED, RunFailure.NO_WORKER)
    assert not OutboxMessage.objects.filter(payload__run_id=run.pk).exists()


def test_old_runs_are_kept_bounded_and_the_published_one_stays(consultation: Consultation, kind: Any) -> None:
    published = made(asked(consultation))
    AnalysisRun.objects.filter(pk=published.pk).update(published_at=timezone.now())
    runs = [made(asked(consultation)) for _each in range(running.RUNS_KEPT + 2)]
    left = set(AnalysisRun.objects.values_list("pk", flat=True))
    assert left == {published.pk, *(run.pk for run in runs[-running.RUNS_KEPT :])}


def test_the_desk_knows_how_far_it_is_and_when_nothing_takes_it(consultation: Consultation, kind: Any) -> None:
    run = asked(consultation)
    at = run.asked_at
    assert not standing(consultation, RunKind.GROUPS, at=at + timedelta(seconds=10)).waits
    assert standing(consultation, RunKind.GROUPS, at=at + timedelta(seconds=40)).waits
    cache.set(progress_key(run.pk), 40, 60)
    there = standing(consultation, RunKind.GROUPS, at=at + timedelta(seconds=40))
    assert (there.waits, there.progress, there.asked) == (False, 40, run)
    made(run)
    there = standing(consultation, RunKind.GROUPS, at=at)
    assert (there.asked, there.done, there.last) == (None, run, run)


def test_messages_of_analyses_go_to_their_own_queue_and_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(outbox.run_outbox_message, "apply_async", lambda **options: sent.append(options.get("queue")))
    name = f"{make_run.__module__}.{make_run.__qualname__}"
    assert outbox.publish("one", name)
    assert outbox.publish("one", name), "offered a moment ago"
    assert outbox.publish("two", "accounts.tasks.send_mail")
    assert outbox.publish("two", "accounts.tasks.send_mail")
    assert sent == [running.QUEUE, None, None]


def test_neither_pages_nor_the_general_worker_load_the_scientific_libraries() -> None:
    """Whatever is imported to answer, with all addresses, and to take messages of the outbox."""
    script = (
        "import sys\n"
        "from config.celery import app\n"
        "import config.asgi\n"
        "app.loader.import_default_modules(); app.finalize(); app.autodiscover_tasks(force=True)\n"
        "from django.urls import get_resolver\n"
        "for tree in ('config.urls.tenant', 'config.urls.public'): list(get_resolver(tree).url_patterns)\n"
        "print([name for name in ('numpy', 'scipy', 'sklearn', 'simplemma') if name in sys.modules])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


@pytest.fixture
def broker(real_db: str) -> Iterator[None]:
    """An empty queue: the workers of one Redis share it."""
    current_app.control.purge()
    with current_app.connection_for_write() as link:
        link.default_channel.queue_purge(running.QUEUE)
    yield
    with current_app.connection_for_write() as link:
        link.default_channel.queue_purge(running.QUEUE)


def hold(message: str) -> None:
    """Take a message as a worker does, and stop in the middle."""

    def compute(inputs: Any, progress: Any) -> None:
        cache.set("computes-in-a-transaction", connection.in_atomic_block, 600)
        time.sleep(120)

    kinds.KINDS[RunKind.GROUPS] = Kind(version=1, gather=lambda consultation: None, compute=compute)
    outbox.run_message(message, at=timezone.now())


def test_a_worker_that_is_killed_loses_nothing(broker: None) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        run = asked(Consultation.objects.get(is_current=True))
        ended = AnalysisRun.objects.filter(pk=run.pk, state=RunState.DONE)
        message = OutboxMessage.objects.get(payload__run_id=run.pk)
        with forked(lambda: hold(str(message.pk))) as held:
            assert eventually(lambda: cache.get("computes-in-a-transaction") is not None)
            assert cache.get("computes-in-a-transaction") is False, "it would be open as long as it computes"
            assert not outbox.run_message(str(message.pk), at=timezone.now()), "nobody else takes it meanwhile"
            held.kill()
        with worker(queue=running.QUEUE):
            cache.clear()  # a minute later

            def swept() -> bool:
                sweep_outboxes()
                with schema_context(saran.schema_name):
                    return ended.exists()

            assert eventually(swept)
