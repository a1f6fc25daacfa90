"""What a kept proposal page says to one person of where it goes on (common.pagecache)."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from accounts.permissions import user_of
from common.kept_parts import kept_part
from common.pagecache import fills
from consultations.cocreation.selectors.merging import merged_standing_of
from consultations.framing.selectors import calendar_of
from consultations.participation.resident.holes import read_proposal
from consultations.participation.resident.reading import ProposalRequest


@fills("merged")
def merged(request: ProposalRequest, *, pk: int, **kwargs: Any) -> str:
    """Where a proposal is part of a collective one: what this person can do there."""
    user = user_of(request)
    standing = merged_standing_of(pk=pk, user=user)

    def make() -> str:
        proposal = read_proposal(request, pk)
        if proposal is None:
            return ""
        context = {
            "proposal": proposal,
            "collective": proposal.merged_into,
            "calendar": calendar_of(proposal.challenge.consultation, at=timezone.now()),
            "standing": standing,
        }
        return render_to_string("cocreation/resident/_merged_place.html", context, request=request)

    return kept_part(request, f"merged {standing} {user is not None}", make)
