"""What somebody's leaving means for framing: their name goes, and their comments if they ask for that."""

from datetime import datetime

from accounts.models import User
from common.personal import erases
from consultations.framing.models import Challenge, MarginComment


@erases(Challenge, MarginComment)
def forget_who_framed(user: User, *, with_texts: bool, at: datetime) -> None:
    """What others answered stays: it keeps the place of what it answers."""
    comments = MarginComment.objects.filter(author=user)
    if with_texts:
        comments.filter(replies=None).delete()
        comments.update(text="")
    comments.update(author=None, signed="")
    MarginComment.objects.filter(resolved_by=user).update(resolved_by=None, resolved_as="")
    Challenge.objects.filter(validated_by=user).update(validated_by=None)
