"""What apps above ask on the page that ends signing up, beside how one appears: a box, never ticked beforehand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from common.db import connection

# Of the person who ticked the box, and the words beside it as they were read.
Accepted = Callable[[User, str], None]


@dataclass(frozen=True)
class Asked:
    name: str
    words: Any
    more: Any
    accepted: Accepted


_asked: list[Asked] = []


def asks_newcomers(name: str, words: Any, *, more: Any = "") -> Callable[[Accepted], Accepted]:
    """Register what is done when somebody new ticks the box `name`, beside `words`. In cities only."""

    def register(accepted: Accepted) -> Accepted:
        _asked.append(Asked(name, words, more, accepted))
        return accepted

    return register


def asked_of_newcomers() -> list[Asked]:
    return _asked if connection.schema_name != "public" else []
