"""One address in front of several cells: each host leads to the cell where its city lives."""

import os
import shutil
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from deploy.local.services import Postgres
from tenants.models import Domain, Municipality
from tests.onboarding.test_killed_worker import on
from tests.processes import ROOT, eventually, free_port
from tests.tenants.cells import second_installation


@pytest.fixture
def there(real_db: str) -> Iterator[Postgres]:
    with second_installation("saran") as server:
        yield server


def _written(file: Path, server: Postgres, address: str = "web-2:8000", url: str = "") -> str:
    said = StringIO()
    call_command("cell_map", str(file), "--cell", address, url or server.url, stdout=said)
    return said.getvalue()


def test_hosts_of_other_cells_are_written(there: Postgres, tmp_path: Path) -> None:
    file = tmp_path / "hosts.map"
    brest = Municipality.objects.get(slug="brest")
    with pytest.raises(CommandError, match="lives in two cells"):
        _written(file, there)
    assert not file.exists()
    Municipality.objects.filter(pk=brest.pk).update(moved_at=timezone.now())
    with on(there):
        Domain.objects.create(
            tenant=Municipality.objects.get(slug="brest"), domain="avis.brest.example", is_primary=False
        )
    assert "2 hosts in other cells: reload the proxy" in _written(file, there)
    assert file.read_text().splitlines()[1:] == [
        "avis.brest.example web-2:8000",
        f"{brest.host} web-2:8000",
    ]
    assert "as before" in _written(file, there)
    _is_not_emptied_by_mistake(file, there)
    for address in ("web-2", "web-2:8000 }\nrespond 200"):
        with pytest.raises(CommandError, match="no address such as"):
            _written(file, there, address)


def _is_not_emptied_by_mistake(file: Path, there: Postgres) -> None:
    """A cell that is not named, or that has lost a city, takes nothing from the map unless that is said."""
    before = file.read_text()
    with pytest.raises(CommandError, match="No other cell was named: nothing was written"):
        call_command("cell_map", str(file))
    with pytest.raises(CommandError, match="A cell does not answer"):
        _written(file, there, "web-2:8000", url="postgresql://nobody@127.0.0.1:1/none")
    with on(there):
        Municipality.objects.filter(slug="brest").update(moved_at=timezone.now())  # on to a third
    with pytest.raises(CommandError, match=r"« brest » has moved away and is in no cell that was named \(1 such\)"):
        _written(file, there)
    moved = Municipality.objects.filter(slug="brest")
    moved.update(moved_at=None, ready_at=None)  # as if this register did not know it
    with pytest.raises(CommandError, match=r"avis.brest.example is in the map and in no cell .* \(2 such\)"):
        _written(file, there, "web-3:8000")
    assert file.read_text() == before
    said = StringIO()
    call_command("cell_map", str(file), "--forget", stdout=said)
    assert "0 hosts in other cells: reload the proxy" in said.getvalue()


class _Says(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.server.server_port} {self.path}".encode())  # type: ignore[attr-defined]

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def _cell() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", free_port()), _Says)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not on this machine")
def test_the_proxy_leads_by_the_map_and_asks_the_cell_for_certificates(tmp_path: Path) -> None:
    public, asked = free_port(), free_port()
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text()
    caddyfile = caddyfile.replace("https:// {\n\ttls {\n\t\ton_demand\n\t}", f"http://:{public} {{")
    caddyfile = caddyfile.replace("127.0.0.1:9080", f"127.0.0.1:{asked}")
    assert str(public) in caddyfile
    (tmp_path / "Caddyfile").write_text(caddyfile)
    (tmp_path / "cells").mkdir()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def answer(port: int, path: str, host: str) -> str:
        asks = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
        try:
            return str(opener.open(asks, timeout=5).read().decode())
        except OSError:
            return ""

    with _cell() as first, _cell() as second:
        (tmp_path / "cells" / "hosts.map").write_text(f"# a word\nbrest.territoires.localhost 127.0.0.1:{second}\n")
        environment = {**os.environ, "APPLICATION": f"127.0.0.1:{first}", "ACME_EMAIL": "tls@territoires.example"}
        environment |= {"CADDY_OPTIONS": "admin off", "HOME": str(tmp_path), "CELLS": str(tmp_path / "cells")}
        command = ["caddy", "run", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"]
        with (tmp_path / "log").open("wb") as output:
            caddy = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            assert eventually(lambda: answer(public, "/x", "saran.territoires.localhost") == f"{first} /x"), (
                tmp_path / "log"
            ).read_text()
            assert answer(public, "/x", "brest.territoires.localhost") == f"{second} /x"
            for host, cell in (("brest", second), ("saran", first)):
                path = f"/tls/ask?domain={host}.territoires.localhost"
                assert answer(asked, path, "127.0.0.1") == f"{cell} {path}"
            assert answer(public, "/tls/ask?domain=x", "brest.territoires.localhost") == ""
        finally:
            caddy.send_signal(signal.SIGTERM)
            caddy.wait(20)
