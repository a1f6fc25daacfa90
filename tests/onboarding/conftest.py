import pytest

from onboarding.services import runs


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that advance the runs themselves."""
    monkeypatch.setattr(runs, "dispatch", lambda key: None)
