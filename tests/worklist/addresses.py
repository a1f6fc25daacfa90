"""The list of the week has no address of its own: it stands on the desk's week (tests.support.addresses)."""

from typing import Any

from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.worklist.models import ListedThing, MondayList
from consultations.worklist.selectors import monday_of


def on_pages(user: Any) -> None:
    made, _new = MondayList.objects.get_or_create(monday=monday_of(timezone.now()))
    consultation = Consultation.objects.get(is_current=True)
    ListedThing.objects.get_or_create(
        of=made, consultation=consultation, key="framing.ends:", defaults={"title": "Une chose", "position": 0}
    )
