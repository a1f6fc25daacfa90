"""A meeting as a city prepares it; people on its list."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from common.outbox import messages_of
from consultations.framing.models import Consultation
from consultations.meetings.enums import Place
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.services.setting import create_meeting, publish_meeting
from consultations.meetings.services.telling import tell_all
from tests.accounts.factories import UserFactory


def said(**more: Any) -> dict[str, Any]:
    """What is typed to prepare one."""
    begins_at = (timezone.now() + timedelta(days=9)).replace(second=0, microsecond=0)
    return {
        "kind": "WORKSHOP",
        "title": "De l’ombre pour la cour de l’école",
        "text": "Par petits groupes, autour de plans.",
        "begins_at": begins_at,
        "ends_at": begins_at + timedelta(hours=2),
        "place": "Salle des fêtes",
        "address": "1 place de la Liberté",
        "wheelchair": True,
        "seats": None,
        **more,
    }


def a_meeting(*, is_public: bool = True, ago: timedelta | None = None, **more: Any) -> Meeting:
    """`ago`: since when it is over, whatever its services would say of that."""
    now = timezone.now().replace(second=0, microsecond=0)
    made = create_meeting(
        consultation=Consultation.objects.get(is_current=True), by=UserFactory(), at=now, **said(**more)
    )
    if is_public:
        made = publish_meeting(meeting=made, by=None, at=now)
    if ago is not None:
        Meeting.objects.filter(pk=made.pk).update(begins_at=now - ago - timedelta(hours=2), ends_at=now - ago)
        made.refresh_from_db()
    return made


def on_list(meeting: Meeting, **more: Any) -> Attendee:
    number = Attendee.objects.count()
    given = {"name": f"Personne {number}", "email": f"p{number}@example.org", "place": Place.SEATED, **more}
    if given["place"] != Place.ASKED:
        given.setdefault("confirmed_at", timezone.now())
    return Attendee.objects.create(meeting=meeting, **given)


def told(meeting: Meeting) -> list[str]:
    """What is planned to be written to all."""
    return sorted(each.payload["what"] for each in messages_of(tell_all).filter(payload__meeting_id=meeting.pk))
