"""What somebody's leaving means for imports: nobody knows any more that it was they."""

from datetime import datetime

from accounts.models import User
from common.personal import erases, leaves_when_erasing
from consultations.imports.models import Import, ImportFile, ImportPart


@erases(Import)
def forget_in_imports(user: User, *, with_texts: bool, at: datetime) -> None:
    Import.objects.filter(created_by=user).update(created_by=None)


leaves_when_erasing(ImportFile, ImportPart, because="what others wrote elsewhere, for the days until it is imported")
