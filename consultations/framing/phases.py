"""What participants may do in which phase: each app declares its own in `actions.py`."""

from consultations.framing.enums import PhaseKind

# For each kind of phase, what it opens. Phases may overlap: one that is open is enough.
OPEN_TO: dict[str, set[str]] = {kind.value: set() for kind in PhaseKind}


# What a city may leave open while it answers and follows up, too (Consultation.is_discussed).
DISCUSSION: set[str] = set()
DISCUSSED_IN = (PhaseKind.ANSWER, PhaseKind.FOLLOW)


def action(key: str, *phases: PhaseKind, discusses: bool = False) -> str:
    """Declare something that participants do, in these phases only: the table that governs every service of it.

    `discusses`: it belongs to a discussion, which a city may leave open afterwards.
    """
    for phase in phases:
        OPEN_TO[phase].add(key)
    if discusses:
        DISCUSSION.add(key)
    return key
