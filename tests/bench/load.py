"""Requests as browsers send them, from a process of its own, and the processor time that answering them takes.

Times by the clock say little on a machine that does other things; the processes' own accounting (/proc) says what a page
costs whoever else is there.
"""

import json
import os
import random
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from tests.processes import ROOT, environment, eventually, free_port, process

WORKERS, THREADS = 2, 4
# Pages, presses, and people who press too fast.
FINE = ("200", "302", "409", "429")
TICKS = os.sysconf("SC_CLK_TCK")
# What a browser sends of itself; the number makes visitors of them.
BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:{who}.0) Gecko/20100101 Firefox/{who}.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: fr-FR,fr;q=0.9,en;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n"
)
_TOKEN = "c" * 32  # of forms: the cookie and the header say the same


@dataclass(frozen=True)
class Ask:
    """One request. `who` reads it: a visitor, or with `cookie` a person. `form` is posted, as htmx does."""

    host: str
    path: str
    who: int = 100
    cookie: str = ""
    form: str = ""
    server: int = 0  # which of the ports it is sent to

    @property
    def raw(self) -> str:
        method = "POST" if self.form else "GET"
        head = f"{method} {self.path} HTTP/1.1\r\nHost: {self.host}\r\n{BROWSER.format(who=self.who)}"
        if self.form:
            head += f"HX-Request: true\r\nX-CSRFToken: {_TOKEN}\r\n"
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(self.form.encode())}\r\n"
        cookies = "; ".join(filter(None, [self.cookie, f"csrftoken={_TOKEN}"]))  # all of them have been here before
        return f"{head}Cookie: {cookies}\r\n\r\n{self.form}"


@dataclass
class Answered:
    seconds: float
    reads: int
    writes: int
    made: int  # pages that were made anew, not kept ones
    statuses: dict[str, int]

    @property
    def per_second(self) -> float:
        return self.reads / self.seconds


def answered(
    asks: Sequence[Ask],
    *ports: int,
    seconds: float,
    connections: int = WORKERS * THREADS,
    rate: float = 0,
    steps_back: bool = False,
) -> Answered:
    """Send `asks`, over and over, each connection the next as soon as it has its answer; or `rate` of them a second.

    `steps_back`: the process that asks leaves the processor to the server, as if it were on another machine.
    """
    wanted = {"ports": ports, "seconds": seconds, "connections": connections, "asks": [asdict(each) for each in asks]}
    wanted["rate"] = rate
    command = [*(["nice", "-n", "19"] if steps_back else []), sys.executable, "-m", "tests.bench.load"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), input=json.dumps(wanted), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = Answered(**json.loads(done.stdout))
    odd = {status: times for status, times in found.statuses.items() if status not in FINE}
    assert not odd, f"answers that are not pages: {odd}"
    return found


def keep(asks: Sequence[Ask], *ports: int, seconds: float) -> None:
    """Ask until all forms of these pages are kept, and no minute ends within `seconds`: all are made anew with it."""
    for _unused in range(20):
        if not answered(asks, *ports, seconds=1).made and time.time() % 60 < 58 - seconds:
            return


