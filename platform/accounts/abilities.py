"""What may be done for a city, and by whom: the one table of it.

Each app declares its own here or in its `abilities.py`; views (`permissions.role_required`), services and menus ask the
ability, and nothing else names roles (tests/test_abilities.py). The page "Who may do what" and docs/roles.md are made
of them.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import TEAM_ROLES, Role


class Subject(models.TextChoices):
    """What abilities are about, in the order in which the page shows them."""

    DESK = "DESK", _("The desk")
    FRAMING = "FRAMING", _("The consultation")
    DIALOGUE = "DIALOGUE", _("The dialogue")
    OUTCOMES = "OUTCOMES", _("Answers and projects")
    PLATFORM = "PLATFORM", _("The team and the platform")


_SUBJECTS = list(Subject)


@dataclass(frozen=True, order=True)
class Ability:
    """`roles`: all that may have it; those of them in `sometimes` have it where `when` says so in words."""

    place: tuple[int, int, str]
    words: Any = field(compare=False)
    roles: frozenset[str] = field(compare=False)
    sometimes: frozenset[str] = field(compare=False, default=frozenset())
    when: Any = field(compare=False, default="")

    @property
    def key(self) -> str:
        return self.place[2]

    @property
    def subject(self) -> Subject:
        return _SUBJECTS[self.place[0]]

    @property
    def always(self) -> frozenset[str]:
        """Of the team, whatever else holds."""
        return self.in_team - self.sometimes

    @property
    def in_team(self) -> frozenset[str]:
        """Without those who are guests of the team."""
        return self.roles & frozenset(TEAM_ROLES)


_abilities: list[Ability] = []


def ability(
    key: str,
    subject: Subject,
    words: Any,
    *always: str,
    order: int,
    sometimes: Iterable[str] = (),
    when: Any = "",
    guests: Iterable[str] = (),
) -> Ability:
    """Declare what may be done, in words that follow "may": "invite somebody". `guests`: who is not of the team."""
    at_times = frozenset(sometimes)
    found = Ability(
        place=(_SUBJECTS.index(subject), order, key),
        words=words,
        roles=frozenset(always) | at_times | frozenset(guests),
        sometimes=at_times,
        when=when,
    )
    insort(_abilities, found)
    return found


def abilities() -> list[Ability]:
    """All that is declared, in the order of the page."""
    return list(_abilities)


def may(user: Any, asked: Ability) -> bool:
    """Whether the role of a person gives it to them, or may; nobody's who is a visitor."""
    return bool(getattr(user, "is_active", False)) and getattr(user, "role", "") in asked.roles


_ALL_BUT_SERVICE = [role for role in TEAM_ROLES if role != Role.SERVICE]

SEE_ASSIGNED = ability(
    "see_assigned", Subject.DESK, _("See what is assigned to oneself, and answer it"), *TEAM_ROLES, order=10
)
SEE_DESK = ability(
    "see_desk", Subject.DESK, _("See the desk: what the week asks for, and of whom"), *_ALL_BUT_SERVICE, order=20
)
READ_AHEAD = ability(
    "read_ahead", Subject.DESK, _("Read the public pages before they open"), *_ALL_BUT_SERVICE, order=30
)
MANAGE_TEAM = ability(
    "manage_team", Subject.PLATFORM, _("Make up the team: invite, give roles, remove"), Role.ADMINISTRATOR, order=10
)
GIVE_WAY_BACK = ability(
    "give_way_back",
    Subject.PLATFORM,
    _("Give a way back in to whoever has lost their second factor"),
    Role.ADMINISTRATOR,
    order=20,
)
READ_JOURNAL = ability(
    "read_journal", Subject.PLATFORM, _("Read the journal: who did what, and when"), Role.ADMINISTRATOR, order=30
)
# Of the service's own team, on its own site: no city's table has it.
OPERATE = Ability(place=(0, 0, "operate"), words="", roles=frozenset({Role.OPERATOR}))
