"""What of framing is of no more use (common.retention)."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from consultations.framing.models import MarginComment

_KEPT = timedelta(days=365)

_COMMENTS = keeps(
    128,
    _("Of the city’s team: comments in the margin of challenges, and who wrote them"),
    _("To write the challenges together."),
    format_lazy(_("{kept} after the consultation was archived."), kept=span(_KEPT)),
)


@forgets("margin comments", _COMMENTS)
def margin_comments_over(*, at: datetime) -> QuerySet[MarginComment]:
    """By then the challenges say what was agreed on. Answers go with what they answer."""
    return MarginComment.objects.filter(answers=None, challenge__consultation__archived_at__lt=at - _KEPT)
