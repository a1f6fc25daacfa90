"""A run goes from an address to a living platform; killed or refused anywhere, it leaves nothing half-made in sight."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from common.models import OutboxMessage
from consultations.framing.models import Challenge, Consultation
from onboarding import provisioning
from onboarding.enums import RunState, Step
from onboarding.management.commands.provision import Command
from onboarding.models import Authority, ProvisioningRun
from onboarding.services.runs import ask_for_platform
from tenants.models import Municipality, WantedCity
from tenants.schema import schema_exists


def ask(slug: str = "ingre", **kwargs: Any) -> ProvisioningRun:
    wanted = WantedCity("Ingré", "COMMUNE", "", slug)
    of_city = {name: kwargs.pop(name) for name in asdict(wanted) if name in kwargs}
    answers = {"challenge_set": "territoires-resilients", "admin_email": "maire@ingre.example", "dispatched": False}
    return ask_for_platform(replace(wanted, **of_city), **{**answers, **kwargs})


def test_a_run_makes_a_complete_platform(real_db: str, visit: Callable[..., Client]) -> None:
    run = provisioning.advance(ask().pk)
    assert run is not None
    assert (run.state, run.step) == (RunState.DONE, Step.READY)
    assert [record.step for record in run.steps.all()] == provisioning.ORDER
    city = Municipality.objects.get(slug="ingre")
    with schema_context(city.schema_name):
        assert Consultation.objects.get().question.startswith("Ingré")
        assert Challenge.objects.count() == 6
        assert User.objects.get().role == Role.ADMINISTRATOR
        assert OutboxMessage.objects.get().payload["to"] == "maire@ingre.example"
    assert visit(city).get("/").status_code == 200


@pytest.mark.parametrize("step", provisioning.ORDER)
def test_a_run_that_fails_at_any_step_goes_on_from_there(
    real_db: str, monkeypatch: pytest.MonkeyPatch, step: Step
) -> None:
    run = ask()
    done = provisioning._ACTIONS[step]

    def fail_after(run: ProvisioningRun) -> None:
        done(run)
        raise RuntimeError("the machine stopped here")

    monkeypatch.setitem(provisioning._ACTIONS, step, fail_after)
    stopped = provisioning.advance(run.pk)
    assert stopped is not None
    assert (stopped.state, stopped.step, stopped.attempts) == (RunState.RUNNING, step, 1)
    monkeypatch.undo()
    finished = provisioning.advance(run.pk)
    assert finished is not None
    assert finished.state == RunState.DONE
    city = Municipality.objects.get(slug="ingre")
    with schema_context(city.schema_name):
        assert Consultation.objects.count() == 1
        assert User.objects.count() == 1
        assert OutboxMessage.objects.count() == 1


def test_the_content_is_there_as_a_whole_or_not_at_all(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("the machine stopped before its last line")

    run = ask()
    monkeypatch.setattr(provisioning, "holds_nothing_yet", fail)
    stopped = provisioning.advance(run.pk)
    assert stopped is not None
    assert stopped.step == Step.CONTENT
    with schema_context(Municipality.objects.get(slug="ingre").schema_name):
        assert not Consultation.objects.exists()
        assert not Challenge.objects.exists()


def test_a_half_made_city_is_not_served(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(run: ProvisioningRun) -> None:
        raise RuntimeError

    monkeypatch.setitem(provisioning._ACTIONS, Step.CHECK, fail)
    provisioning.advance(ask().pk)
    assert Client(HTTP_HOST="ingre.territoires.localhost").get("/").status_code == 404


def test_after_five_failures_a_run_waits_for_an_operator(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(run: ProvisioningRun) -> None:
        raise RuntimeError

    monkeypatch.setitem(provisioning._ACTIONS, Step.SCHEMA, fail)
    run = ask()
    for _unused in range(ProvisioningRun.MAX_ATTEMPTS):
        provisioning.advance(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert not schema_exists(Municipality.objects.get(slug="ingre").schema_name)


def test_a_taken_address_refuses_the_run_and_makes_nothing(real_db: str) -> None:
    run = provisioning.advance(ask(slug="saran").pk)
    assert run is not None
    assert (run.state, run.municipality) == (RunState.REFUSED, None)
    assert Municipality.objects.filter(slug="saran").count() == 1


def test_an_authority_never_gets_a_second_platform(real_db: str) -> None:
    run = provisioning.advance(ask(authority_code="45302").pk)
    assert run is not None
    assert run.state == RunState.REFUSED
    assert not Municipality.objects.filter(slug="ingre").exists()


def test_two_workers_on_one_run_make_one_city(real_db: str) -> None:
    run = ask()

    def work(_number: int) -> bool:
        try:
            return provisioning.advance(run.pk) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(work, range(4)))
    assert any(taken)
    assert ProvisioningRun.objects.get(pk=run.pk).state == RunState.DONE
    assert Municipality.objects.filter(slug="ingre").count() == 1


def test_the_command_prints_one_json_object(real_db: str) -> None:
    out, err = StringIO(), StringIO()
    call_command(
        "provision",
        "--name",
        "Ingré",
        "--slug",
        "ingre",
        "--admin",
        "m@ingre.example",
        "--json",
        stdout=out,
        stderr=err,
    )
    result = json.loads(out.getvalue())
    assert result["url"] == "http://ingre.territoires.localhost/"
    assert result["schema"].startswith("m_")
    assert set(result["steps"]) == {"reserve", "schema", "content", "administrator", "check", "ready"}
    assert result["seconds"] >= max(result["steps"].values())


@pytest.mark.parametrize(
    "options",
    [
        {"slug": "Ingré"},
        {"slug": "-ingre"},
        {"slug": "a" * 41},
        {"slug": "www"},
        {"slug": "saran"},
        {"challenge_set": "inconnu"},
        {"colour": "vert"},
        {"name": "I" * 121},
        {"name": " "},
        {"authority": "4" * 10},
        {"admin": "m@@ingre"},
        {"admin": "m" * 250 + "@ingre.example"},
    ],
)
def test_the_command_refuses_clearly_and_makes_nothing(real_db: str, options: dict[str, str]) -> None:
    before = Municipality.objects.count()
    answers = {"name": "Ingré", "slug": "ingre", "admin": "m@ingre.example", **options}
    with pytest.raises(CommandError):
        call_command("provision", **answers, stdout=StringIO(), stderr=StringIO())
    assert Municipality.objects.count() == before


def test_the_kind_follows_from_the_code(db: None) -> None:
    said = StringIO()
    command = Command(stderr=said)
    Authority.objects.filter(code__in=["242900314", "24"]).delete()
    for kind, code in (("INTERCOMMUNALITY", "242900314"), ("DEPARTMENT", "24"), ("REGION", "24")):
        Authority.objects.create(kind=kind, code=code, name=code, siren="242900314", region_name="", search_name="")
    found = command._authority(code="242900314", kind=None)
    assert (found.kind, found.siren) == ("INTERCOMMUNALITY", "242900314")
    assert command._authority(code="24", kind="REGION").kind == "REGION"
    with pytest.raises(CommandError, match="say which with --kind"):
        command._authority(code="24", kind=None)
    assert not said.getvalue()
    assert command._authority(code="99999999", kind=None).kind == "COMMUNE"
    assert "Nothing in the directory has this code" in said.getvalue()
