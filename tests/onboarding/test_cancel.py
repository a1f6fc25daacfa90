"""A run is given up: what it has made goes, its address and its authority are free; a platform that is ready stays."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry, User
from common.models import OutboxMessage
from onboarding import provisioning
from onboarding.enums import RunState, Step
from onboarding.models import ProvisioningRun
from onboarding.services import runs
from onboarding.services.runs import AlreadyCancelled, NotFailed, NothingToCancel, RunIsDone, cancel, retry
from tenants.models import Domain, Municipality
from tenants.schema import schema_exists
from tests.accounts.factories import UserFactory
from tests.onboarding.test_provisioning import ask
from tests.support.pages import message_levels, says

NOW = timezone.now


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests do the workers' part themselves."""
    monkeypatch.setattr(runs, "dispatch", lambda key: None)


def stop_at(step: Step, patch: pytest.MonkeyPatch, **kwargs: Any) -> ProvisioningRun:
    """A run that fails at a step, once."""

    def fail(run: ProvisioningRun) -> None:
        raise RuntimeError

    with patch.context() as inner:
        inner.setitem(provisioning._ACTIONS, step, fail)
        run = provisioning.advance(ask(**kwargs).pk)
    assert run is not None
    return run


def given_up(run: ProvisioningRun) -> ProvisioningRun:
    """Failed for good."""
    ProvisioningRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, attempts=5, ended_at=NOW())
    run.refresh_from_db()
    return run


def operator() -> User:
    with schema_context("public"):
        user: User = UserFactory(role=Role.OPERATOR)
    return user


