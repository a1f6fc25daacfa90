"""What keeps a consultation as it is (framing.services.keeping): a vote that everybody sees has its phase."""

from datetime import datetime

from django.db.models import Q

from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.framing.services.keeping import keeps_dates, keeps_open
from consultations.voting.models import Vote
from consultations.voting.services.refusals import VoteRuns
from consultations.voting.services.setting import put_back


@keeps_dates
def votes_that_run(consultation: Consultation, at: datetime) -> None:
    """Raises VoteRuns. Whoever chooses the end once ballots are in chooses who is counted. One that is open without any
    yet would go on saying that it is open, and take none: it is prepared again. So is one to come that no phase is left
    for; where its dates alone leave those of its phase, the team moves both in any order.
    """
    seen = Q(begun=True) | Q(announced_at__isnull=False)
    found = Vote.objects.filter(seen, consultation=consultation, closed_at=None, closes_at__gt=at)
    # Locked: whoever is confirming the first ballot is waited for.
    for vote in found.select_for_update(of=("self",), no_key=True).order_by("pk"):
        needed = {"closes_at__gt": at}
        if vote.begun or vote.is_set(at):
            needed = {"opens_at__lte": max(at, vote.opens_at), "closes_at__gte": vote.closes_at}
        phase = consultation.phases.filter(kind=PhaseKind.PRIORITISE, **needed)
        if not consultation.is_archived and phase.exists():
            continue
        if vote.begun:
            raise VoteRuns(vote)
        put_back(vote=vote)


@keeps_open
def has_ballots(consultation: Consultation) -> bool:
    return Vote.objects.filter(consultation=consultation, begun=True).exists()
