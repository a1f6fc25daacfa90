"""What a run finds built is of the very code that it tests, and of its own hours."""

import os
import time
from pathlib import Path

import pytest

from tests import kept


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("tests/database.py", "tenants/migrations/0001.py", "billing/templates/page.html"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("as it was")
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    monkeypatch.setattr(kept, "KEPT", tmp_path / ".local" / "tests")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "built_anew"),
    [
        ("tests/database.py", True),
        ("tenants/migrations/0001.py", True),
        ("tenants/migrations/0002.py", True),
        ("requirements/base.txt", True),
        ("tests/framing/factories.py", True),
        ("billing/templates/page.html", False),
        ("tests/test_words.py", False),
    ],
)
def test_what_is_built_is_of_this_code(house: Path, name: str, built_anew: bool) -> None:
    before = kept.key()
    (house / name).parent.mkdir(parents=True, exist_ok=True)
    (house / name).write_text("as it is now")
    assert (kept.key() != before) is built_anew


def test_it_is_kept_for_two_hours(house: Path) -> None:
    assert kept.found() is None
    folder = kept.KEPT / kept.key()
    folder.mkdir(parents=True)
    assert kept.found() == folder
    before = time.time() - kept.FOR_SECONDS - 1
    os.utime(folder, (before, before))
    assert kept.found() is None
