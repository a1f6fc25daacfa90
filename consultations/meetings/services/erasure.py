"""What somebody's leaving means for meetings: they have no seat any more, and nobody knows what they came to."""

from datetime import datetime

from accounts.models import User
from common.personal import erases, leaves_when_erasing
from consultations.meetings.models import Attendee, Meeting, MeetingChallenge, SaidThere
from consultations.meetings.services.seats import fill_seats

leaves_when_erasing(MeetingChallenge, because="what a meeting is about: of nobody")
leaves_when_erasing(SaidThere, because="which contribution was made where; each says whose it is")


@erases(Attendee, Meeting)
def forget_in_meetings(user: User, *, with_texts: bool, at: datetime) -> None:
    own = Attendee.objects.filter(email=user.email.lower())
    meetings = Meeting.objects.filter(pk__in=own.values("meeting")).order_by("pk")
    for meeting in meetings.select_for_update(of=("self",), no_key=True):
        own.filter(meeting=meeting).delete()
        fill_seats(meeting, at=at)
    Meeting.objects.filter(created_by=user).update(created_by=None)
