"""Real Celery workers, quickly: a process that has imported everything forks one a line of its standard input.

Each is killed like any other process. A run whose address is `<moment>-<step>` stops its worker at that
moment of that step, and says so by a file in STOP_DIR: `avant` its work, `apres` it but before it is
recorded, `pendant`: in a transaction that has done all the work and is not committed. It goes on once a
file `go` is there.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.local.services import end_with_parent


def main() -> None:
    from config.celery import app

    app.loader.import_default_modules()
    _install_stops(Path(os.environ["STOP_DIR"]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are not waited for
    _say("ready")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            end_with_parent(signal.SIGKILL)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(2, 1)  # its banner is no answer of ours
            command = ["worker", "-P", "solo", "-l", "WARNING", "-n", f"w{time.time_ns()}"]
            app.worker_main([*command, "--without-gossip", "--without-mingle", *line.split()])
            os._exit(0)
        _say(pid)


def _say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _install_stops(folder: Path) -> None:
    from django.db import transaction

    from onboarding import provisioning

    def stop(run: Any, name: str) -> None:
        if run.slug == name and not (folder / name).exists():
            (folder / name).touch()
            while not (folder / "go").exists():
                time.sleep(0.02)

    def stopping(action: Callable[..., None], step: str) -> Callable[..., None]:
        def act(run: Any, *args: Any) -> None:
            during = run.slug == f"pendant-{step}"
            stop(run, f"avant-{step}")
            with transaction.atomic() if during else contextlib.nullcontext():
                action(run, *args)
                stop(run, f"pendant-{step}")
            stop(run, f"apres-{step}")

        return act

    for step, action in provisioning._ACTIONS.items():
        provisioning._ACTIONS[step] = stopping(action, step.lower())
    provisioning._roll_back = stopping(provisioning._roll_back, "annulation")  # type: ignore[assignment]
    provisioning._forget_city = stopping(provisioning._forget_city, "oubli")  # type: ignore[assignment]


if __name__ == "__main__":
    main()
