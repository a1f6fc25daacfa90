"""One client cannot stop everybody: a real server, as production starts it, among slow, greedy and odd clients."""

import gc
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import RequestFactory
from gunicorn.config import Config

from common.uploads import MAX_REQUEST_BYTES
from common.views import server_error
from config import web
from tenants.models import Municipality
from tests.processes import ROOT, environment, eventually, free_port, web_server

SLOW = 50
# Without it a form is refused before it is read.
TOKEN = f"Cookie: {settings.CSRF_COOKIE_NAME}={'a' * 32}\r\n"
FORM = TOKEN + "Content-Type: application/x-www-form-urlencoded\r\n"


class Visitor:
    """A socket that says what it likes."""

    def __init__(self, port: int, host: str) -> None:
        self.host = host
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)

    def say(self, text: str | bytes) -> "Visitor":
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())
        return self

    def ask(self, first_line: str, headers: str = "", body: bytes = b"") -> "Answer":
        return self.say(f"{first_line} HTTP/1.1\r\nHost: {self.host}\r\n{headers}\r\n".encode() + body).answer()

    def answer(self) -> "Answer":
        with self.socket.makefile("rb") as heard:
            status = int(heard.readline().split()[1])
            headers = dict(line.decode().rstrip().lower().split(": ", 1) for line in iter(heard.readline, b"\r\n"))
            return Answer(status, headers, heard.read(int(headers.get("content-length", 0))).decode())


class Answer:
    def __init__(self, status: int, headers: dict[str, str], text: str) -> None:
        self.status, self.headers, self.text = status, headers, text


@pytest.fixture(scope="module")
def port(django_db_setup: None) -> Iterator[int]:
    """A server with two threads for pages, on the two cities of all tests: nothing here writes."""
    port = free_port()
    with web_server(port, WEB_THREADS="2"):
        yield port


@pytest.fixture
def visitor(port: int, saran: Municipality) -> Iterator[Callable[[], Visitor]]:
    with ExitStack() as stack:

        def come() -> Visitor:
            come_in = Visitor(port, saran.host)
            stack.enter_context(come_in.socket)
            return come_in

        yield come


@contextmanager
def locked(city: Municipality) -> Iterator[None]:
    """A table that every page of a city reads is taken by somebody else."""
    target = connection.settings_dict
    with psycopg.connect(
        host=target["HOST"], port=target["PORT"], user=target["USER"], dbname=target["NAME"]
    ) as other:  # fmt: skip
        other.execute(f"LOCK TABLE {city.schema_name}.framing_consultation IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.parametrize(
    "beginning",
    [
        "GET / HTTP/1.1\r\nHost: {host}\r\nX-Slow: a",
        "POST /connexion/ HTTP/1.1\r\nHost: {host}\r\n" + FORM + "Content-Length: 5000\r\n\r\nemail=",
        "POST /connexion/ HTTP/1.1\r\nHost: {host}\r\n" + FORM + "Transfer-Encoding: chunked\r\n\r\n6\r\nemail=\r\n",
        "",
    ],
    ids=["headers", "a body", "chunks of a body", "nothing"],
)
def test_pages_go_on_while_fifty_clients_drip(
    visitor: Callable[[], Visitor], saran: Municipality, beginning: str
) -> None:
    slow = [visitor().say(beginning.format(host=saran.host)) for _each in range(SLOW)]
    assert visitor().ask("GET /").status == 200
    drop = "1\r\na\r\n" if "chunked" in beginning else "a"
    for each in slow:
        each.say(drop if beginning else "")
    for path in ("/", "/propositions/", "/connexion/"):
        assert visitor().ask(f"GET {path}").status == 200


def test_health_is_answered_while_every_thread_waits_and_a_page_that_waits_too_long_says_so(
    visitor: Callable[[], Visitor], saran: Municipality, brest: Municipality
) -> None:
    with locked(saran):
        waiting = [
            visitor().say(f"GET /propositions/?page={number}&tri=recentes HTTP/1.1\r\nHost: {saran.host}\r\n\r\n")
            for number in range(2)
        ]
        for path in ("/healthz", "/readyz"):
            assert visitor().ask(f"GET {path}").status == 200
        for each in waiting:
            each.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                each.socket.recv(1)
            each.socket.settimeout(30)
        answers = [each.answer() for each in waiting]
    assert [answer.status for answer in answers] == [503, 503]
    assert "Cela prend trop de temps" in answers[0].text
    assert "Error" not in answers[0].text
    assert answers[0].headers["retry-after"]
    assert visitor().ask("GET /propositions/").status == 200


# ── What is too large, or odd ────────────────────────────────────────────────