def assert_schema_and_role_are_gone(run: ProvisioningRun) -> None:
    """Those that the trail says were removed; none where the run had made none."""
    removed = AuditEntry.objects.filter(action="provisioning_rolled_back", subject_id=str(run.pk))
    for entry in removed:
        assert not schema_exists(entry.details["schema"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [entry.details["schema"]])
            assert cursor.fetchone() is None
    assert removed.count() == (run.step != Step.RESERVE)


@pytest.mark.parametrize("step", provisioning.ORDER)
@pytest.mark.parametrize("failed", [False, True], ids=["running", "failed"])
def test_cancelled_at_any_step_it_leaves_nothing(
    real_db: str, monkeypatch: pytest.MonkeyPatch, step: Step, failed: bool
) -> None:
    run = stop_at(step, monkeypatch, authority_code="45169")
    if failed:
        given_up(run)
    cancel(run=run, operator=operator(), at=NOW())
    provisioning.advance_next()
    run.refresh_from_db()
    assert (run.state, run.municipality) == (RunState.CANCELLED, None)
    assert_schema_and_role_are_gone(run)
    assert not Municipality.objects.filter(slug="ingre").exists()
    assert not Domain.objects.filter(domain__startswith="ingre.").exists()
    # Address and authority are free: another run takes both.
    again = provisioning.advance(ask(authority_code="45169").pk)
    assert again is not None
    assert again.state == RunState.DONE


def test_it_is_on_record_and_the_person_is_told(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run, who = stop_at(Step.CHECK, monkeypatch), operator()
    cancel(run=run, operator=who, at=NOW())
    entry = AuditEntry.objects.get(action="provisioning_cancelled")
    assert (entry.actor_id, entry.subject_id) == (who.pk, str(run.pk))
    mail = OutboxMessage.objects.get()
    assert mail.payload["to"] == "maire@ingre.example"
    assert "ne sera pas créée" in mail.payload["subject"]
    provisioning.advance_next()
    assert AuditEntry.objects.filter(action="provisioning_rolled_back").count() == 1


def test_the_one_who_confirmed_gets_no_mail_about_their_own_doing(
    real_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel(run=stop_at(Step.CHECK, monkeypatch), operator=None, at=NOW())
    assert not OutboxMessage.objects.exists()
    assert AuditEntry.objects.get(action="provisioning_cancelled").details["by_requester"] is True


@pytest.mark.parametrize("step", provisioning.ORDER)
def test_a_run_in_a_workers_hands_stops_at_the_end_of_its_step(
    real_db: str, monkeypatch: pytest.MonkeyPatch, step: Step
) -> None:
    # Once the end of a step holds the run, a cancellation waits for it.
    end = "_hold" if step in (Step.RESERVE, Step.READY) else "_note"
    holding = getattr(provisioning, end)

    def cancelled_just_before(run: ProvisioningRun, *args: Any, **kwargs: Any) -> None:
        if run.step == step:
            _cancel_elsewhere(run.pk)
        holding(run, *args, **kwargs)

    monkeypatch.setattr(provisioning, end, cancelled_just_before)
    run = provisioning.advance(ask().pk)
    assert run is not None
    assert (run.state, run.municipality) == (RunState.CANCELLED, None)
    assert step not in {record.step for record in run.steps.all()}
    assert_schema_and_role_are_gone(run)
    assert not Municipality.objects.filter(slug="ingre").exists()


def _cancel_elsewhere(key: object) -> None:
    def elsewhere() -> None:
        try:
            cancel(run=ProvisioningRun.objects.get(pk=key), operator=None, at=NOW())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(elsewhere).result()


def test_a_rollback_that_fails_is_tried_again_and_never_given_up(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = stop_at(Step.CHECK, monkeypatch)
    cancel(run=run, operator=None, at=NOW())

    def fail(schema_name: str) -> None:
        raise RuntimeError("a lock")

    with monkeypatch.context() as patch:
        patch.setattr(provisioning, "drop_schema", fail)
        for _unused in range(ProvisioningRun.MAX_ATTEMPTS + 2):
            provisioning.advance(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.CANCELLED, ProvisioningRun.MAX_ATTEMPTS + 2)
    assert run.municipality is not None
    assert run.next_try_at > NOW()
    provisioning.advance(run.pk)
    run.refresh_from_db()
    assert run.municipality is None


def test_a_platform_that_is_ready_is_not_cancelled(real_db: str) -> None:
    run = provisioning.advance(ask().pk)
    assert run is not None
    with pytest.raises(RunIsDone):
        cancel(run=run, operator=None, at=NOW())
    with pytest.raises(RunIsDone):
        retry(run=run, operator=operator(), at=NOW())
    city = Municipality.objects.ready().get(slug="ingre")
    assert schema_exists(city.schema_name)


def test_a_refused_run_made_nothing_and_has_nothing_to_cancel(real_db: str) -> None:
    run = provisioning.advance(ask(slug="saran").pk)
    assert run is not None
    with pytest.raises(NothingToCancel):
        cancel(run=run, operator=None, at=NOW())
    with pytest.raises(NotFailed):
        retry(run=run, operator=operator(), at=NOW())


def test_a_cancelled_run_is_not_started_again(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = given_up(stop_at(Step.CHECK, monkeypatch))
    cancel(run=run, operator=None, at=NOW())
    with pytest.raises(AlreadyCancelled):
        retry(run=run, operator=operator(), at=NOW())


def test_a_failed_run_is_started_again_from_its_step(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = given_up(stop_at(Step.CONTENT, monkeypatch))
    retry(run=run, operator=operator(), at=NOW())
    finished = provisioning.advance_next()
    assert finished is not None
    assert (finished.pk, finished.state, finished.attempts) == (run.pk, RunState.DONE, 0)


def test_two_at_once_cancel_once(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run, who = stop_at(Step.CHECK, monkeypatch), operator()

    def press(_number: int) -> None:
        try:
            cancel(run=run, operator=who, at=NOW())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(4)))
    assert AuditEntry.objects.filter(action="provisioning_cancelled").count() == 1
    assert OutboxMessage.objects.count() == 1


def test_starting_again_and_cancelling_at_once_end_in_one_of_the_two(
    real_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, who = given_up(stop_at(Step.CHECK, monkeypatch)), operator()

    def press(again: bool) -> None:
        try:
            if again:
                retry(run=run, operator=who, at=NOW())
            else:
                cancel(run=run, operator=who, at=NOW())
        except AlreadyCancelled:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, [True, False]))
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED, "started again or not, it is cancelled in the end"


# ── Through the pages ────────────────────────────────────────────────────────


def test_who_confirmed_cancels_from_the_progress_page(
    real_db: str, visit: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = given_up(stop_at(Step.CHECK, monkeypatch))
    progress = f"/inscription/mise-en-service/{run.pk}/"
    client = visit(None)
    session = client.session
    session[f"run-{run.pk}"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    assert f'href="{progress}annuler/"' in client.get(progress).content.decode()
    assert "Annuler la plateforme d’Ingré" in client.get(progress + "annuler/").content.decode()
    assert client.post(progress + "annuler/").headers["Location"] == progress
    page = client.get(progress).content.decode()
    assert "La mise en service a été annulée" in page
    # Pressed again, or gone back to: nothing more happens.
    assert client.post(progress + "annuler/").status_code == 302
    assert client.get(progress + "annuler/").headers["Location"] == progress


def test_nobody_else_cancels_it(real_db: str, visit: Callable[..., Client]) -> None:
    run = ask()
    page = f"/inscription/mise-en-service/{run.pk}/annuler/"
    assert visit(None).get(page).status_code == 404
    assert visit(None).post(page).status_code == 404
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def test_who_confirmed_is_told_when_it_is_too_late(real_db: str, visit: Callable[..., Client]) -> None:
    run = provisioning.advance(ask().pk)
    assert run is not None
    client = visit(None)
    session = client.session
    session[f"run-{run.pk}"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    answer = client.post(f"/inscription/mise-en-service/{run.pk}/annuler/", follow=True)
    assert says(answer, RunIsDone)


@pytest.fixture
def ops(visit: Callable[..., Client], real_db: str) -> Client:
    user = operator()
    return visit(None, user)


def test_operators_find_runs_by_state_and_by_name(ops: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    given_up(stop_at(Step.CHECK, monkeypatch))
    stop_at(Step.CONTENT, monkeypatch, slug="ormes", authority_name="Ormes", admin_email="dgs@ormes.example")
    provisioning.advance(ask(slug="saran", authority_name="Saran bis").pk)
    runs_page = "/ops/mises-en-service/"

    def shown(query: str) -> set[str]:
        return {row["run"].slug for row in ops.get(runs_page + query).context["rows"]}

    assert shown("") == {"ingre", "ormes", "saran", "brest"}
    assert shown("?etat=FAILED") == {"ingre"}
    assert shown("?etat=RUNNING") == {"ormes"}
    assert shown("?etat=REFUSED") == {"saran"}
    assert shown("?q=orm") == {"ormes"}
    assert shown("?q=dgs@ormes") == {"ormes"}
    assert shown("?q=29019") == {"brest"}
    assert shown("?etat=nimporte&q=%00") == {"ingre", "ormes", "saran", "brest"}
    assert shown("?q=zzz") == shown("?etat=CANCELLED") == set()


def test_operators_start_again_and_cancel_from_the_list(ops: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = given_up(stop_at(Step.CHECK, monkeypatch))
    filtered = "/ops/mises-en-service/?etat=FAILED"
    answer = ops.post(f"/ops/mises-en-service/{run.pk}/relancer/", {"next": filtered})
    assert answer.headers["Location"] == filtered
    answer = ops.post(f"/ops/mises-en-service/{run.pk}/annuler/", {"next": "https://evil.example/"}, follow=True)
    assert answer.redirect_chain == [("/ops/mises-en-service/", 302)]
    assert message_levels(answer) == ["success", "success"]  # of both presses
    assert "en cours de retrait" in answer.content.decode()
    answer = ops.post(f"/ops/mises-en-service/{run.pk}/relancer/", follow=True)
    assert says(answer, AlreadyCancelled)


def test_the_list_costs_the_same_at_two_runs_and_at_ten(ops: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            ops.get("/ops/mises-en-service/")
        return len(captured)

    ops.get("/ops/mises-en-service/")
    at_two = cost()
    for number in range(8):
        run = ask(f"ville-{number}")
        if number % 2:
            provisioning.advance(run.pk)
    ops.get("/ops/mises-en-service/")  # the connection comes back from a city
    assert cost() == at_two
