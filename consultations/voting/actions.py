"""What people do in votes, and when (consultations.framing.phases)."""

from consultations.framing.enums import PhaseKind
from consultations.framing.phases import action

VOTE = action("VOTE", PhaseKind.PRIORITISE)
