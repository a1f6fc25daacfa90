"""What every service asks before it writes to a proposal, and the counts that it keeps."""

from datetime import datetime, timedelta

from django.db import connection

from common.outbox import tell_later
from consultations.framing.enums import Deed
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from consultations.participation.services.refusals import Merged, PhaseClosed

__all__ = ["MEND_FOR", "count", "tell_later", "writable"]

# How long a text can be corrected by whoever has just published it.
MEND_FOR = timedelta(minutes=15)


def writable(proposal: Proposal | int, *, deed: Deed, at: datetime, also_merged: bool = False) -> Proposal:
    """The proposal, locked, if its phase lets people do `deed`. Counts are exact because of this lock.

    Raises Proposal.DoesNotExist for a hidden or withdrawn one, Merged, PhaseClosed.
    """
    pk = proposal if isinstance(proposal, int) else proposal.pk
    found = (
        Proposal.objects.filter(status=Status.PUBLISHED)
        .select_for_update(of=("self",))
        .select_related("challenge__consultation")
        .defer("search")
        .get(pk=pk)
    )
    if found.merged_into_id and not also_merged:
        raise Merged
    if not calendar_of(found.challenge.consultation, at=at).may(deed):
        raise PhaseClosed
    return found


_COUNT = """
WITH challenge AS (
  UPDATE framing_challenge SET proposal_count = proposal_count + %(proposals)s,
    argument_count = argument_count + %(arguments)s
  WHERE id = %(challenge)s RETURNING consultation_id
)
UPDATE framing_consultation SET proposal_count = proposal_count + %(proposals)s,
  argument_count = argument_count + %(arguments)s
WHERE id = (SELECT consultation_id FROM challenge)
"""


def count(challenge_id: int, *, proposals: int = 0, arguments: int = 0) -> None:
    """Count proposals and arguments into a challenge and its consultation: one statement, in one order of locks."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"challenge": challenge_id, "proposals": proposals, "arguments": arguments})
