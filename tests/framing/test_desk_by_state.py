"""What the desk lets one write of a consultation that is prepared, closed or archived."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.framing.selectors import calendar_of, every_consultation, phase_line
from consultations.framing.services.closing import close_consultation
from consultations.framing.services.consultations import schedule_phases, update_consultation
from consultations.framing.services.preparing import prepare_empty
from consultations.portal.selectors.week import next_date
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.framing.test_several import archived, fresh, refused, the_first


def typed_as_shown(form: Any) -> dict[str, Any]:
    """What a browser would send of a form that nobody has touched."""
    shown = {each.html_name: each.value() for each in form if each.value() not in (None, "")}
    return {name: f"{each:%Y-%m-%dT%H:%M}" if isinstance(each, datetime) else each for name, each in shown.items()}


def test_what_is_being_prepared_is_saved_half_done_and_what_is_open_is_not(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    new = prepare_empty(
        municipality=in_saran, actor=None, title="Nos rues", question="Quelles rues ?", at=timezone.now()
    )
    new.phases.all().delete()
    desk = visit(in_saran, UserFactory(administrator=True), stays=True)
    address = reverse("desk_consultation", args=[new.slug])
    typed = typed_as_shown(desk.get(address).context["form"])
    assert desk.post(address, typed | {"introduction": "Un début."}).status_code == 302
    assert fresh(new).introduction == "Un début."
    only_one = desk.post(address, typed | {"opens_at": "2027-01-20T09:00", "revision": fresh(new).revision})
    assert list(only_one.context["form"].errors) == ["closes_at"]
    first = the_first()
    address = reverse("desk_consultation", args=[first.slug])
    typed = typed_as_shown(desk.get(address).context["form"])
    assert list(desk.post(address, typed | {"commitment": ""}).context["form"].errors) == ["commitment"]


@pytest.mark.dates
def test_what_was_closed_on_its_second_day_still_gets_other_words(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    first, now = the_first(), timezone.now()
    schedule_phases(consultation=first, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=10))
    close_consultation(consultation=first, actor=None, at=now)
    desk = visit(in_saran, UserFactory(administrator=True), stays=True)
    address = reverse("desk_consultation", args=[first.slug])
    typed = typed_as_shown(desk.get(address).context["form"])
    assert desk.post(address, typed | {"introduction": "Autrement."}).status_code == 302
    assert fresh(first).introduction == "Autrement."
    dates = {"opens_at": now, "closes_at": now + timedelta(days=6)}
    assert refused(lambda: update_consultation(consultation=first, actor=None, dates=dates, at=now)) == "too_short"


def test_in_the_archives_nothing_goes_on_nor_asks_to_be_changed(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    old = archived(in_saran)
    calendar = calendar_of(every_consultation().get(pk=old.pk), at=timezone.now())
    assert calendar.now is None
    assert {each["state"] for each in phase_line(calendar)} == {"done"}
    assert old.archived_at
    assert all(each["closes_at"] <= old.archived_at for each in phase_line(calendar)), "nothing ends after it"
    assert next_date(every_consultation().get(pk=old.pk), at=old.archived_at - timedelta(days=900)) is None
    desk = visit(in_saran, UserFactory(administrator=True), stays=True)
    for name in ("desk_of", "desk_consultation", "desk_challenges", "desk_documents"):
        page = desk.get(reverse(name, args=[old.slug])).content.decode()
        assert reverse("desk_unarchive", args=[old.slug]) in page, name
        assert reverse("desk_close_again", args=[old.slug]) not in page, name
    for name in ("desk_close", "desk_prolong", "desk_consultation"):
        assert desk.get(reverse(name, args=[old.slug])).status_code == 409
