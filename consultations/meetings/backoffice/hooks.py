"""The way to where contributions are entered (consultations.offline), from the meeting at which they were made."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from consultations.meetings.models import Meeting

ENTRY = "desk_entries"


def entering_url(meeting: Meeting) -> str:
    """Empty where this installation has no such page."""
    try:
        page = reverse(ENTRY, args=[meeting.consultation.slug])
    except NoReverseMatch:
        return ""
    day = timezone.localdate(meeting.begins_at)
    known = {"rendez-vous": meeting.pk, "lieu": meeting.place, "jour": day.isoformat()}
    return f"{page}?{urlencode({name: value for name, value in known.items() if value})}"
