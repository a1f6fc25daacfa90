"""What the servers around the application write down: no path, no statement, no row."""

import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from deploy.local.services import free_port
from tests.processes import ROOT, eventually

TOKEN = "5knEu9ZJ2-1r4Qs63zIENaewcQdGlmyAJLmIjxccajg"


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not on this machine")
def test_the_proxy_writes_no_path_and_no_header(tmp_path: Path) -> None:
    """The Caddyfile of production, for one plain site, with an application that is away: each visit is an error."""
    port = free_port()
    whole = (ROOT / "deploy" / "Caddyfile").read_text()
    before, said, _site = whole.partition("# Any other host")
    assert said
    config, log = tmp_path / "Caddyfile", tmp_path / "log"
    site = f"http://127.0.0.1:{port} {{\n\tlog\n\timport application\n}}\n"
    config.write_text(before.replace("{$CADDY_OPTIONS}", "admin off\n\tauto_https off") + site)
    environment = {**os.environ, "APPLICATION": f"127.0.0.1:{free_port()}", "ACME_EMAIL": "a@b.example"}
    environment |= {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    command = ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"]
    with log.open("wb") as output:
        caddy = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/connexion/lien/{TOKEN}/?x={TOKEN}")
        asked.add_header("Referer", f"https://x.example/{TOKEN}")
        assert eventually(lambda: _status(asked) == 502)
        assert eventually(lambda: '"status":502' in log.read_text())
    finally:
        caddy.send_signal(signal.SIGTERM)
        caddy.wait(20)
    assert TOKEN not in log.read_text()
    assert '"remote_ip":"127.0.0.0"' in log.read_text()


def _status(asked: urllib.request.Request) -> int:
    try:
        urllib.request.urlopen(asked, timeout=5)
    except urllib.error.HTTPError as answer:
        return answer.code
    except OSError:
        return 0
    return 200


def test_the_database_writes_no_statement_and_no_row(db: None) -> None:
    target = settings.DATABASES["default"]
    address = {"host": target["HOST"], "port": target["PORT"], "user": target["USER"], "dbname": "postgres"}
    with psycopg.connect(**address, autocommit=True) as own:
        said = {
            name: own.execute(f"SHOW {name}").fetchone() for name in ("log_min_error_statement", "log_error_verbosity")
        }
    assert said == {"log_min_error_statement": ("panic",), "log_error_verbosity": ("terse",)}
    for setting in ("log_min_error_statement=panic", "log_error_verbosity=terse"):
        assert setting in (ROOT / "deploy" / "compose.yaml").read_text()
