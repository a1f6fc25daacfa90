"""What a city takes with it of meetings (common.citycopy): what was published; in the complete copy, who signed up."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.meetings.models import Attendee, Meeting, MeetingChallenge, SaidThere

in_city_copies(
    Meeting,
    title=_("Meetings"),
    shared="id consultation_id kind title text begins_at ends_at place address url wheelchair loop sign_language "
    "childcare access signs_up seats published_at moved_at cancelled_at cancelled_why report document_id reported_at",
    complete="created_at created_by_id others_came figures revision",
    never="form",
    rows=lambda: Meeting.objects.shown().order_by("pk"),
)
in_city_copies(
    MeetingChallenge,
    title=_("What meetings are about"),
    shared="id meeting_id challenge_id",
    rows=lambda: MeetingChallenge.objects.filter(meeting__in=Meeting.objects.shown()).order_by("pk"),
)
in_city_copies(
    Attendee,
    title=_("Who signed up for a meeting"),
    complete="id meeting_id name email phone place asked_at confirmed_at to_call came language",
)
in_city_copies(
    SaidThere,
    title=_("Which contributions were made at a meeting"),
    complete="id meeting_id proposal_id argument_id added_at",
)

in_words(
    {
        "meeting_id": _("number of the meeting"),
        "document_id": _("number of the document"),
        "meetings_meeting.kind": _("what kind of meeting"),
        "meetings_meeting.text": _("what it is about"),
        "meetings_meeting.begins_at": _("when it begins"),
        "meetings_meeting.ends_at": _("when it ends"),
        "meetings_meeting.place": _("where it is"),
        "meetings_meeting.address": _("the address of the place"),
        "meetings_meeting.url": _("where it is followed on the web"),
        "wheelchair": _("whether it is reached in a wheelchair"),
        "loop": _("whether there is an induction loop"),
        "sign_language": _("whether it is interpreted in sign language"),
        "childcare": _("whether children are looked after"),
        "meetings_meeting.access": _("what else helps people to come"),
        "signs_up": _("whether people sign up"),
        "meetings_meeting.seats": _("how many seats there are; empty: no limit"),
        "meetings_meeting.moved_at": _("when its dates or its place were last changed"),
        "cancelled_at": _("when it was cancelled"),
        "cancelled_why": _("why it was cancelled"),
        "others_came": _("how many came without having signed up"),
        "meetings_meeting.report": _("its report"),
        "reported_at": _("when its report was published"),
        "meetings_meeting.figures": _("how many signed up and came, once their rows are forgotten"),
        "meetings_attendee.name": _("name that they gave"),
        "meetings_meeting.created_by_id": _("number of the account that prepared it"),
        "meetings_attendee.place": _("whether they have a seat"),
        "meetings_attendee.asked_at": _("when they asked for a seat"),
        "meetings_attendee.confirmed_at": _("when they confirmed, which is their turn"),
        "to_call": _("whether they are to be called, because something has changed"),
        "came": _("whether they came"),
        "meetings_attendee.language": _("language of the mails to them, as a code; empty: French"),
    }
)
