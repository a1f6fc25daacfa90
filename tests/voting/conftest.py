import pytest

from consultations.voting import rules


@pytest.fixture
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts are shown, and ballots published, from one on: tests of what a result says need no thirty people."""
    monkeypatch.setattr(rules, "PUBLISHED_FROM", 1)
