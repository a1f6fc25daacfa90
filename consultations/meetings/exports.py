"""A person's copy of what concerns them in meetings (common.personal): found by the address of their account."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies, leaves_out_of_copies
from consultations.meetings.enums import Place
from consultations.meetings.models import Attendee, Meeting, MeetingChallenge, SaidThere

leaves_out_of_copies(MeetingChallenge, because="what a meeting is about: of nobody")
leaves_out_of_copies(SaidThere, because="which contribution was made at which meeting; each is copied to its author")


@copies(Attendee, Meeting)
def meetings(user: User) -> Iterator[PersonalFile]:
    own = Attendee.objects.filter(email=user.email.lower()).exclude(place=Place.ASKED).order_by("pk")
    yield PersonalFile(
        "rendez-vous",
        _("Meetings"),
        _("Those for which you signed up with the address of your account."),
        [
            {
                _("meeting"): each.meeting.title,
                _("begins"): each.meeting.begins_at,
                _("name"): each.name,
                _("state"): each.get_place_display(),
                _("confirmed on"): each.confirmed_at,
                _("you came"): each.came,
                _("language"): each.language,
            }
            for each in own.select_related("meeting")
        ],
    )
    prepared = Meeting.objects.filter(created_by=user).order_by("pk")
    if prepared:
        yield PersonalFile(
            "rendez-vous-prepares",
            _("Meetings that you prepared"),
            _("As a member of the team."),
            [{_("meeting"): each.title, _("prepared on"): each.created_at} for each in prepared],
        )
