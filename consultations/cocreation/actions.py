"""What authors do together, and when (consultations.framing.phases)."""

from consultations.framing.enums import PhaseKind
from consultations.framing.phases import action

REWORK = action("REWORK", PhaseKind.PROPOSE, PhaseKind.REWORK)
MERGE = action("MERGE", PhaseKind.PROPOSE, PhaseKind.REWORK)
