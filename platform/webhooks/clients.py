"""One message to one site, within limits that hold whatever the other side does.

The host is looked up at each try and the connection made to what was found and judged: there is no second look-up. No
redirect is followed, no proxy of the environment used, nothing inflated. Ten seconds in all, however slowly it drips,
and 64 kB, of which the beginning is kept; then the connection is closed.
"""

import http.client
import io
import socket
import ssl
import time
from dataclasses import dataclass

from django.conf import settings

from tenants.clients import DnsSilent, addresses_of
from webhooks.addresses import Target, is_public
from webhooks.enums import Outcome

SECONDS = 10.0
MOST_READ = 64 * 1024
SHOWN = 2000
_AGENT = "Territoires-resilients-webhooks/1"


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    milliseconds: int
    status: int | None = None
    text: str = ""


class _Failed(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class _Bounded(io.RawIOBase):
    """What a socket brings until the deadline, and no more than so many bytes."""

    def __init__(self, link: socket.socket, *, until: float) -> None:
        self.link, self.until, self.left = link, until, MOST_READ

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self.left:
            return 0
        self.link.settimeout(_left(self.until))
        got = self.link.recv_into(buffer[: self.left])
        self.left -= got
        return got

    def makefile(self, mode: str) -> io.BufferedReader:
        """As http.client asks a socket for what it reads."""
        return io.BufferedReader(self)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def post(target: Target, *, body: str, headers: dict[str, str]) -> Answer:
    """Send it, and say what came of it; raises nothing that the other side can cause."""
    began = time.monotonic()
    status, text = None, ""
    try:
        status, text = _exchange(target, body.encode(), headers, until=began + SECONDS)
        outcome = _judged(status)
    except _Failed as failure:
        outcome = failure.outcome
    except TimeoutError:
        outcome = Outcome.SLOW
    except ssl.SSLCertVerificationError:
        outcome = Outcome.NOT_SECURE
    except http.client.HTTPException:
        outcome = Outcome.NO_HTTP
    except (OSError, ValueError):
        outcome = Outcome.NO_CONNECTION
    return Answer(outcome, round((time.monotonic() - began) * 1000), status, text)


def _judged(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome.RECEIVED
    if 300 <= status < 400:
        return Outcome.REDIRECTED
    return Outcome.GONE if status == 410 else Outcome.REFUSED


def _exchange(target: Target, body: bytes, headers: dict[str, str], *, until: float) -> tuple[int, str]:
    with _connected(target, until=until) as link:
        link.settimeout(_left(until))
        link.sendall(_request(target, body, headers))
        answer = http.client.HTTPResponse(_Bounded(link, until=until), method="POST")  # type: ignore[arg-type]
        answer.begin()
        return answer.status, _beginning(answer)


def _request(target: Target, body: bytes, headers: dict[str, str]) -> bytes:
    lines = {
        "Host": target.authority,
        "User-Agent": _AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    said = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {target.path} HTTP/1.1\r\n{said}\r\n".encode("ascii") + body


def _beginning(answer: http.client.HTTPResponse) -> str:
    """What there is of it when the time or the room is up: that it was answered counts, not how it ends."""
    if answer.getheader("Content-Encoding", "identity").strip().lower() != "identity":
        return ""
    got = b""
    try:
        while len(got) < SHOWN * 4 and (some := answer.read1(SHOWN * 4)):
            got += some
    except (OSError, http.client.HTTPException, ValueError):
        pass
    text = got.decode("utf-8", "replace")
    return "".join(each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}" for each in text)[
        :SHOWN
    ]


def _connected(target: Target, *, until: float) -> socket.socket:
    link = socket.create_connection((_address(target), target.port), timeout=_left(until))
    if target.scheme != "https":
        return link
    try:
        link.settimeout(_left(until))
        return _tls().wrap_socket(link, server_hostname=target.host)
    except BaseException:
        link.close()
        raise


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _address(target: Target) -> str:
    """The IP address to connect to. Where the host has one that is not public, none is contacted."""
    if settings.WEBHOOKS_TO_THIS_MACHINE and target.scheme == "http":
        return "127.0.0.1"
    try:
        found = addresses_of(target.host)
    except DnsSilent as silence:
        raise _Failed(Outcome.UNKNOWN_HOST) from silence
    if not found:
        raise _Failed(Outcome.UNKNOWN_HOST)
    if not all(map(is_public, found)):
        raise _Failed(Outcome.PRIVATE)
    return found[0]
