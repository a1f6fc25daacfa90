"""The public register: what was decided, without a name and without a text."""

from django.db.models import QuerySet

from consultations.moderation.enums import Act
from consultations.moderation.models import Decision


def registered() -> QuerySet[Decision]:
    """Decisions as they stand: without those that were cancelled at once, and what cancelled them."""
    return Decision.objects.exclude(act=Act.UNDO).filter(cancelled_by=None)
