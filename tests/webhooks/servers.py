"""A site beside the test, that answers as it is told to."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Site:
    """`heard`: the requests, whole; `answer` is given each connection once its request was read."""

    port: int = 0
    answer: Callable[[socket.socket], None] = lambda link: link.sendall(ok())
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/crochet"


def ok(status: str = "200 OK", body: bytes = b"", *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _read(link: socket.socket) -> tuple[dict[str, str], bytes]:
    got = b""
    while b"\r\n\r\n" not in got and (some := link.recv(65536)):
        got += some
    head, _end, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {"": first} | {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    while len(body) < int(headers.get("content-length", 0)) and (some := link.recv(65536)):
        body += some
    return headers, body


@contextmanager
def site(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    found, server = Site(), socket.create_server(("127.0.0.1", 0))
    found.port = server.getsockname()[1]

    def one(link: socket.socket) -> None:
        with suppress(OSError), link:
            secured = context.wrap_socket(link, server_side=True) if context else link
            with secured:
                found.heard.append(_read(secured))
                found.answer(secured)

    def serve() -> None:
        with suppress(OSError):
            while True:
                link, _address = server.accept()
                found.connections += 1
                threading.Thread(target=one, args=[link], daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield found
    finally:
        server.close()