# ── What it costs ─────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Server:
    """A web server with processes of its own, and the backends of PostgreSQL that it has."""

    port: int
    master: int
    name: str

    def spent(self) -> float:
        """Seconds of processor, of the web and of its backends, since they are there."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [self.name])
            backends = [pid for (pid,) in cursor.fetchall()]
        return sum(map(_spent, [*_family(self.master), *backends]))


@contextmanager
def served(module: str = "config.wsgi", workers: int = WORKERS) -> Iterator[Server]:
    port = free_port()
    name = f"bench-{port}"
    command = (
        sys.executable, "-m", "gunicorn", f"{module}:application", "-b", f"127.0.0.1:{port}", "-k", "gthread",
        "-w", str(workers), "--threads", str(THREADS), "--keep-alive", "30", "--log-level", "critical",
        "--no-control-socket",
    )  # fmt: skip
    with process(*command, DJANGO_SETTINGS_MODULE="config.settings.base", PGAPPNAME=name) as started:
        assert eventually(lambda: listens(port), within=90), "the server did not start"
        yield Server(port, started.pid, name)


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as probe:
            probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return bool(probe.recv(100))
    except OSError:
        return False


def _family(master: int) -> list[int]:
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [master, *map(int, children)]


def _spent(pid: int) -> float:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / TICKS


# ── In the process that asks ──────────────────────────────────────────────────


class Line:
    """One connection and what it waits for."""

    def __init__(self, port: int) -> None:
        self.buffer, self.wanted = b"", 0
        self.ask: dict[str, Any] = {}
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(30)

    def send(self, ask: dict[str, Any], raw: bytes) -> None:
        self.ask, self.buffer, self.wanted = ask, b"", 0
        self.socket.sendall(raw)

    def receive(self) -> bool:
        """Whether the answer is whole."""
        self.buffer += self.socket.recv(262_144)
        if not self.wanted:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self.buffer[:end].lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            self.wanted = end + 4 + int(length or b"0")
        return len(self.buffer) >= self.wanted


class _Lines:
    def __init__(self, wanted: dict[str, Any]) -> None:
        self.asks = [(ask, Ask(**ask).raw.encode()) for ask in wanted["asks"]]
        self.next, self.seconds, self.ports = 0, wanted["seconds"], wanted["ports"]
        self.selector = selectors.DefaultSelector()
        self.connections, self.rate = wanted["connections"], wanted["rate"]
        self.fresh: dict[str, tuple[float, bytes]] = {}  # whose cookie says that they have just written
        self.counts: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()

    def run(self) -> Answered:
        slots = [[Line(port) for port in self.ports] for _unused in range(self.connections)]
        started = time.monotonic()
        for slot in slots:
            for line in slot:
                self.selector.register(line.socket, selectors.EVENT_READ, (line, slot))
        free, sent = slots, 0
        while True:
            passed = time.monotonic() - started
            if passed < self.seconds:
                due = len(free) if not self.rate else min(len(free), int(passed * self.rate) - sent)
                for slot in free[:due]:
                    self._send(slot)
                free, sent = free[due:], sent + due
            elif len(free) == len(slots):
                break
            for key, _events in self.selector.select(0.002 if self.rate else 30):
                line, slot = key.data
                if line.receive():
                    self._note(line)
                    free.append(slot)
        return Answered(
            time.monotonic() - started, self.counts["reads"], self.counts["writes"], self.counts["made"],
            dict(self.statuses),
        )  # fmt: skip

    def _send(self, slot: list[Line]) -> None:
        ask, raw = self.asks[self.next % len(self.asks)]
        self.next += 1
        until, cookie = self.fresh.get(ask["cookie"], (0.0, b""))
        if not ask["form"] and until > time.monotonic():
            raw = raw.replace(b"\r\n\r\n", b"; " + cookie + b"\r\n\r\n", 1)
        slot[ask["server"]].send(ask, raw)

    def _note(self, line: Line) -> None:
        status = line.buffer[9:12].decode()
        odd = "" if status in FINE else f" {line.ask['host']}{line.ask['path']}"
        self.statuses[status + odd] += 1
        self.counts["writes" if line.ask["form"] else "reads"] += 1
        head = line.buffer.partition(b"\r\n\r\n")[0]
        self.counts["made"] += b"X-Cache: miss" in head
        for said in head.split(b"\r\n"):
            if said.lower().startswith(b"set-cookie: wrote="):
                cookie, *attributes = said[len(b"set-cookie: ") :].split(b"; ")
                age = next((int(each[8:]) for each in attributes if each.lower().startswith(b"max-age=")), 3)
                self.fresh[line.ask["cookie"]] = (time.monotonic() + age, cookie)


if __name__ == "__main__":
    random.seed(1)
    print(json.dumps(asdict(_Lines(json.load(sys.stdin)).run())))
