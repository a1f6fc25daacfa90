"""What participants may do in which phase: each app declares its own in `actions.py`."""

from consultations.framing.enums import PhaseKind

# For each kind of phase, what it opens. Phases may overlap: one that is open is enough.
OPEN_TO: dict[str, set[str]] = {kind.value: set() for kind in PhaseKind}


def action(key: str, *phases: PhaseKind) -> str:
    """Declare something that participants do, in these phases only: the table that governs every service of it."""
    for phase in phases:
        OPEN_TO[phase].add(key)
    return key
