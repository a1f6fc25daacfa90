"""Two for the last seat, each in their own connection."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.meetings.enums import Place
from consultations.meetings.models import Attendee
from consultations.meetings.services.links import token_of
from consultations.meetings.services.signing_up import confirm
from tenants.models import Municipality
from tests.meetings.factories import a_meeting, on_list


def test_the_last_seat_goes_to_one_of_two(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        meeting = a_meeting(seats=1)
        people = [on_list(meeting, place=Place.ASKED) for _each in range(4)]
        tokens = [token_of(person) for person in people]

    def press(token: str) -> Any:
        try:
            with schema_context(saran.schema_name):
                return confirm(token=token, at=timezone.now()).place
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        places = sorted(pool.map(press, tokens))
    assert places == [Place.SEATED, Place.WAITING, Place.WAITING, Place.WAITING]
    with schema_context(saran.schema_name):
        assert Attendee.objects.filter(place=Place.SEATED).count() == 1
