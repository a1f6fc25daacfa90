"""The audit trail in words: each app says what the actions that it records are called, in its `trail.py`.

For whoever reads a trail: a person in the copy of their own data, a city's administrators in their journal, an operator
in the story of a city. The house imports them (common.apps); a test goes through all that is recorded anywhere, and
fails for an action without words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

labels: dict[str, Any] = {}
# Actions that are nobody's business but the person's: how they react, whom they follow, how they come in.
private_actions: set[str] = set()


@dataclass(frozen=True)
class Concerned:
    """What one row of a model is called where the trail names it."""

    model: type[Model]
    words: Any
    address: str
    title: Callable[[Any], str] | None


subjects: dict[str, Concerned] = {}  # by the model, as the trail names it


def records(actions: dict[str, Any], *, private: bool = False) -> None:
    """Say what actions are called: code → words. `private`: a city reads them of its own team alone."""
    twice = actions.keys() & labels.keys()
    assert not twice, f"{twice} said twice"
    labels.update(actions)
    if private:
        private_actions.update(actions)


def concerns(model: type[Model], words: Any, *, address: str = "", title: Callable[[Any], str] | None = None) -> None:
    """Say what a row of a model is called; `address`: of a page that takes its number. `title`: of what the city itself
    has written; what residents write may be hidden, and is a number there.
    """
    subjects[model._meta.label_lower] = Concerned(model, words, address, title)


def label_of(action: str) -> str:
    """An action in words. One that nothing records any more, but that an old trail has: its code."""
    return str(labels.get(action, action))
