"""Whatever the other side does, a try ends within its limits."""

import gzip
import os
import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tenants.clients import DnsSilent
from tests.webhooks.servers import Site, ok, site
from webhooks import clients
from webhooks.addresses import Target, target_of
from webhooks.clients import post
from webhooks.enums import Outcome


def sent(to: Site, **headers: str) -> clients.Answer:
    return post(target_of(to.url), body='{"é":1}', headers=headers)


def says(beside: Site, answer: bytes) -> clients.Answer:
    beside.answer = lambda link: link.sendall(answer)
    return sent(beside)


def test_what_is_sent_arrives_whole(beside: Site) -> None:
    answer = sent(beside, **{"webhook-id": "msg_1"})
    ((headers, body),) = beside.heard
    assert (answer.outcome, answer.status, answer.text) == (Outcome.RECEIVED, 200, "")
    assert headers[""] == "POST /crochet HTTP/1.1"
    assert headers["webhook-id"] == "msg_1"
    assert headers["host"] == f"127.0.0.1:{beside.port}"
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(body))
    assert body == '{"é":1}'.encode()


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("204 No Content", Outcome.RECEIVED),
        ("299 Whatever", Outcome.RECEIVED),
        ("400 Bad Request", Outcome.REFUSED),
        ("410 Gone", Outcome.GONE),
        ("429 Too Many", Outcome.REFUSED),
        ("500 Oh", Outcome.REFUSED),
    ],
)
def test_the_status_decides(beside: Site, status: str, outcome: Outcome) -> None:
    answer = says(beside, ok(status, b"raison"))
    assert answer.outcome == outcome
    assert answer.text == ("" if status.startswith("204") else "raison")


def test_no_redirect_is_followed(beside: Site, settings: Any) -> None:
    with site() as inside:
        for status in ("301 Moved", "302 Found", "307 Temporary", "308 Permanent"):
            answer = says(beside, ok(status, b"", f"Location: {inside.url}"))
            assert answer.outcome == Outcome.REDIRECTED
        assert inside.connections == 0
    assert beside.connections == 4


def test_no_proxy_of_the_environment_is_used(beside: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert sent(beside).outcome == Outcome.RECEIVED


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "SECONDS", 0.4)


def _hangs(link: socket.socket) -> None:
    time.sleep(2)


def _drips_headers(link: socket.socket) -> None:
    link.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        link.sendall(b"a")
        time.sleep(0.05)


def _goes_on_and_on(link: socket.socket) -> None:
    while True:
        link.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [_hangs, _drips_headers, _goes_on_and_on])
def test_who_hangs_or_drips_is_left_in_time(
    beside: Site, impatient: None, answer: Callable[[socket.socket], None]
) -> None:
    beside.answer, began = answer, time.monotonic()
    found = sent(beside)
    assert found.outcome == Outcome.SLOW
    assert time.monotonic() - began < 1.5


