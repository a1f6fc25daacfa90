"""A worker killed in the middle of a run: the run goes on when there is a worker again."""

from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone

from onboarding.enums import RunState, Step
from onboarding.models import ProvisioningRun
from onboarding.tasks import resume_provisioning
from tenants.models import Municipality
from tests.onboarding.test_provisioning import ask
from tests.processes import eventually, worker

# Imported by the worker before Django is up: it stops in the step's middle, and says so.
STOP = """
import os, time
from onboarding import provisioning
done = provisioning._ACTIONS[provisioning.Step({step!r})]
def stop(run):
    done(run)
    open({flag!r}, "w").close()
    time.sleep(600)
provisioning._ACTIONS[provisioning.Step({step!r})] = stop
"""


@pytest.mark.parametrize("step", [Step.SCHEMA, Step.CONTENT, Step.ADMINISTRATOR])
def test_a_killed_worker_loses_nothing(real_db: str, tmp_path: Path, step: Step) -> None:
    current_app.control.purge()
    flag = tmp_path / "in_the_middle"
    module = tmp_path / "stopping_worker.py"
    module.write_text(STOP.format(step=step.value, flag=str(flag)))
    run = ask()
    with worker_with(module) as stopping:
        resume_provisioning()
        assert eventually(flag.exists, within=30)
        stopping.kill()
        stopping.wait()
    run.refresh_from_db()
    assert run.state == RunState.RUNNING
    assert not Municipality.objects.ready().filter(slug="ingre").exists()
    ProvisioningRun.objects.update(next_try_at=timezone.now())  # some seconds pass
    with worker():
        resume_provisioning()
        assert eventually(lambda: ProvisioningRun.objects.get(pk=run.pk).state == RunState.DONE, within=30)
    assert Municipality.objects.ready().filter(slug="ingre").count() == 1


def worker_with(module: Path) -> Any:
    import sys
    import time

    from tests.processes import ROOT, process

    paths = f"{ROOT}:{ROOT / 'platform'}:{module.parent}"
    command = (
        sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-P", "solo", "-l", "WARNING",
        "-I", module.stem, "-n", f"w{time.time_ns()}",
    )  # fmt: skip
    return process(*command, PYTHONPATH=paths)
