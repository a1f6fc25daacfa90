"""What the trail keeps of meetings, in words (common.trail). Who signs up, or came, is in no trail."""

from django.utils.translation import gettext_lazy as _

from common.trail import concerns, records
from consultations.meetings.models import Meeting

records(
    {
        "meeting_created": _("Meeting prepared"),
        "meeting_changed": _("Meeting changed"),
        "meeting_moved": _("Meeting moved"),
        "meeting_published": _("Meeting published"),
        "meeting_cancelled": _("Meeting cancelled"),
        "meeting_discarded": _("Meeting deleted before it was published"),
        "meeting_reported": _("Report of a meeting written"),
        "meeting_person_entered": _("Somebody signed up for a meeting by the team"),
        "meeting_person_taken_off": _("Somebody taken off the list of a meeting"),
        "meeting_said_added": _("Contribution attached to a meeting"),
        "meeting_said_removed": _("Contribution detached from a meeting"),
    }
)
concerns(Meeting, _("Meeting"), title=lambda meeting: meeting.title)
