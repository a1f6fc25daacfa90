"""The city that `make run` shows, filled once by each worker: its votes alone take seconds."""

from django.utils import timezone

from consultations.portal import demo
from tenants.models import Municipality
from tests.framing.test_several import not_opened
from tests.support.once import once


def filled(city: Municipality, *, opened: bool = True) -> None:
    """As it stands when its demonstration has been put into it, before anybody is let in or after."""

    def fill() -> None:
        if not opened:
            not_opened(city)
        assert demo.fill(municipality=city, at=timezone.now())

    once(("demonstration", city.schema_name, opened), fill)
    if not opened:
        city.opened_at = None
