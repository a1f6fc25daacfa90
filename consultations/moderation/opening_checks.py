"""What moderation asks before a consultation opens (common.readiness)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.readiness import Condition, conditions
from common.worklist import Asked
from consultations.framing.abilities import DECIDING, FRAME
from consultations.framing.enums import ModeratedBy


@conditions(order=60, queries=1)
def somebody_moderates(asked: Asked) -> Iterator[Condition]:
    by = asked.consultation.moderated_by
    holds = by != ModeratedBy.MODERATORS or User.objects.filter(role__in=DECIDING[by], is_active=True).exists()
    yield Condition(
        _("Somebody moderates"),
        holds,
        reverse("desk_consultation", args=[asked.consultation.slug]),
        _("Invite a moderator, or say that your team or ours moderates."),
        FRAME.in_team,
    )
