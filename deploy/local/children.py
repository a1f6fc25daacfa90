"""The programs that `make run` keeps alive: one process group each, one log each."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.services import ROOT, end_with_parent, tail

RESTARTS = 3
# A child that lived this long had started well: it is given its restarts again.
STEADY_AFTER_SECONDS = 60
STOP_WITHIN_SECONDS = 10


class ChildError(Exception):
    """A child died more often than it is restarted."""


@dataclass
class Child:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    started_at: float = 0.0

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: end_with_parent(signal.SIGTERM),
            )
        self.started_at = time.monotonic()

    def restart_if_dead(self) -> None:
        """Raises ChildError, with the end of its log, when it has been restarted often enough."""
        if self.process is None or self.process.poll() is None:
            return
        # Its own children may outlive it and hold its port.
        self.signal(signal.SIGKILL)
        if time.monotonic() - self.started_at > STEADY_AFTER_SECONDS:
            self.restarts = 0
        died = f"{self.name} stopped by itself (status {self.process.returncode}). {self.log}:\n{tail(self.log)}"
        if self.restarts == RESTARTS:
            raise ChildError(f"{died}\n\nIt was restarted {RESTARTS} times already: stopping everything.")
        self.restarts += 1
        print(f"\n{died}\n\nRestarting it ({self.restarts} of {RESTARTS}).", file=sys.stderr, flush=True)
        self.start()

    def signal(self, number: signal.Signals) -> None:
        """Signal the whole group."""
        if self.process:
            # Nobody is left; macOS says so of a group of zombies with the second one.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def stop_all(children: Sequence[Child]) -> None:
    """Ask every child at once to finish, then end those that do not."""
    for child in children:
        if child.process and child.process.poll() is None:
            # To the leader alone: gunicorn and Celery tell their own workers, in their own order.
            child.process.terminate()
    deadline = time.monotonic() + STOP_WITHIN_SECONDS
    for child in children:
        if child.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            child.signal(signal.SIGKILL)
            child.process.wait()