def test_a_body_that_drips_counts_as_received(beside: Site, impatient: None) -> None:
    def drip(link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            link.sendall(b"a")
            time.sleep(0.05)

    beside.answer = drip
    found = sent(beside)
    assert found.outcome == Outcome.RECEIVED
    assert set(found.text) == {"a"}


def test_of_a_gigabyte_the_beginning_is_read(beside: Site) -> None:
    gone: list[int] = []

    def flood(link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 1000000000\r\n\r\n")
        try:
            for count in range(1000):
                gone[:] = [count]
                link.sendall(b"x" * 1_000_000)
        except OSError:
            return

    beside.answer = flood
    found = sent(beside)
    assert (found.outcome, found.text) == (Outcome.REFUSED, "x" * clients.SHOWN)
    assert gone[0] < 20, "what the system's own buffers hold, and no more"


def test_64_kb_of_an_answer_are_read_and_no_more(beside: Site) -> None:
    one_more = b"HTTP/1.1 100 Continue\r\n\r\n"
    for kilobytes, outcome in ((60, Outcome.RECEIVED), (66, Outcome.NO_HTTP)):
        assert says(beside, one_more * (kilobytes * 1024 // len(one_more)) + ok()).outcome == outcome


def test_endless_headers_are_cut(beside: Site) -> None:
    def flood(link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            link.sendall(b"X-More: " + b"y" * 60_000 + b"\r\n")

    beside.answer = flood
    assert sent(beside).outcome in (Outcome.RECEIVED, Outcome.NO_HTTP)


def test_a_compressed_answer_is_not_inflated(beside: Site) -> None:
    packed = gzip.compress(b"0" * 10_000_000)
    found = says(beside, ok("200 OK", packed, "Content-Encoding: gzip"))
    assert (found.outcome, found.text) == (Outcome.RECEIVED, "")
    ((headers, _body),) = beside.heard
    assert headers["accept-encoding"] == "identity"


def test_an_answer_is_kept_as_text(beside: Site) -> None:
    found = says(beside, ok("500 Oh", b"<b>\x00\x1b[31m\xff\xc3\xa9</b>\n"))
    assert found.text == "<b>��[31m�é</b>\n"


@pytest.mark.parametrize("bytes_", [b"", b"SSH-2.0-OpenSSH_9\r\n", b"\x00" * 100, b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_no_http_is_a_failure(beside: Site, bytes_: bytes) -> None:
    assert says(beside, bytes_).outcome in (Outcome.NO_HTTP, Outcome.NO_CONNECTION)


def test_a_port_where_nobody_listens_is_a_failure(beside: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert post(Target("http", "127.0.0.1", port, "/"), body="", headers={}).outcome == Outcome.NO_CONNECTION


# ── The host is looked up at each try, and what was found is contacted ───────────────────────────────────────


def _looked_up(monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, ...]) -> list[str]:
    asked: list[str] = []

    def look_up(host: str) -> tuple[str, ...]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    monkeypatch.setattr(clients, "addresses_of", look_up)
    return asked


@pytest.mark.parametrize(
    "found", [("127.0.0.1",), ("93.184.215.14", "10.0.0.1"), ("::ffff:127.0.0.1",), ("169.254.169.254",), ("fd00::1",)]
)
def test_a_host_that_leads_inwards_is_not_contacted(monkeypatch: pytest.MonkeyPatch, found: tuple[str, ...]) -> None:
    _looked_up(monkeypatch, found)
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: pytest.fail("a connection was made"))
    assert post(Target("https", "saran.fr", 443, "/"), body="", headers={}).outcome == Outcome.PRIVATE


def test_a_host_that_is_nowhere_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    _looked_up(monkeypatch, ())
    assert post(Target("https", "saran.fr", 443, "/"), body="", headers={}).outcome == Outcome.UNKNOWN_HOST

    def silent(host: str) -> tuple[str, ...]:
        raise DnsSilent

    monkeypatch.setattr(clients, "addresses_of", silent)
    assert post(Target("https", "saran.fr", 443, "/"), body="", headers={}).outcome == Outcome.UNKNOWN_HOST


def test_a_host_that_is_another_the_second_time_is_looked_up_once_a_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the very address that was judged; the next try judges anew."""
    asked = _looked_up(monkeypatch, ("93.184.215.14",), ("127.0.0.1",))
    contacted: list[Any] = []

    def connect(address: Any, timeout: float) -> socket.socket:
        contacted.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    target = Target("https", "saran.fr", 443, "/")
    assert post(target, body="", headers={}).outcome == Outcome.NO_CONNECTION
    assert (asked, contacted) == (["saran.fr"], [("93.184.215.14", 443)])
    assert post(target, body="", headers={}).outcome == Outcome.PRIVATE
    assert len(contacted) == 1


# ── Certificates ─────────────────────────────────────────────────────────────────────────────────────────────


def _certificate(folder: Path, name: str, *, days: int = 1) -> Path:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}{days}.pem"
    plain = serialization.NoEncryption()
    kept = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(kept + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("certified", "days", "trusted", "outcome"),
    [
        ("saran.fr", 1, True, Outcome.RECEIVED),
        ("saran.fr", 1, False, Outcome.NOT_SECURE),
        ("brest.fr", 1, True, Outcome.NOT_SECURE),
        ("saran.fr", -1, True, Outcome.NOT_SECURE),
    ],
)
def test_the_certificate_must_hold_for_the_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, certified: str, days: int, trusted: bool, outcome: Outcome
) -> None:
    _looked_up(monkeypatch, ("127.0.0.1",))
    monkeypatch.setattr(clients, "is_public", lambda address: True)
    pem = _certificate(tmp_path, certified, days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    names: list[str | None] = []
    context.sni_callback = lambda link, name, _context: names.append(name)  # type: ignore[assignment]
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", os.fspath(pem))
    with site(context) as there:
        answer = post(Target("https", "saran.fr", there.port, "/a"), body="x", headers={})
    assert answer.outcome == outcome
    assert names == ["saran.fr"]
    if outcome == Outcome.RECEIVED:
        assert there.heard[0][0]["host"] == f"saran.fr:{there.port}"
    else:
        assert not there.heard, "nothing is said before"
