"""Web servers among slow clients: a list's requests a second, against gunicorn's threads without any slow client.

Ours, gunicorn's threads in other numbers, and those of other servers that are installed
(`.venv/bin/pip install granian waitress uvicorn hypercorn`).
"""

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from tenants.models import Municipality
from tests.bench.load import listens
from tests.processes import eventually, free_port, process

SECONDS, ROUNDS, SLOW, VISITORS = 3, 3, 50, 8
PATH = "/propositions/"
LARGE = "large.bin"

_GUNICORN = "gunicorn -b 127.0.0.1:{port} --keep-alive 75 --log-level critical --no-control-socket "
_UVICORN = "uvicorn --port {port} --timeout-keep-alive 75 --log-level critical --no-access-log --workers 2 "
SERVERS = {
    "gunicorn's threads, 2 × 4": _GUNICORN + "-k gthread -w 2 --threads 4 config.wsgi",
    "gunicorn's threads, 4 × 2": _GUNICORN + "-k gthread -w 4 --threads 2 config.wsgi",
    "gunicorn's threads, 8 × 1": _GUNICORN + "-k gthread -w 8 --threads 1 config.wsgi",
    "ours, 2 × 4": _GUNICORN + "-c python:config.web",
    "ours, 4 × 2": _GUNICORN + "-c python:config.web -w 4",
    "ours in uvicorn, 2 × 4": _UVICORN + "config.asgi:application",
    "granian, 2 × 4": "granian --interface wsgi --http 1 --workers 2 --blocking-threads 4 --port {port} --no-log"
    " config.wsgi:application",
    "waitress, 1 × 8": "waitress --threads 8 --listen 127.0.0.1:{port} --connection-limit 1000 --asyncore-use-poll"
    " config.wsgi:application",
    "hypercorn, 2": "hypercorn -w 2 -b 127.0.0.1:{port} --log-level critical wsgi:config.wsgi:application",
}

Begin = Callable[[int, str], socket.socket]


def run() -> None:
    if not shutil.which("wrk"):
        print("  skipped: the load generator wrk is not installed (Debian: apt install wrk)")
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    (Path(settings.STATIC_ROOT) / LARGE).write_bytes(os.urandom(40_000_000))
    call_command("prepare", stderr=StringIO())
    call_command("load_demo", stdout=StringIO(), stderr=StringIO())
    host = Municipality.objects.get(slug=settings.DEMO_SLUG).host
    print(f"  {'':<26} {'none':>9} {'headers':>9} {'bodies':>9} {'readers':>9} {'memory':>9}")
    baseline = 0.0
    for name, command in SERVERS.items():
        if importlib.util.find_spec(command.split()[0]) is None:
            print(f"  {name:<26} not installed")
            continue
        rates, memory = _measured(command, host, threads="2" if "4 × 2" in name else "4")
        baseline = baseline or rates[0]
        shown = " ".join(f"{rate / baseline:8.2f}×" for rate in rates)
        print(f"  {name:<26} {shown} {memory:6.0f} MB   ({', '.join(f'{rate:.0f}' for rate in rates)} a second)")


def _measured(command: str, host: str, threads: str) -> tuple[list[float], float]:
    port = free_port()
    words = command.format(port=port).split()
    with process(
        sys.executable, "-m", *words, DJANGO_SETTINGS_MODULE="config.settings.base", WEB_THREADS=threads,
        PYTHONPATH=os.environ["PYTHONPATH"],
    ) as started:  # fmt: skip
        assert eventually(lambda: listens(port), within=60), "the server did not start"
        rates = [_rate(port, host)]
        memory = _memory(started.pid)
        for begin in (_slow_headers, _slow_body, _slow_reader):
            with _slow(begin, port, host):
                rates.append(_rate(port, host))
    return rates, memory


# ── Slow clients ─────────────────────────────────────────────────────────────


def _slow_headers(port: int, host: str) -> socket.socket:
    return _saying(port, f"GET / HTTP/1.1\r\nHost: {host}\r\nX-Slow: a")


def _slow_body(port: int, host: str) -> socket.socket:
    # With a token, or nobody would read on.
    return _saying(
        port,
        f"POST /connexion/ HTTP/1.1\r\nHost: {host}\r\nCookie: {settings.CSRF_COOKIE_NAME}={'a' * 32}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9000\r\n\r\n",
    )


def _slow_reader(port: int, host: str) -> socket.socket:
    return _saying(port, f"GET {settings.STATIC_URL}{LARGE} HTTP/1.1\r\nHost: {host}\r\n\r\n", buffer=4096)


def _saying(port: int, text: str, buffer: int = 0) -> socket.socket:
    client = socket.socket()
    if buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.settimeout(2)
    client.connect(("127.0.0.1", port))
    client.sendall(text.encode())
    return client


@contextmanager
def _slow(begin: Begin, port: int, host: str) -> Iterator[None]:
    """Clients that send or read something each second; those that are thrown out come back."""
    clients = []
    for _each in range(SLOW):
        clients.append(begin(port, host))
        time.sleep(0.02)  # one process would take them all
    over = threading.Event()

    def drip() -> None:
        while not over.wait(1):
            for number, client in enumerate(clients):
                try:
                    if begin is _slow_reader:
                        client.settimeout(0.01)
                        if not client.recv(512):
                            raise ConnectionResetError
                    else:
                        client.sendall(b"a")
                except TimeoutError:
                    pass
                except OSError:
                    client.close()
                    with suppress(OSError):
                        clients[number] = begin(port, host)

    thread = threading.Thread(target=drip)
    thread.start()
    time.sleep(1)
    try:
        yield
    finally:
        over.set()
        thread.join()
        for client in clients:
            client.close()


# ── Figures ──────────────────────────────────────────────────────────────────


def _rate(port: int, host: str) -> float:
    """Answers with a page, a second: the median of a few rounds. None come where nobody gets through."""
    command = ["wrk", "-t1", f"-c{VISITORS}", "--timeout", "4", "-H", f"Host: {host}", f"http://127.0.0.1:{port}{PATH}"]
    subprocess.run([*command, "-d1"], capture_output=True, check=True)
    rates = []
    for _round in range(ROUNDS):
        out = subprocess.run([*command, f"-d{SECONDS}"], capture_output=True, check=True, text=True).stdout
        found = re.search(r"Requests/sec:\s+([\d.]+)", out)
        assert found, out
        assert "Non-2xx" not in out, out
        rates.append(float(found[1]))
    return sorted(rates)[ROUNDS // 2]


def _memory(pid: int) -> float:
    """MB of a process and all that it started, what they share counted once; 0 where there is no /proc."""
    own = Path(f"/proc/{pid}")
    with suppress(OSError):
        found = re.search(r"^Pss:\s+(\d+)", (own / "smaps_rollup").read_text(), re.M)
        children = [int(child) for task in own.glob("task/*/children") for child in task.read_text().split()]
        return (int(found[1]) / 1024 if found else 0) + sum(map(_memory, children))
    return 0
