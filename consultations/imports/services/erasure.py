"""What somebody's leaving means for imports: nobody knows any more that it was they."""

from datetime import datetime

from accounts.models import User
from common.personal import erases
from consultations.imports.models import Import


@erases(Import)
def forget_in_imports(user: User, *, with_texts: bool, at: datetime) -> None:
    Import.objects.filter(created_by=user).update(created_by=None)
