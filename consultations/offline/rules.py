"""What may stand on a sheet: what somebody wrote by hand is taken as it is, long or short."""

from accounts.look_alikes import mixes_scripts
from accounts.names import (
    NameLeadsSomewhere,
    NameMixed,
    NameReserved,
    is_of_the_team,
    is_reserved,
    leads_to_somebody,
)
from common.text import Words
from consultations.offline.models import NAME_MAX, PLACE_MAX
from consultations.participation.rules import PARTS

TITLE = PARTS["title"]
SOLUTION, PART, ARGUMENT = Words(10, 2000), Words(0, 2000), Words(10, 1000)
NAME, PLACE = Words(0, NAME_MAX, one_line=True), Words(0, PLACE_MAX, one_line=True)
_ENOUGH = 8


def check_name(name: str) -> None:
    """Raises NameRefused: it stands where public names do. That a resident has it too is no matter, no account is made;
    nobody is taken for one of the team, whose badge it would lack.
    """
    if leads_to_somebody(name):
        raise NameLeadsSomewhere
    if mixes_scripts(name):
        raise NameMixed
    if is_reserved(name) or is_of_the_team(name):
        raise NameReserved


def title_of(solution: str) -> str:
    """For a sheet without one: its first words, up to the end of the sentence where that is near."""
    line = " ".join(solution.split())
    for mark in (". ", " ! ", "! ", " ? ", "? ", " ; ", "; "):
        head, found, _tail = line.partition(mark)
        if found and _ENOUGH <= len(head) <= TITLE.maximum:
            return head
    if len(line) <= TITLE.maximum:
        return line.rstrip(".")
    return f"{line[: TITLE.maximum - 1].rsplit(' ', 1)[0]}…"
