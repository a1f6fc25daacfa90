"""Places where posters, flyers, forms and letters are, each counted apart."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.text import Words
from consultations.framing.models import Consultation
from consultations.kit.enums import PLACED, Support
from consultations.kit.models import SPOT_MAX, Spot
from consultations.kit.services.refusals import SpotThere, TooManySpots

NAME = Words(2, SPOT_MAX, one_line=True)
MOST = 200


def add_spot(*, consultation: Consultation, support: Support, name: str, by: User, at: datetime) -> Spot:
    """Raises SpotThere, TooManySpots, TextTooLong, TextTooShort."""
    assert support in PLACED
    name = NAME.cleaned(name)
    with transaction.atomic():
        Consultation.objects.select_for_update(of=("self",), no_key=True).get(pk=consultation.pk)
        there = Spot.objects.filter(consultation=consultation)
        if there.filter(support=support, name__iexact=name).exists():
            raise SpotThere
        if there.count() >= MOST:
            raise TooManySpots
        spot = Spot.objects.create(consultation=consultation, support=support, name=name, created_at=at)
        record("kit_spot_added", actor=by, subject=consultation, support=support.name, title=name)
    return spot


def remove_spot(*, consultation: Consultation, spot: int, by: User) -> bool:
    """What was counted there stays, under the number of a place that has no name any more; False where it was gone."""
    with transaction.atomic():
        found = Spot.objects.select_for_update(of=("self",)).filter(consultation=consultation, pk=spot).first()
        if found is None:
            return False
        record(
            "kit_spot_removed", actor=by, subject=consultation, support=Support(found.support).name, title=found.name
        )
        found.delete()
    return True
