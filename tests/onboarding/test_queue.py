"""Whose turn it is: each requester in turn, the oldest first; and a city never waits behind mails or nightly jobs."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.tasks import send_mail
from common.outbox import enqueue
from consultations.analysis.services import running
from consultations.animation.services import waking as campaigns
from deploy.local.run import _programs
from onboarding import provisioning, queue
from onboarding.enums import RunState, Step
from onboarding.models import ProvisioningRun
from onboarding.tasks import resume_provisioning
from tests.onboarding.test_killed_worker import SLOWLY, Nursery, nursery
from tests.onboarding.test_provisioning import ask
from tests.processes import ROOT, eventually
from webhooks.services import waking

__all__ = ["nursery"]


@pytest.fixture
def empty_queues() -> Iterator[None]:
    current_app.control.purge()
    yield
    current_app.control.purge()


def asked(email: str, number: int, **changes: Any) -> ProvisioningRun:
    """A run that waits, asked for by `email` so many seconds after the first."""
    run = ask(f"{email.partition('@')[0].replace('+', '-')}-{number}", admin_email=email)
    values = {"created_at": timezone.now() - timedelta(minutes=5) + timedelta(seconds=number), **changes}
    ProvisioningRun.objects.filter(pk=run.pk).update(next_try_at=values["created_at"], **values)
    run.refresh_from_db()
    return run


def in_turn() -> list[str]:
    order = queue.next_runs(at=timezone.now())
    slugs = dict(ProvisioningRun.objects.values_list("pk", "slug"))
    return [slugs[key] for key in order]


def test_each_requester_has_a_turn_before_anyones_second(db: None) -> None:
    for number in (1, 2, 3):
        asked("inonde@a.example", number)
    asked("maire@b.example", 4)
    asked("maire@b.example", 5)
    asked("dgs@c.example", 6)
    assert in_turn() == ["inonde-1", "maire-4", "dgs-6", "inonde-2", "maire-5", "inonde-3"]


def test_what_one_was_served_in_the_last_hour_were_turns(db: None) -> None:
    for number in (1, 2):
        asked("inonde@a.example", number, state=RunState.DONE, ended_at=timezone.now())
    asked("inonde@a.example", 3)
    asked("dgs@c.example", 4)
    asked("dgs@c.example", 5)
    assert in_turn() == ["dgs-4", "dgs-5", "inonde-3"]


def test_tags_and_capitals_make_no_other_requester(db: None) -> None:
    asked("inonde@a.example", 1)
    asked("inonde+un@a.example", 2)
    asked("inonde+deux@a.example", 3)
    asked("dgs@c.example", 4)
    assert in_turn() == ["inonde-1", "dgs-4", "inonde-un-2", "inonde-deux-3"]


def test_runs_that_others_have_or_that_wait_for_a_try_are_left_out(db: None) -> None:
    asked("un@a.example", 1)
    asked("deux@b.example", 2, state=RunState.FAILED)
    asked("trois@c.example", 3, state=RunState.DONE, ended_at=timezone.now())
    asked("quatre@d.example", 4, state=RunState.CANCELLED)
    later = asked("cinq@e.example", 5)
    ProvisioningRun.objects.filter(pk=later.pk).update(next_try_at=timezone.now() + timedelta(seconds=5))
    assert in_turn() == ["un-1"]


def test_the_place_in_the_queue_counts_the_cities_before(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1, 31):
        flood = asked("inonde@a.example", number)
    other = asked("dgs@c.example", 40)
    with django_assert_num_queries(1):
        assert queue.place_in_queue(other, at=timezone.now()) == 1
    assert queue.place_in_queue(flood, at=timezone.now()) == 30
    # A failed one that waits for its next try holds nobody up; one whose making has begun has no place.
    ProvisioningRun.objects.filter(slug="inonde-1").update(attempts=1, next_try_at=timezone.now() + timedelta(hours=1))
    assert queue.place_in_queue(other, at=timezone.now()) == 0
    ProvisioningRun.objects.filter(pk=flood.pk).update(step=Step.CONTENT)
    assert queue.place_in_queue(flood, at=timezone.now()) == 0


def test_one_persons_fifty_do_not_delay_others_with_a_real_worker(nursery: Nursery) -> None:
    flood = [ask(f"inonde-{number}", admin_email="inonde@a.example", dispatched=True) for number in range(12)]
    others = [ask(f"autre-{number}", admin_email=f"maire@v{number}.example", dispatched=True) for number in range(4)]
    nursery.worker()
    everyone = [run.pk for run in [*flood, *others]]
    done = ProvisioningRun.objects.filter(pk__in=everyone, state=RunState.DONE)
    assert eventually(lambda: done.count() == len(everyone), within=SLOWLY)
    order = list(done.order_by("ended_at").values_list("slug", flat=True))
    last_of_the_others = max(order.index(run.slug) for run in others)
    assert last_of_the_others <= 5, order
    assert [slug for slug in order if slug.startswith("inonde")] == [run.slug for run in flood], (
        "first come, first served"
    )


def test_cities_are_made_while_mails_and_nightly_jobs_wait(nursery: Nursery) -> None:
    for _unused in range(20):
        enqueue(send_mail, to="a@example.org", subject="s", body="b", sender="c@example.org")
    before = queue.messages_waiting("celery")
    assert before >= 20
    run = ask("presse", dispatched=True)
    nursery.worker("-Q", queue.QUEUE)
    assert eventually(lambda: ProvisioningRun.objects.get(pk=run.pk).state == RunState.DONE, within=SLOWLY)
    assert queue.messages_waiting("celery") >= before


@pytest.mark.parametrize("task", ["provision", "resume_provisioning"])
def test_runs_and_their_sweeper_have_a_queue_of_their_own(task: str) -> None:
    assert current_app.amqp.router.route({}, f"onboarding.tasks.{task}")["queue"].name == queue.QUEUE
    assert current_app.amqp.router.route({}, "common.run_outbox_message")["queue"].name == "celery"


def test_every_way_to_run_the_platform_has_a_worker_for_it() -> None:
    """One for each queue that keeps others waiting, and one that takes from all others (no -Q)."""
    compose = (ROOT / "deploy" / "compose.yaml").read_text()
    for workers in (
        [" ".join(command) for command in _programs(8000, 1025, 1080, None).values() if "worker" in command],
        [line.replace('", "', " ") for line in re.findall(r"command: (\[.*celery.*worker.*\])", compose)],
    ):
        named = [found[1] if (found := re.search(r"-Q (\w+)", command)) else "" for command in workers]
        assert sorted(named) == sorted(["", queue.QUEUE, running.QUEUE, waking.QUEUE, campaigns.QUEUE])


def test_whoever_takes_from_every_queue_makes_no_analyses() -> None:
    """It would load the scientific libraries."""
    assert running.QUEUE not in {each.name for each in current_app.conf.task_queues}


def test_the_sweeper_sends_no_more_messages_than_there_are_runs(real_db: str, empty_queues: None) -> None:
    for number in range(3):
        asked("inonde@a.example", number)
    for _unused in range(4):
        resume_provisioning()
    assert queue.messages_waiting() == 3


def test_without_a_broker_nothing_is_lost(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OSError

    asked("dgs@c.example", 1)
    monkeypatch.setattr(current_app, "send_task", away)
    monkeypatch.setattr(current_app, "connection_for_write", away)
    resume_provisioning()
    assert in_turn() == ["dgs-1"]


def test_a_run_that_kills_its_workers_comes_back_ever_more_seldom(real_db: str) -> None:
    run = asked("dgs@c.example", 1)
    for age, least in ((timedelta(0), 10), (timedelta(minutes=5), 30), (timedelta(days=3), 300)):
        now = timezone.now()
        ProvisioningRun.objects.filter(pk=run.pk).update(created_at=now - age, next_try_at=now)
        assert provisioning._take(run.pk, at=now, only_if_due=True)
        assert not provisioning._take(run.pk, at=now, only_if_due=True)
        run.refresh_from_db()
        assert abs((run.next_try_at - now).total_seconds() - least) < 1


def test_the_progress_page_says_how_many_come_before_in_three_queries(
    visit: Callable[..., Client], db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (1, 2):
        asked(f"maire@v{number}.example", number)
    run = asked("dgs@c.example", 3)
    page = f"/inscription/mise-en-service/{run.pk}/"
    client = visit(None)
    session = client.session
    session[f"run-{run.pk}"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert "2 plateformes sont créées avant la vôtre." in client.get(page).content.decode()
    with django_assert_max_num_queries(3 + SETTINGS_OF_THE_CONNECTION):
        assert "2 plateformes" in client.get(page, HTTP_HX_REQUEST="true").content.decode()
    ProvisioningRun.objects.filter(pk=run.pk).update(step=Step.CONTENT)
    with django_assert_max_num_queries(3 + SETTINGS_OF_THE_CONNECTION):
        assert "avant la vôtre" not in client.get(page, HTTP_HX_REQUEST="true").content.decode()


SETTINGS_OF_THE_CONNECTION = 1  # role and search path, where they must be put on again
