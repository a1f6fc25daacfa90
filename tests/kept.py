"""The cluster with the built databases, kept for two hours in `.local` for runs of the same code: 12 CPU s each.

Longer, what was opened « ten days ago » would no longer be. `make clean` forgets it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg

from deploy.local.services import ROOT, Postgres, ServiceError, start_postgres

KEPT = ROOT / ".local" / "tests"
FOR_SECONDS = 2 * 3600
# Whatever may change what is built: all code but pages, with its migrations, sets of challenges and directory.
CODE = ["platform", "tenants", "onboarding", "billing", "consultations", "deploy/local", "requirements"]
NOT_BUILT = {"templates", "static", "locale", "__pycache__"}
_MEMORY, _ROOM = Path("/dev/shm"), 4 * 1024**3
# The run's own cluster, for its workers.
FOLDER, SUPERUSER = "TESTS_POSTGRES_FOLDER", "TESTS_POSTGRES_SUPERUSER"


def place_for_databases() -> str | None:
    """Memory where there is much of it: hundreds of databases of a thousand files each weary a disk's file system."""
    roomy = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    return str(_MEMORY) if roomy else None


def start(folder: Path) -> Postgres:
    """PostgreSQL in an empty folder, with the databases built where they are kept."""
    if (kept := found()) and _copied(kept, folder):
        try:
            postgres = start_postgres(folder, fsync=False)
        except ServiceError:  # half a copy, of a machine that was switched off
            shutil.rmtree(kept, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)
            postgres = start_postgres(folder, fsync=False)
    else:
        postgres = start_postgres(folder, fsync=False)
    os.environ |= {FOLDER: str(folder), SUPERUSER: postgres.admin_url}
    return postgres


def found() -> Path | None:
    kept = KEPT / key()
    return kept if kept.is_dir() and time.time() - kept.stat().st_mtime < FOR_SECONDS else None


def keep() -> None:
    """Copy the cluster as it is. Nobody else may write meanwhile; what is not on disk yet is put there first."""
    if FOLDER not in os.environ:  # a server that was given
        return
    with psycopg.connect(os.environ[SUPERUSER], autocommit=True) as server:
        server.execute("CHECKPOINT")
    shutil.rmtree(KEPT, ignore_errors=True)  # of other code, or old
    unfinished = KEPT / f"{os.getpid()}.new"
    KEPT.mkdir(parents=True, exist_ok=True)
    if _copied(Path(os.environ[FOLDER]), unfinished):
        (unfinished / "postmaster.pid").unlink(missing_ok=True)
        os.utime(unfinished)
        unfinished.rename(KEPT / key())


def key() -> str:
    said = hashlib.sha256(f"{sys.version} {date.today()}".encode())  # noqa: DTZ011
    for path in _built_of():
        said.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return said.hexdigest()[:20]


def _built_of() -> Iterator[Path]:
    yield from sorted([ROOT / "tests" / "database.py", *(ROOT / "tests").rglob("factories.py")])
    for name in CODE:
        for folder, folders, files in os.walk(ROOT / name):
            folders[:] = sorted(set(folders) - NOT_BUILT)
            yield from (Path(folder, file) for file in sorted(files))


def _copied(whence: Path, where: Path) -> bool:
    """With their owners and times; false where it is not all there."""
    done = subprocess.run(["cp", "-a", str(whence), str(where)], stderr=subprocess.DEVNULL)
    if done.returncode:
        shutil.rmtree(where, ignore_errors=True)
    return done.returncode == 0
