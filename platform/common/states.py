"""What a view answers in a city that is not in full life: said on the view, or for a whole tree (common.trees).

Of a view of which nothing is said: strangers get it once the city is verified; everyone, until it is suspended; and
what is posted to it is refused where the city only reads. tenants.middleware reads it.
"""

from collections.abc import Callable
from enum import Flag, auto
from typing import Any, TypeVar


class Answers(Flag):
    NOTHING_MORE = 0
    READ_ONLY = auto()  # what is posted there writes none of the city's content
    SUSPENDED = auto()  # what a suspended city still owes everyone
    UNVERIFIED = auto()  # strangers reach it before anybody has verified the city, without its name and its look
    UNVERIFIED_BY_NAME = auto()  # and with them
    IN_EVERY_STATE = READ_ONLY | SUSPENDED | UNVERIFIED


View = TypeVar("View", bound=Callable[..., Any])


def answers(more: Answers) -> Callable[[View], View]:
    """Have a view answer more than others do; what its tree says of it is added."""

    def declare(view: View) -> View:
        view.answers = answers_of(view) | more  # type: ignore[attr-defined]  # wrappers copy it (functools.wraps)
        return view

    return declare


def answers_of(view: Callable[..., Any]) -> Answers:
    return getattr(view, "answers", Answers.NOTHING_MORE)
