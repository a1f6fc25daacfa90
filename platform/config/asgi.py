"""The web entry point: `gunicorn -c python:config.web`. A thread works on whole requests, never on a slow connection.

An event loop takes a request in to its last byte, then a thread runs Django on it, then the loop sends the answer
however slowly it is read: fifty visitors who send a byte a second hold fifty sockets and no thread. Views stay plain
synchronous code, each in one thread from beginning to end, with that thread's database connection.
"""

import asyncio
import io
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple
from urllib.parse import unquote_to_bytes

from common.uploads import MAX_REQUEST_BYTES
from config.turns import Turns
from config.wsgi import application as django
from tenants.middleware import ANSWERED_BY

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# For how long a request may be on its way: a photo of 8 MB by half a megabit a second.
REQUEST_SECONDS = 120
# How long we go on listening to what is refused, so that the browser comes to read why.
LEFTOVER_SECONDS = 20
# What is larger waits on the disk.
_IN_MEMORY = 512 * 1024
_BLOCK = 64 * 1024
_HEALTH = ("/healthz", "/readyz")
_NOWHERE = ""


class Answer(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes | IO[bytes]


class WholeRequests:
    """The ASGI application: takes requests in, has the WSGI application answer each in a thread, sends answers out."""

    def __init__(self, *, threads: int, each: int) -> None:
        self.pages = Turns(threads=threads, each=each)
        # Which city answers at a host, as it did last: of those that lead to one, and there are no others here.
        self.city_of: dict[str, str] = {}
        # Of its own: whether we are well is answered while every page waits.
        self.health = ThreadPoolExecutor(1, thread_name_prefix="health")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError("only HTTP is spoken here")
        body: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (the thread closes it)
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                length, is_whole = await _taken_in(scope, receive, body)
        except (TimeoutError, _GoneAway):
            body.close()
            await _send(_TOO_SLOW, send)
            return
        environ = _environ(scope, body, length)
        if scope["path"] in _HEALTH:
            answer = await asyncio.get_running_loop().run_in_executor(self.health, _answered, environ)
        else:
            answer = await self._page(_host(environ), environ)
        await _send(answer, send)
        if not is_whole:
            with suppress(TimeoutError, _GoneAway):
                async with asyncio.timeout(LEFTOVER_SECONDS):
                    await _let_pass(receive)

    async def _page(self, host: str, environ: dict[str, Any]) -> Answer:
        """In its city's turn, whichever of its addresses is asked for; hosts that led nowhere yet have one together."""
        answer = await self.pages.run(self.city_of.get(host, _NOWHERE), _answered, environ)
        if ANSWERED_BY in environ:
            self.city_of[host] = environ[ANSWERED_BY]
        return answer


# Nobody reads it but whoever drips bytes by hand: a connection this slow gets no page through either.
_TOO_SLOW = Answer(408, [(b"content-type", b"text/plain"), (b"connection", b"close")], b"Request Timeout\n")


# ── In ───────────────────────────────────────────────────────────────────────


class _GoneAway(Exception):
    """The client has closed, or has said nothing for as long as gunicorn's `timeout`."""


async def _taken_in(scope: Message, receive: Receive, body: IO[bytes]) -> tuple[int, bool]:
    """The length of the body, and whether it is there: of one that is too long nothing is, and Django refuses it."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    length = int(declared) if declared.isdigit() else 0
    if length > MAX_REQUEST_BYTES:
        return length, False
    length = 0
    async for chunk in _chunks(receive):
        length += len(chunk)
        if length > MAX_REQUEST_BYTES:
            body.truncate(0)
            return length, False
        body.write(chunk)
    body.seek(0)
    return length, True


async def _let_pass(receive: Receive) -> None:
    async for _chunk in _chunks(receive):
        pass


async def _chunks(receive: Receive) -> Any:
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise _GoneAway
        yield message.get("body", b"")
        more = message.get("more_body", False)


def _environ(scope: Message, body: IO[bytes], length: int) -> dict[str, Any]:
    """What PEP 3333 asks for. A header given twice is one, its values joined (RFC 9110, 5.3)."""
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        # The bytes of the address as they came; some are no UTF-8.
        "PATH_INFO": unquote_to_bytes(scope["raw_path"].partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": scope["server"][0] if scope["server"] else "",
        "SERVER_PORT": str(scope["server"][1]) if scope["server"] else "",
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope["client"] else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _File,
    }
    for name, value in scope["headers"]:
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        said = value.decode("latin-1")
        if key in environ:
            said = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + said
        environ[key] = said
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    # Counted, not declared: a body in chunks declares nothing.
    environ["CONTENT_LENGTH"] = str(length)
    environ.pop("HTTP_CONTENT_LENGTH", None)
    return environ


def _host(environ: dict[str, Any]) -> str:
    """As TenantMiddleware looks it up."""
    return str(environ.get("HTTP_HOST", "")).partition(":")[0].lower().rstrip(".")


# ── In a thread ──────────────────────────────────────────────────────────────


class _File:
    """A file that a view answers with: sent from where it lies."""

    def __init__(self, file: IO[bytes], block_size: int = _BLOCK) -> None:
        self.file = file
        self.block_size = block_size

    def close(self) -> None:
        """The end of the request, to Django; PEP 3333 wants it called.

        Left to the garbage collector it would come in the middle of another request of this thread, and take away its
        addresses and its database connection.
        """
        self.file.close()

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self.block_size), b"")


def _answered(environ: dict[str, Any]) -> Answer:
    status, headers = 500, []

    def start_response(said: str, named: list[tuple[str, str]], exc_info: object = None) -> None:
        nonlocal status, headers
        status = int(said.split(" ")[0])
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in named]

    try:
        parts = django(environ, start_response)  # type: ignore[arg-type]  # Django leaves write() alone
        try:
            content = _content(parts)
        finally:
            # Here and now: the end of a request gives this thread's database connection back.
            close = getattr(parts, "close", None)
            if close is not None:
                close()
    finally:
        environ["wsgi.input"].close()
    return Answer(status, headers, content)


def _content(parts: Iterable[bytes]) -> bytes | IO[bytes]:
    """All of it, so that no thread waits for whoever reads it."""
    if isinstance(parts, _File):
        with suppress(AttributeError, io.UnsupportedOperation):  # no file of the system's
            ours = os.fdopen(os.dup(parts.file.fileno()), "rb")
            ours.seek(parts.file.tell())
            return ours
    elif not getattr(parts, "streaming", True):
        return b"".join(parts)
    written: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (closed once it is sent)
    for part in parts:
        written.write(part)
    written.seek(0)
    return written


# ── Out ──────────────────────────────────────────────────────────────────────


async def _send(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    if isinstance(answer.content, bytes):
        await send({"type": "http.response.body", "body": answer.content})
        return
    with answer.content as file:
        while block := file.read(_BLOCK):
            await send({"type": "http.response.body", "body": block, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


application = WholeRequests(
    threads=int(os.environ.get("WEB_THREADS", "4")), each=int(os.environ.get("CITY_THREADS", "1"))
)
