"""What people are notified of: a meeting of a consultation in which they take part."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from consultations.meetings import events
from consultations.meetings.models import Meeting
from consultations.meetings.words import when
from consultations.participation.selectors.audience import people_of_consultation
from notifications.registry import notice_type, subject
from notifications.types import About, Key, Notification, Words


def _meetings(user: User) -> QuerySet[Meeting]:
    return Meeting.objects.select_related("consultation")


MEETING = subject("meeting", Meeting, read=_meetings)


def _published(meeting_id: int, **kwargs: Any) -> Notification:
    meeting = Meeting.objects.get(pk=meeting_id)
    people = sorted(people_of_consultation(meeting.consultation_id))
    recipients: dict[int, dict[str, Key | None]] = {person: {"meeting": meeting.pk} for person in people}
    return Notification(f"meeting_published:{meeting.pk}", str(meeting.pk), recipients, meeting.created_by_id)


@notice_type(
    "MEETING_PUBLISHED",
    gettext_lazy("A meeting of a consultation in which you take part"),
    weight=28,
    event=events.meeting_published,
    notification=_published,
    subjects=(MEETING,),
)
def _published_words(about: About) -> Words:
    meeting: Meeting = about["meeting"]
    said = {"title": meeting.title, "when": when(meeting.begins_at, meeting.ends_at)}
    sentence = _("Meeting: “%(title)s”, %(when)s.") % said
    is_over = meeting.is_cancelled or meeting.is_over(timezone.now())
    return Words(sentence, _("See the meeting"), meeting.get_absolute_url(), is_over=is_over)
