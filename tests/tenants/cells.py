"""A second installation on a server of its own, and a mover that stops where a test wants it."""

import atexit
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import override_settings

from deploy.local.services import Postgres, start_postgres
from onboarding.models import ProvisioningRun, StepRecord
from tenants.cells import moving
from tenants.cells.installation import note_installation
from tenants.models import Domain, HostReservation, Installation, Municipality
from tenants.schema import drop_schema
from tests import kept
from tests.onboarding.test_killed_worker import copy_of_this_database, on
from tests.processes import eventually, forked

CELL = 2
# Where a mover can be stopped: the step, and whether before it or once it is done.
STOPS = (
    "before _be_known_there",
    "before _make_tables",
    "after _make_tables",
    "after _copy_beside",
    "after _hold",
    "before _arrive",
    "after _arrive",
    "after _hold_and_hand_over",  # committed here, not there
    "before _note_done",
)


_made: dict[tuple[str, ...], Path] = {}


@contextmanager
def second_installation(*without: str) -> Iterator[Postgres]:
    """With the same cities but those: as cell 2, and this one as cell 0. Made once by each worker, then copied as files."""
    if without not in _made:
        _made[without] = _make(without)
    folder = _new_folder()
    subprocess.run(["cp", "-a", str(_made[without]), str(folder / "postgres")], check=True)
    server = start_postgres(folder / "postgres", fsync=False)
    try:
        note_installation()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _make(without: tuple[str, ...]) -> Path:
    """The folder of its server, which has stopped; it goes when the run ends."""
    folder = _new_folder()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = start_postgres(folder / "postgres", fsync=False)
    try:
        copy_of_this_database(server)
        with on(server), override_settings(CELL=CELL):
            Installation.objects.all().delete()
            for slug in without:
                forget(Municipality.objects.get(slug=slug))
            note_installation()
    finally:
        server.stop()
    return folder / "postgres"


def _new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="territoires-cell-", dir=kept.place_for_databases()))
    folder.chmod(0o755)
    return folder


def forget(city: Municipality) -> None:
    """As if it had never been there."""

    drop_schema(city.schema_name)
    StepRecord.objects.filter(run__municipality=city).delete()
    ProvisioningRun.objects.filter(municipality=city).delete()
    Domain.objects.filter(tenant=city).delete()
    HostReservation.objects.filter(schema_name=city.schema_name).delete()
    Municipality.objects.filter(pk=city.pk).delete()


@contextmanager
def mover(*arguments: str, stop: str = "", folder: Path, after: Any = None) -> Iterator[ForkProcess]:
    """`manage.py move_city …` in a process of its own, on the database under test; it waits at `stop` for ever.

    `after`: it begins once this is set.
    """

    def wait() -> None:
        (folder / "stopped").touch()
        time.sleep(600)

    def move() -> None:
        if after is not None:
            after.wait()
        if stop:
            moment, name = stop.split()
            setattr(moving, name, _stopping(getattr(moving, name), moment, wait))
        call_command("move_city", *arguments)

    with forked(move, log=folder / "mover.log") as started:
        yield started


def _stopping(function: Callable[..., Any], moment: str, stop: Callable[[], None]) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if moment == "before":
            stop()
        done = function(*args, **kwargs)
        if moment == "after":
            stop()
        return done

    return wrapped


def has_stopped(folder: Path) -> bool:
    return eventually((folder / "stopped").exists, within=120)
