"""What people may still do when they read what is printed today: propose, say what they think, or nothing any more."""

from datetime import datetime

from django.utils import timezone

from consultations.framing.enums import ConsultationState, PhaseKind, PhaseState
from consultations.framing.models import Consultation, Phase


def may_propose(consultation: Consultation) -> bool:
    """Now, or later; before the opening too."""
    if consultation.opened_at is None:
        return True
    phase = _proposing(consultation)
    return not consultation.is_archived and phase is not None and phase.state(timezone.now()) != PhaseState.DONE


def is_over(consultation: Consultation) -> bool:
    return consultation.state(timezone.now()) in (ConsultationState.CLOSED, ConsultationState.ARCHIVED)


def ends_at(consultation: Consultation) -> datetime | None:
    """Of what people may still do: of proposing, as long as they may."""
    if not may_propose(consultation):
        return consultation.closed_at()
    phase = _proposing(consultation)
    return phase.closes_at if phase else None


def proposed_until(consultation: Consultation) -> datetime | None:
    phase = _proposing(consultation)
    return phase.closes_at if phase else None


def _proposing(consultation: Consultation) -> Phase | None:
    return next((each for each in consultation.phases.all() if each.kind == PhaseKind.PROPOSE), None)
