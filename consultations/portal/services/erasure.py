"""What somebody's leaving means for the desk's week: what they had is anybody's."""

from datetime import datetime

from accounts.models import User
from common.personal import erases
from consultations.portal.models import WorkItem


@erases(WorkItem)
def forget_in_the_week(user: User, *, with_texts: bool, at: datetime) -> None:
    WorkItem.objects.filter(assigned_to=user).update(assigned_to=None, assigned_at=None)
    WorkItem.objects.filter(handled_by=user).update(handled_by=None)
