"""What somebody's leaving means for the kit: nobody knows any more who had sheets printed; their numbers stay taken."""

from datetime import datetime

from accounts.models import User
from common.personal import erases
from consultations.kit.models import SheetRun


@erases(SheetRun)
def forget_in_kit(user: User, *, with_texts: bool, at: datetime) -> None:
    SheetRun.objects.filter(made_by=user).update(made_by=None)
