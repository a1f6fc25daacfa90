"""A meeting in words, in templates."""

from django import template

from consultations.meetings import words
from consultations.meetings.models import Meeting

register = template.Library()


@register.filter
def when(meeting: Meeting) -> str:
    return words.when(meeting.begins_at, meeting.ends_at)
