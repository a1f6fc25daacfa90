"""What somebody's leaving means for the kit: nobody knows any more who had sheets printed; their numbers stay taken."""

from datetime import datetime

from accounts.models import User
from common.personal import erases, leaves_when_erasing
from consultations.kit.models import SheetPart, SheetRun

leaves_when_erasing(SheetPart, because="blank forms to print: nobody is named on them")


@erases(SheetRun)
def forget_in_kit(user: User, *, with_texts: bool, at: datetime) -> None:
    SheetRun.objects.filter(made_by=user).update(made_by=None)