@pytest.mark.parametrize("first", ["Content-Length: {length}", "Transfer-Encoding: chunked"])
def test_a_body_that_no_form_takes_is_refused_with_a_page_that_says_what_to_do(
    visitor: Callable[[], Visitor], saran: Municipality, first: str
) -> None:
    length = MAX_REQUEST_BYTES + 1_000_000
    client = visitor().say(
        f"POST /connexion/ HTTP/1.1\r\nHost: {saran.host}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        f"{TOKEN}{first.format(length=length)}\r\n\r\n"
    )
    block = b"a" * 1_000_000
    for _sent in range(length // len(block)):
        client.say(f"{len(block):x}\r\n".encode() + block + b"\r\n" if "chunked" in first else block)
    answer = client.answer()
    assert answer.status == 413
    assert "Cet envoi est trop lourd" in answer.text
    assert "le formulaire y est encore rempli" in answer.text


@pytest.mark.parametrize(
    ("kind", "body", "status", "says"),
    [
        ("application/x-www-form-urlencoded", b"email=" + b"a" * 1_000_001, 413, "trop lourd"),
        ("application/x-www-form-urlencoded", b"a=&" * 1_002, 400, "n’a pas pu être lu"),
        ("multipart/form-data", b"not a form at all", 400, "n’a pas pu être lu"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n' * 5 + b"--b--\r\n",
            400,
            "n’a pas pu être lu",
        ),
    ],
    ids=["too long", "too many fields", "damaged", "too many files"],
)
def test_a_form_that_is_none_of_ours_is_refused_in_words(
    visitor: Callable[[], Visitor], kind: str, body: bytes, status: int, says: str
) -> None:
    answer = visitor().ask("POST /connexion/", f"{TOKEN}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n", body)
    assert answer.status == status
    assert says in answer.text
    assert "Rien n’a été enregistré" in answer.text


def test_a_form_in_chunks_is_read_like_any_other(visitor: Callable[[], Visitor]) -> None:
    # Nothing of ours is in it: it is refused for want of its token, and so was read to its end.
    answer = visitor().ask(
        "POST /connexion/", FORM + "Transfer-Encoding: chunked\r\n", b"6\r\nemail=\r\n3\r\na@b\r\n0\r\n\r\n"
    )
    assert answer.status == 403


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/" + "a" * 9_000, "", 414),
        ("/", "X-A: " + "a" * 9_000 + "\r\n", 431),
        ("/", "X-A: a\r\n" * 70, 431),
        ("/", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400),
        ("/", "Content-Length: -5\r\n", 400),
        ("/", "Broken\r\n", 400),
    ],
)
def test_lines_and_headers_are_bounded(visitor: Callable[[], Visitor], path: str, headers: str, status: int) -> None:
    assert visitor().ask(f"GET {path}", headers).status == status
    assert visitor().ask("GET /").status == 200


def test_a_connection_goes_on_after_head_after_a_file_and_after_a_page(
    visitor: Callable[[], Visitor], saran: Municipality
) -> None:
    one = visitor()
    head = one.say(f"HEAD / HTTP/1.1\r\nHost: {saran.host}\r\n\r\n")
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += head.socket.recv(65536)
    assert heard.startswith(b"HTTP/1.1 200")
    assert heard.endswith(b"\r\n\r\n"), "no body after the headers"
    style = one.ask("GET /static/common/css/theme.css", "Accept-Encoding: identity\r\n")
    assert style.text == (ROOT / "platform/common/static/common/css/theme.css").read_text()
    part = one.ask("GET /static/common/css/theme.css", "Range: bytes=2-5\r\nAccept-Encoding: identity\r\n")
    assert (part.status, part.text) == (206, style.text[2:6])
    assert one.ask("GET /d%C3%A9fis/%ff/").status == 404
    assert one.ask("GET /propositions/").status == 200


def test_two_hosts_in_one_request_lead_nowhere(visitor: Callable[[], Visitor], brest: Municipality) -> None:
    assert visitor().ask("GET /", f"Host: {brest.host}\r\n").status == 400


def test_a_server_that_is_told_to_stop_finishes_what_it_has_begun(saran: Municipality) -> None:
    port = free_port()
    with web_server(port, GUNICORN_CMD_ARGS="--workers 1 --graceful-timeout 20") as server, ExitStack() as unlocked:
        unlocked.enter_context(locked(saran))
        begun = Visitor(port, saran.host).say(f"GET /propositions/ HTTP/1.1\r\nHost: {saran.host}\r\n\r\n")
        assert Visitor(port, saran.host).ask("GET /readyz").status == 200
        server.terminate()
        assert eventually(lambda: _refuses(port))
        unlocked.close()
        assert begun.answer().status == 200
        begun.socket.close()
        assert server.wait(30) == 0


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return True
    return False


