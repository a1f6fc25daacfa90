"""For tests that post to every address in the name of one person."""

import pytest

from common.limits import POSTS


@pytest.fixture(autouse=True)
def posts_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the module that imports it nobody posts too often. That each address has its limit: common/test_limits.py."""
    monkeypatch.setattr(POSTS, "rates", ())
