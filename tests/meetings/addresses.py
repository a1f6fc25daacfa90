"""What each address of meetings answers to whom (tests.support.addresses)."""

from datetime import timedelta
from typing import Any

from accounts.models import User
from consultations.framing.models import Challenge
from consultations.meetings.models import SaidThere
from tests.meetings.factories import a_meeting, on_list
from tests.support.roles import FRAMERS, MOVES_ON, NOT_KEPT, OPEN, POST_ONLY, Rows

CITY: Rows = {
    "meetings": (OPEN, None),
    "meetings_calendar": (OPEN, None),
    "meeting": (OPEN, 404),
    "meeting_calendar": (OPEN, 404),
    "meeting_sign_up": (POST_ONLY, None),
    "meeting_asked": (MOVES_ON, None),
    "own_sign_up_link": (MOVES_ON, None),
    "own_sign_up": (NOT_KEPT, None),
    "desk_meetings": (FRAMERS, None),
    "desk_meeting": (FRAMERS, None),
    "desk_meeting_new": (FRAMERS, None),
    "desk_meeting_edit": (FRAMERS, None),
    "desk_meeting_publish": (POST_ONLY, None),
    "desk_meeting_cancel": (POST_ONLY, None),
    "desk_meeting_discard": (POST_ONLY, None),
    "desk_meeting_people": (FRAMERS, None),
    "desk_meeting_enter": (POST_ONLY, None),
    "desk_meeting_person": (POST_ONLY, None),
    "desk_meeting_sheet": (FRAMERS, None),
    "desk_meeting_report": (FRAMERS, None),
    "desk_meeting_said": (POST_ONLY, None),
    "desk_meeting_said_remove": (POST_ONLY, None),
}
LOOKED_AT = {"desk_meetings", "desk_meeting", "desk_meeting_people", "desk_meeting_sheet"}
EVERYDAY = {name for name in CITY if name.startswith("desk_")} - LOOKED_AT


def things(made: dict[str, Any]) -> dict[str, Any]:
    meeting = a_meeting()
    said = SaidThere.objects.create(meeting=meeting, proposal=made["proposal"])
    return {"meeting": meeting, "attendee": on_list(meeting), "said": said}


def on_pages(user: User) -> None:
    """The home and the page of a challenge lead to those to come, and to what was reported; a proposal to its meeting."""
    challenges = list(Challenge.objects.filter(slug="ecologie"))
    on_list(a_meeting(challenges=challenges), email=user.email.lower())
    past = a_meeting(ago=timedelta(days=3), challenges=challenges)
    past.report, past.reported_at = "Trente personnes sont venues.", past.ends_at
    past.save()
    for proposal in user.proposals.all():
        past.said.create(proposal=proposal)


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    meeting = things.get("meeting")
    if meeting is None or "meeting" not in (address.name or ""):
        return {}
    return {
        "pk": meeting.pk,
        "consultation": meeting.consultation.slug,
        "person": things["attendee"].pk,
        "said": things["said"].pk,
    }
