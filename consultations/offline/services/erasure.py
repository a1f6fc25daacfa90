"""What somebody's leaving means for sheets: nobody knows any more who typed them."""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from common.personal import erases
from consultations.offline.enums import EntryState
from consultations.offline.models import Correction, Entry, EntryDesk


@erases(Entry, EntryDesk, Correction)
def forget_in_sheets(user: User, *, with_texts: bool, at: datetime) -> None:
    """What was attached to their account is as if they had written it here: what they said of themselves goes."""
    EntryDesk.objects.filter(user=user).delete()
    Entry.objects.filter(typed_by=user, state=EntryState.DRAFT).delete()
    Entry.objects.filter(typed_by=user).update(typed_by=None)
    Entry.objects.filter(read_by=user).update(read_by=None)
    Correction.objects.filter(by=user).update(by=None)
    own = Entry.objects.filter(Q(proposal__author=user) | Q(argument__author=user), bound_at__isnull=False)
    if with_texts:
        Correction.objects.filter(entry__in=own).update(stance="", text="")
    own.update(age_band="", neighbourhood="", capacity="", name="")
