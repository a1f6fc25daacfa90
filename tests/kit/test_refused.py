"""What the services of the kit refuse, and that they leave everything as it was."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from common.refusals import Refusal
from consultations.framing.models import Consultation
from consultations.kit.enums import Support
from consultations.kit.models import SheetRun, Spot
from consultations.kit.services import spots
from consultations.kit.services.sheets import ask_for_sheets
from tenants.models import Municipality
from tests.accounts.factories import UserFactory


def refused(code: str, press: Callable[..., Any], **given: Any) -> None:
    before = (Spot.objects.count(), SheetRun.objects.count())
    with pytest.raises(Refusal) as raised:
        press(**given)
    assert raised.value.code == code
    assert (Spot.objects.count(), SheetRun.objects.count()) == before


def test_what_is_there_too_many_or_changed_meanwhile(in_saran: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    of = {"consultation": Consultation.objects.get(is_current=True), "by": UserFactory(), "at": timezone.now()}
    spots.add_spot(support=Support.POSTER, name="Mairie", **of)
    refused("kit_spot_there", spots.add_spot, support=Support.POSTER, name="MAIRIE", **of)
    monkeypatch.setattr(spots, "MOST", 1)
    refused("kit_too_many_spots", spots.add_spot, support=Support.FLYER, name="Marché", **of)
    for count in (0, 100_000):
        refused("kit_not_so_many_sheets", ask_for_sheets, count=count, after=0, **of)
    ask_for_sheets(count=2, after=0, **of)
    refused("kit_printed_meanwhile", ask_for_sheets, count=3, after=0, **of)
