"""Real processes for the tests that claim them: one that is killed, a Celery worker, a mail server, a web server."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from django.db import connection, connections

from deploy.local.services import end_with_parent

ROOT = Path(__file__).resolve().parents[1]


def environment(**overrides: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        **overrides,
    }


@contextmanager
def process(*command: str, log: Path = Path(os.devnull), **env: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as said:
        started = subprocess.Popen(command, cwd=ROOT, env=environment(**env), stdout=said, stderr=said)
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(10)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


_left: list[Any] = []


@contextmanager
def forked(work: Callable[[], object], log: Path = Path(os.devnull)) -> Iterator[ForkProcess]:
    """`work` in a process of its own, which begins with all that this one has: the schema, imports, what tests replace.

    For tests that are not about starting: that takes a hundred times as long. No thread of ours may be at work.
    """

    from django_tenants.utils import schema_context  # it asks for settings, and plain Python imports this module

    schema = connection.schema_name

    def run() -> None:
        end_with_parent(signal.SIGKILL)
        with log.open("ab") as said:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
        sys.stdout = sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
        for each in connections.all(initialized_only=True):
            _left.append((each, dict(each._connection_pools)))  # they are the other's, who goes on with them
            each._connection_pools.clear()
            del connections[each.alias]
        with schema_context(schema):
            work()

    started = get_context("fork").Process(target=run)
    started.start()
    try:
        yield started
    finally:
        started.kill()
        started.join()


def die(*args: Any, **kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(done: Callable[..., Any]) -> Callable[..., None]:
    def dying(*args: Any, **kwargs: Any) -> None:
        done(*args, **kwargs)
        die()

    return dying


@contextmanager
def worker(
    log: Path = Path(os.devnull), *, queue: str = "", threads: int = 0, **env: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker on the present test database; one process, so that killing it kills the work.

    `queue`: its own, where it takes from no other. `threads`: that many messages at once.
    """
    command = (
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config.celery",
        "worker",
        *(("-P", "threads", "-c", str(threads)) if threads else ("-P", "solo")),
        "-l",
        "WARNING",
        "-n",
        f"w{time.time_ns()}",
        *(("-Q", queue) if queue else ()),
    )
    with process(*command, log=log, **env) as started:
        yield started


@contextmanager
def web_server(port: int, log: Path = Path(os.devnull), **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn as in production, on the present test database, once it answers."""
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.web", "--bind", f"127.0.0.1:{port}"]
    env.setdefault("GUNICORN_CMD_ARGS", "--workers 1 --graceful-timeout 1")
    with process(*command, log=log, **env) as started:
        # Nothing between us and the loopback, whatever proxy the environment names.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

        def ready() -> bool:
            try:
                opener.open(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
            except OSError:
                return False
            return True

        assert eventually(ready), "the web server did not become ready"
        yield started


class Inbox:
    """What the SMTP server was given."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.url = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # aiosmtpd's name
        self.messages.append(message_from_bytes(envelope.content))
        return "250 OK"

    def take(self, to: str) -> str:
        """The text of the first message to an address, once it is there. The next call gives the next one."""
        found: list[Any] = []

        def arrived() -> bool:
            found[:] = [message for message in self.messages if message["To"] == to]
            return bool(found)

        assert eventually(arrived), f"no message to {to}"
        self.messages.remove(found[0])
        return text_of(found[0])


def text_of(message: Any, kind: str = "text/plain") -> str:
    """The part of a message that is text, or the one of another kind."""
    part = next(part for part in message.walk() if part.get_content_type() == kind)
    return str(part.get_payload(decode=True).decode())


@contextmanager
def inbox() -> Iterator[Inbox]:
    """An SMTP server that keeps what it is given; its address is the inbox's `url`."""
    kept = Inbox()
    smtp = Controller(kept, hostname="127.0.0.1", port=free_port())
    smtp.start()
    kept.url = f"smtp://127.0.0.1:{smtp.port}"
    try:
        yield kept
    finally:
        smtp.stop()


def eventually(condition: Callable[[], bool], *, within: float = 60.0) -> bool:
    """Whether `condition` comes true in time: time enough for a machine that is busy with something else."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def free_port() -> int:
    """Below those that systems give to connections that go out: hundreds are made before this one is listened on."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
