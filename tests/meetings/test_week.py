"""What the week asks for meetings."""

from datetime import timedelta

from django.utils import timezone

from common.worklist import Asked
from consultations.framing.selectors import calendar_of, every_consultation
from consultations.meetings.models import Meeting
from consultations.meetings.week import calls, meetings
from tenants.models import Municipality
from tests.meetings.factories import a_meeting, on_list


def kinds(city: Municipality) -> list[str]:
    found, at = every_consultation().get(), timezone.now()
    asked = Asked(found, calendar_of(found, at=at), city, at)
    return [line.kind for source in (meetings, calls) for line in source(asked)]


def test_a_meeting_is_published_announced_and_reported(in_saran: Municipality) -> None:
    far = timezone.now() + timedelta(days=40)
    a_meeting(begins_at=far, ends_at=far + timedelta(hours=1))
    assert kinds(in_saran) == []
    meeting = a_meeting(is_public=False)
    assert kinds(in_saran) == ["meetings.draft"]
    Meeting.objects.filter(pk=meeting.pk).update(published_at=timezone.now())
    assert kinds(in_saran) == ["meetings.announce"]
    over = timezone.now() - timedelta(days=1)
    Meeting.objects.filter(pk=meeting.pk).update(begins_at=over - timedelta(hours=1), ends_at=over)
    assert kinds(in_saran) == ["meetings.report"]
    Meeting.objects.filter(pk=meeting.pk).update(reported_at=timezone.now())
    assert kinds(in_saran) == []


def test_whom_nobody_can_write_to_is_to_be_called(in_saran: Municipality) -> None:
    far = timezone.now() + timedelta(days=40)
    meeting = a_meeting(begins_at=far, ends_at=far + timedelta(hours=1))
    on_list(meeting, email="", to_call=True), on_list(meeting, email="", to_call=True)
    assert kinds(in_saran) == ["meetings.calls"]
