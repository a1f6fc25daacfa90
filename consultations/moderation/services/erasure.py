"""What somebody's leaving means for moderation: their name goes; what was decided stays, without them."""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from common.personal import erases, leaves_when_erasing
from consultations.moderation.models import (
    Appeal,
    Case,
    Decision,
    Delegate,
    Evidence,
    Flag,
    Original,
    Report,
    SecondLook,
)
from consultations.moderation.services.leaving import keep_suspension

leaves_when_erasing(Evidence, because="the law has it kept for six months: regulation (EU) 2021/784, article 6")
leaves_when_erasing(Flag, because="where a passage of a text is, and of which kind; not the passage")


@erases(Case, Report, Decision, Appeal, Original, SecondLook, Delegate)
def forget_in_moderation(user: User, *, with_texts: bool, at: datetime) -> None:
    """Decisions keep their number, as the trail does: no row is written again."""
    keep_suspension(user, at=at)
    Delegate.objects.filter(user=user).delete()
    Case.objects.filter(claimed_by=user).update(claimed_by=None, claimed_at=None)
    SecondLook.objects.filter(asked_by=user).update(asked_by=None)
    theirs = Report.objects.filter(Q(reporter=user) | Q(email__iexact=user.email))
    theirs.update(reporter=None, email="", name="", **({"words": ""} if with_texts else {}))
    Appeal.objects.filter(author=user).update(author=None, **({"words": ""} if with_texts else {}))
    if with_texts:
        Original.objects.filter(decision__author=user).delete()
