"""What people do with a proposal, and when (consultations.framing.phases)."""

from consultations.framing.enums import PhaseKind
from consultations.framing.phases import action

PROPOSE = action("PROPOSE", PhaseKind.PROPOSE)
REACT = action("REACT", PhaseKind.PROPOSE, PhaseKind.REWORK, PhaseKind.PRIORITISE)
ARGUE = action("ARGUE", PhaseKind.PROPOSE, PhaseKind.REWORK, discusses=True)
