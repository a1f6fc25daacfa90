"""What a key may be used for: each app says its own in `api/scopes.py` (of a city), `ops_api/scopes.py` (operators).

Reading what is public needs no key. A scope never gives more than its person may do: services ask that as ever.
"""

from bisect import insort
from dataclasses import dataclass, field
from typing import Any

from accounts.abilities import Ability, may


@dataclass(frozen=True, order=True)
class Scope:
    """`ability`: what the person must be able to do to have it on a key; None: everybody who has a public name."""

    order: int
    key: str = field(compare=False)
    words: Any = field(compare=False)
    ability: Ability | None = field(compare=False, default=None)

    @property
    def is_of_team(self) -> bool:
        return self.ability is not None


_scopes: list[Scope] = []


def scope(key: str, words: Any, *, order: int, ability: Ability | None = None) -> Scope:
    """Declare one, in words that follow "may": "propose a solution"."""
    assert key not in {each.key for each in _scopes}, f"two scopes are called {key}"
    found = Scope(order, key, words, ability)
    insort(_scopes, found)
    return found


def scopes() -> list[Scope]:
    return list(_scopes)


def allowed(user: Any, asked: Scope) -> bool:
    return asked.ability is None or may(user, asked.ability)


def scopes_for(user: Any, *, of_team: bool) -> list[Scope]:
    """Those that a person may put on a key: what everybody may do, or what their role lets them."""
    return [each for each in _scopes if each.is_of_team is of_team and allowed(user, each)]
