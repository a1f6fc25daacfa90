"""The audit trail in words: each app says what the actions that it records are called, in its `trail.py`.

For whoever reads a trail: a person in the copy of their own data, an operator in the story of a city. The house
imports them (common.apps); a test goes through all that is recorded anywhere, and fails for an action without words.
"""

from typing import Any

labels: dict[str, Any] = {}


def records(actions: dict[str, Any]) -> None:
    """Say what actions are called: code → words."""
    twice = actions.keys() & labels.keys()
    assert not twice, f"{twice} said twice"
    labels.update(actions)


def label_of(action: str) -> str:
    """An action in words. One that nothing records any more, but that an old trail has: its code."""
    return str(labels.get(action, action))
