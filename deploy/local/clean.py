"""`make clean`: forget the local data, logs and caches. The virtual environment stays."""

import fcntl
import shutil
import sys

from deploy.local.services import ROOT, substitute_folder

CACHES = (".mypy_cache", ".pytest_cache", ".ruff_cache", ".import_linter_cache")


def main() -> int:
    state = ROOT / ".local"
    state.mkdir(exist_ok=True)
    with (state / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("The platform is running from this folder: stop it first.", file=sys.stderr)
            return 1
        for folder in (state, substitute_folder(state), *(ROOT / name for name in CACHES)):
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
