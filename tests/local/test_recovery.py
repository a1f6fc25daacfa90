"""PostgreSQL killed outright comes back with all that was committed."""

import signal
import sys
from pathlib import Path

import psycopg
import pytest

from deploy.local.services import start_postgres


def test_what_was_committed_is_there_after_a_kill(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("killed") / "postgres"
    for parent in [folder.parent, *folder.parent.parents][:3]:
        parent.chmod(0o755)
    postgres = start_postgres(folder)
    with psycopg.connect(postgres.url) as there:
        there.execute("CREATE TABLE kept AS SELECT 1 AS number")
    postgres.process.send_signal(signal.SIGKILL)
    postgres.process.wait(10)
    postgres.stop()
    again = start_postgres(Path(folder))
    try:
        with psycopg.connect(again.url) as there:
            assert there.execute("SELECT number FROM kept").fetchone() == (1,)
            if sys.platform == "linux":
                assert there.execute("SHOW recovery_init_sync_method").fetchone() == ("syncfs",)
        assert "was not properly shut down" in again.log.read_text()
    finally:
        again.stop()
