"""The audit trail in words: each app says what the actions that it records are called, in its `trail.py`.

For whoever reads a trail: a person in the copy of their own data, a city's administrators in their journal, an operator
in the story of a city. The house imports them (common.apps); a test goes through all that is recorded anywhere, and
fails for an action without words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

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
    link: Callable[[Any], str] | None
    beside: tuple[str, ...] = ()
    is_numbered: bool = True


subjects: dict[str, Concerned] = {}  # by the model, as the trail names it


@dataclass(frozen=True)
class Owned:
    """What is somebody's own: they read what was done to it (accounts.own_journal).

    `rows`: those of a person. `others`: who acts on it where it is neither they nor the team; `unsigned`: who does
    where no account did. `is_signed`: the team does so under its names, in public; else its role alone is said.
    """

    label: str
    actions: frozenset[str]
    rows: Callable[[Any], QuerySet[Any]]
    address: Callable[[Any], str]
    title: Callable[[Any], str]
    others: Any
    unsigned: Any
    is_signed: bool


owned: list[Owned] = []
_TEAM, _SERVICE = _("Somebody of the team"), settings.SERVICE_NAME


doers: dict[str, Any] = {}  # of an action: who does it where no account did, if it is not this service


def records(actions: dict[str, Any], *, private: bool = False, unsigned: Any = _SERVICE) -> None:
    """Say what actions are called: code → words. `private`: a city reads them of its own team alone; `unsigned`: who
    does them where no account did.
    """
    doers.update(dict.fromkeys(actions, unsigned))
    twice = actions.keys() & labels.keys()
    assert not twice, f"{twice} said twice"
    labels.update(actions)
    if private:
        private_actions.update(actions)


def concerns(
    model: type[Model],
    words: Any,
    *,
    address: str = "",
    title: Callable[[Any], str] | None = None,
    link: Callable[[Any], str] | None = None,
    beside: tuple[str, ...] = (),
    is_numbered: bool = True,
) -> None:
    """Say what a row of a model is called; `address`: of a page that takes its number, `link`: of one that the row
    leads to, without another query but that of what is read `beside` it. `title`: of what the city itself has written;
    what residents write may be hidden, and is a number there; where nobody knows it by that, it is not `is_numbered`.
    """
    subjects[model._meta.label_lower] = Concerned(model, words, address, title, link, beside, is_numbered)


def happens_to(
    model: type[Model],
    *actions: str,
    rows: Callable[[Any], QuerySet[Any]],
    address: Callable[[Any], str] = lambda row: "",
    title: Callable[[Any], str] = lambda row: "",
    others: Any = _TEAM,
    unsigned: Any = _SERVICE,
    is_signed: bool = False,
) -> None:
    """Say which actions people read of what is their own. What is not said is read by nobody but the team."""
    unknown = set(actions) - labels.keys()
    assert not unknown, f"{unknown}: not in words"
    label = model._meta.label_lower
    owned.append(Owned(label, frozenset(actions), rows, address, title, others, unsigned, is_signed))


particulars: dict[str, Callable[[dict[str, Any]], str]] = {}  # of an action: its details in words


def tells(*actions: str) -> Callable[[Callable[[dict[str, Any]], str]], Callable[[dict[str, Any]], str]]:
    """Register what puts the details of these actions in words, for a journal; empty where there is nothing to say.

    Whom a detail `to` means is in it by name.
    """

    def register(words: Callable[[dict[str, Any]], str]) -> Callable[[dict[str, Any]], str]:
        particulars.update(dict.fromkeys(actions, words))
        return words

    return register


def label_of(action: str) -> str:
    """An action in words. One that nothing records any more, but that an old trail has: its code."""
    return str(labels.get(action, action))
