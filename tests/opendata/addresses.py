"""What each address of open data answers to whom (tests.support.addresses)."""

from typing import Any

from django.utils import timezone

from consultations.opendata.services.building import build_open_data
from tests.opendata.factories import the_consultation
from tests.support.roles import DESK, OPEN, Rows

CITY: Rows = {
    "open_data": (OPEN, None),
    "open_data_catalogue": (OPEN, None),
    "open_data_of": (OPEN, None),
    "open_data_columns": (OPEN, None),
    "open_data_file": (OPEN, 404),
    "consultation_calendar": (OPEN, None),
    "widget": (OPEN, None),
    "widget_of_challenge": (OPEN, None),
    "desk_on_your_site": (DESK, None),
}


LOOKED_AT = {"desk_on_your_site"}


def things(made: dict[str, Any]) -> dict[str, Any]:
    found = the_consultation()
    build_open_data(at=timezone.now())
    return {"opened": found.slug}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if address.name == "desk_on_your_site":
        return {"consultation": things["opened"]}
    if address.name not in CITY or address.name == "widget_of_challenge":
        return {}
    found = {"slug": things["opened"], "name": "defis"}
    return {**found, "ending": "csv"} if address.name == "open_data_file" else found
