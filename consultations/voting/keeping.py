"""What keeps a consultation as it is (framing.services.keeping): while people vote, their vote has its dates."""

from datetime import datetime

from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.framing.services.keeping import keeps_dates, keeps_open
from consultations.voting.models import Vote
from consultations.voting.services.refusals import VoteRuns


@keeps_dates
def votes_that_run(consultation: Consultation, at: datetime) -> None:
    """Raises VoteRuns. Whoever chooses the end once ballots are in chooses who is counted."""
    running = Vote.objects.filter(consultation=consultation, begun=True, closed_at=None, closes_at__gt=at)
    # Locked: whoever is confirming the first ballot is waited for.
    for vote in running.select_for_update(of=("self",), no_key=True).order_by("pk"):
        phase = consultation.phases.filter(
            kind=PhaseKind.PRIORITISE, opens_at__lte=max(at, vote.opens_at), closes_at__gte=vote.closes_at
        )
        if consultation.is_archived or not phase.exists():
            raise VoteRuns(vote)


@keeps_open
def has_ballots(consultation: Consultation) -> bool:
    return Vote.objects.filter(consultation=consultation, begun=True).exists()
