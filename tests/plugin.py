"""Starts PostgreSQL and Valkey for a test run, before Django reads where they are (pytest -p tests.plugin).

With pytest-xdist the controlling process starts them once; its workers find the addresses in their
environment. TEST_DATABASE_URL (or DATABASE_URL) and REDIS_URL, when given, are used instead: the database
role must be allowed to create databases and roles. On a Citus cluster: tests/citus.py.
"""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from deploy.local import catalogue
from deploy.local.services import Service, start_valkey
from tests import kept

_started: list[Service] = []
_folders: list[Path] = []
# Nothing of what is imported goes: no need to look for it hundreds of times.
gc.disable()
# Tests start dozens of processes of ours: each would compile everything anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def _stay_here(event: str, arguments: tuple[Any, ...]) -> None:
    """No test reaches beyond this machine, whatever it forgets to replace: mails, Stripe, other people's sites."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    name = (host.decode() if isinstance(host, bytes) else host) or "localhost"
    if not (name.startswith("127.") or name in ("localhost", "::1") or name.endswith(".localhost")):
        raise ConnectionRefusedError(f"{name}: no test goes beyond this machine")


sys.addaudithook(_stay_here)


def _new_folder(place: str | None = None) -> Path:
    """One that goes when the run ends. PostgreSQL's own account must be able to enter it."""
    folder = Path(tempfile.mkdtemp(prefix="territoires-tests-", dir=place))
    folder.chmod(0o755)
    _folders.append(folder)
    return folder


if "TEST_DATABASE_URL" in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
if "DATABASE_URL" not in os.environ:
    _postgres = kept.start(_new_folder(kept.place_for_databases()) / "postgres")
    _started.append(_postgres)
    os.environ["DATABASE_URL"] = _postgres.url
if "REDIS_URL" not in os.environ:
    _valkey = start_valkey(_new_folder())
    _started.append(_valkey)
    os.environ["REDIS_URL"] = _valkey.url
if "PYTEST_XDIST_WORKER" in os.environ:
    # A queue of its own for each: one worker's tasks are about one worker's database.
    number = os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{number}"
else:
    catalogue.compile_all()


def pytest_collection_finish() -> None:
    """All that is imported stays: the collector need not go through it hundreds of times (a tenth of a run)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    gc.enable()


def pytest_unconfigure() -> None:
    for service in reversed(_started):
        service.stop()
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)
