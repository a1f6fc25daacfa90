"""What somebody's leaving means for campaigns: nobody knows any more that it was they; how many there were stays."""

from datetime import datetime

from accounts.models import User
from common.personal import erases
from consultations.animation.enums import RecipientState
from consultations.animation.models import Campaign, Recipient


@erases(Recipient, Campaign)
def forget_in_campaigns(user: User, *, with_texts: bool, at: datetime) -> None:
    own = Recipient.objects.filter(user=user)
    own.filter(state=RecipientState.WAITING).update(state=RecipientState.GONE)
    own.update(user=None)
    Campaign.objects.filter(created_by=user).update(created_by=None)
    Campaign.objects.filter(decided_by=user).update(decided_by=None)
