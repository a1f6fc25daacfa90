"""What co-creation waits for from one person, for « ma participation »."""

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from common.mine import Mine
from consultations.cocreation.actions import MERGE, REWORK
from consultations.cocreation.enums import Consent, MergeState
from consultations.cocreation.models import CoAuthorInvitation, MergeSource, ReworkDraft
from consultations.cocreation.selectors.coauthors import INVITATION_HOLDS, to_mailbox
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, worked_on_by
from consultations.participation.selectors.mine import MAX, TEXTS_OF_PROPOSAL, writable


def invitations(mine: Mine) -> list[CoAuthorInvitation]:
    """Those sent to them, or to their address before they had an account, that can still be answered."""
    theirs = Q(user=mine.user) | to_mailbox(mine.user.email)
    found = CoAuthorInvitation.objects.filter(theirs, answered_at=None, proposal__status=Status.PUBLISHED)
    found = found.filter(created_at__gt=mine.at - INVITATION_HOLDS)
    found = found.select_related("proposal", "invited_by").defer(*TEXTS_OF_PROPOSAL)
    return list(found.order_by("-created_at", "pk")[:MAX])


def consents(mine: Mine) -> list[MergeSource]:
    """Requests to merge a proposal of theirs together with others that nobody of its authors has answered."""
    found = MergeSource.objects.filter(
        proposal__in=writable(mine, MERGE).filter(worked_on_by(mine.user)).values("pk"),
        consent=Consent.ASKED,
        collective__state=MergeState.ASKING,
    ).exclude(collective__started_by=mine.user)
    found = found.select_related("collective", "proposal").defer(*TEXTS_OF_PROPOSAL)
    return list(found.order_by("-collective__started_at", "-pk")[:MAX])


def to_answer(mine: Mine) -> list[tuple[Proposal, int]]:
    """Proposals that they work on, with how many arguments of others have no verdict yet: most first."""
    found = writable(mine, REWORK).filter(worked_on_by(mine.user)).annotate(waiting=_waiting(mine.user))
    found = found.filter(waiting__gt=0).order_by("-waiting", "-pk")[:MAX]
    return [(proposal, proposal.waiting) for proposal in found]


def reworks(mine: Mine) -> list[ReworkDraft]:
    """Next versions that they have begun, of proposals that they still work on."""
    proposals = writable(mine, REWORK).filter(worked_on_by(mine.user))
    found = ReworkDraft.objects.filter(user=mine.user, proposal__in=proposals.values("pk"))
    return list(found.select_related("proposal").defer(*TEXTS_OF_PROPOSAL).order_by("-updated_at", "-pk")[:MAX])


def _waiting(user: User) -> Coalesce:
    found = Argument.objects.filter(proposal=OuterRef("pk"), status=Status.PUBLISHED, verdict="")
    found = found.exclude(author=user)
    counted = found.order_by().values("proposal").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