def test_what_was_typed_is_on_the_page_of_a_statement_that_was_given_up(rf: RequestFactory) -> None:
    request = rf.post("/", {"solution": "Planter des arbres dans la cour"})
    for problem, status in ((OperationalError("canceling statement"), 503), (ValueError("a mistake of ours"), 500)):
        try:
            raise problem
        except Exception:
            response = server_error(request)
        page = response.content.decode()
        assert response.status_code == status
        assert ("Planter des arbres dans la cour" in page) == (status == 503)
        assert str(problem) not in page


def test_a_task_ends_before_the_broker_gives_it_to_another_worker() -> None:
    soft, hard = settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.CELERY_TASK_TIME_LIMIT
    assert soft < hard < settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]


A_FILE = """
import gc, io, sys
gc.disable()
from config import asgi
from django.core.signals import request_finished
ended = []
request_finished.connect(lambda **kwargs: ended.append(1), weak=False)
scope = {"method": "GET", "raw_path": b"/static/common/js/site.js", "query_string": b"", "http_version": "1.1", "scheme": "http"}
scope |= {"server": None, "client": None, "headers": [(b"host", b"territoires.localhost")]}
answer = asgi._answered(asgi._environ(scope, io.BytesIO(), 0))
print(answer.status, len(ended))
"""


def test_a_request_for_a_file_ends_with_its_answer_and_not_in_the_middle_of_another(db: None) -> None:
    """Its end resets the addresses of whichever request the thread is on, and gives its connection back."""
    said = subprocess.run(
        [sys.executable, "-c", A_FILE], cwd=ROOT, env=environment(), check=True, capture_output=True, text=True
    )
    assert said.stdout.split() == ["200", "1"]


# ── Time limits in the database ──────────────────────────────────────────────

LIMITS = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')"
ASK = f"""
from django.db import connection
from django_tenants.utils import schema_context
for schema in ("public", "{{schema}}"):
    with schema_context(schema), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 1")
        cursor.execute("RESET lock_timeout")
        cursor.execute({LIMITS!r})
        print(*cursor.fetchone())
"""


@pytest.mark.parametrize(
    ("process", "limits"),
    [
        ("import config.wsgi", "10s 5s 30s"),
        (
            "import django; django.setup(); from config.celery import app; from celery.signals import worker_init; worker_init.send(app)",
            "5min 1min 5min",
        ),
        ("import django; django.setup()", "0 0 0"),
    ],
    ids=["pages", "tasks", "commands"],
)
def test_what_pages_and_tasks_ask_of_the_database_is_bounded(saran: Municipality, process: str, limits: str) -> None:
    program = f"{process}\n{ASK.format(schema=saran.schema_name)}"
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment(), check=True, capture_output=True, text=True
    )
    assert said.stdout.splitlines() == [limits, limits]


# ── Several processes ────────────────────────────────────────────────────────

LISTENING, ESTABLISHED = "0A", "01"


def sockets_of(port: int, state: str) -> set[str]:
    """Those of the whole machine that have this port of their own, as /proc names them."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{port:04X}") and row[3] == state}


def files_of(pid: str) -> dict[str, str]:
    return {each.name: os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir()}


def takes_connections(pid: str, port: int) -> bool:
    """Whether its event loop looks at the socket that all of them listen on."""
    files = files_of(pid)
    watched = [Path(f"/proc/{pid}/fdinfo/{fd}").read_text() for fd, name in files.items() if "eventpoll" in name]
    numbers = {number for each in watched for number in re.findall(r"tfd:\s*(\d+)", each)}
    return bool({files.get(number) for number in numbers} & sockets_of(port, LISTENING))


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="asks Linux")
def test_two_processes_share_the_connections_that_are_opened_at_once(django_db_setup: None) -> None:
    port = free_port()
    with (
        ExitStack() as stack,
        web_server(port, GUNICORN_CMD_ARGS="--workers 2 --graceful-timeout 1") as server,
    ):
        workers = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        assert eventually(lambda: all(takes_connections(pid, port) for pid in workers))
        for _each in range(40):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))

        def taken() -> list[int]:
            return [len(set(files_of(pid).values()) & sockets_of(port, ESTABLISHED)) for pid in workers]

        assert eventually(lambda: sum(taken()) == 40)
        assert min(taken()) >= 12, taken()


def test_what_a_process_begins_with_is_passed_over_by_its_collector() -> None:
    """By gunicorn's own name for the moment at which a worker is ready."""
    assert "post_worker_init" in Config().settings
    before = gc.get_freeze_count()
    kept = [object() for _unused in range(10)], {}
    web.post_worker_init(None)
    assert gc.get_freeze_count() > before
    del kept
