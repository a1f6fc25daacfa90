"""Real processes for the tests that claim them: a Celery worker, a mail server, a web server."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def environment(**overrides: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        **overrides,
    }


@contextmanager
def process(*command: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen(
        command, cwd=ROOT, env=environment(**env), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(10)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@contextmanager
def worker(**env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker on the present test database; one process, so that killing it kills the work."""
    command = (
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config.celery",
        "worker",
        "-P",
        "solo",
        "-l",
        "WARNING",
        "-n",
        f"w{time.time_ns()}",
    )
    with process(*command, **env) as started:
        yield started


def eventually(condition: Callable[[], bool], *, within: float = 20.0) -> bool:
    """Whether `condition` comes true in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
