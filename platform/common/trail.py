"""The audit trail in words: each app says what the actions that it records are called, in its `trail.py`.

For whoever reads a trail: a person in the copy of their own data, a city's administrators in their journal, an operator
in the story of a city. The house imports them (common.apps); a test goes through all that is recorded anywhere, and
fails for an action without words.
"""

from typing import Any

from django.db.models import Model

labels: dict[str, Any] = {}
# Actions that are nobody's business but the person's: how they react, whom they follow, how they come in.
private_actions: set[str] = set()
# Model, as the trail names it → what one row of it is called, and the address that its number is at.
subjects: dict[str, tuple[Any, str]] = {}


def records(actions: dict[str, Any], *, private: bool = False) -> None:
    """Say what actions are called: code → words. `private`: a city reads them of its own team alone."""
    twice = actions.keys() & labels.keys()
    assert not twice, f"{twice} said twice"
    labels.update(actions)
    if private:
        private_actions.update(actions)


def concerns(model: type[Model], words: Any, *, address: str = "") -> None:
    """Say what a row of a model is called where the trail names it; `address`: of a page that takes its number."""
    subjects[model._meta.label_lower] = (words, address)


def label_of(action: str) -> str:
    """An action in words. One that nothing records any more, but that an old trail has: its code."""
    return str(labels.get(action, action))
