"""What other sites are told of meetings (webhooks.registry)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.meetings import events
from consultations.meetings.models import Meeting
from webhooks.registry import Fact, kind, tells

PUBLISHED = kind("meeting.published", _("A meeting is published"), order=160)


@tells(PUBLISHED, events.meeting_published)
def _published(meeting_id: int, **kwargs: Any) -> Fact:
    meeting = Meeting.objects.shown().select_related("consultation").get(pk=meeting_id)
    data = {
        "meeting_id": meeting.pk,
        "consultation": meeting.consultation.slug,
        "begins_at": meeting.begins_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
    }
    return Fact(meeting.get_absolute_url(), data)
