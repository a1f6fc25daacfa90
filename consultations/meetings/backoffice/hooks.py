"""The way to where contributions are entered (consultations.offline), from the meeting at which they were made."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from consultations.meetings.models import Meeting

ENTRY = "desk_entries"


def entering_url(meeting: Meeting) -> str:
    """Empty where this installation has no such page."""
    try:
        page = reverse(ENTRY, args=[meeting.consultation.slug])
    except NoReverseMatch:
        return ""
    return f"{page}?{urlencode({'rendez-vous': meeting.pk})}"
