"""A second installation on a server of its own, and a mover that stops where a test wants it."""

import atexit
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.test import override_settings

from deploy.local.services import Postgres, start_postgres
from onboarding.models import ProvisioningRun, StepRecord
from tenants.cells.installation import note_installation
from tenants.models import Domain, HostReservation, Installation, Municipality
from tenants.schema import drop_schema
from tests.onboarding.test_killed_worker import copy_of_this_database, on
from tests.processes import environment, eventually

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
    folder = Path(tempfile.mkdtemp(prefix="territoires-cell-"))
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
def mover(*arguments: str, stop: str = "", folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py move_city …` in a process of its own, on the database under test; it waits at `stop` for ever."""
    with (folder / "mover.log").open("ab") as said:
        started = subprocess.Popen(
            [sys.executable, "-m", "tests.tenants.mover", *arguments],
            env=environment(STOP=stop, STOPPED=str(folder / "stopped")),
            stdout=said,
            stderr=said,
        )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def has_stopped(folder: Path) -> bool:
    return eventually((folder / "stopped").exists, within=120)
