"""The service's own mark on a challenge, where it accompanies the city: advice, which opens and holds back nothing."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from consultations.framing.enums import Side
from consultations.framing.models import Challenge
from consultations.framing.permissions import discusses, side_of
from consultations.framing.services.challenges import locked_challenge
from consultations.framing.services.consultations import locked
from consultations.framing.services.margins import NotInTheMargin
from tenants.models import Municipality


def advise_challenge(
    *, challenge: Challenge, municipality: Municipality, actor: User, signed: str, revision: int, at: datetime
) -> None:
    """Note that the service finds this text right, under the name of whoever says so. It does already: nothing happens.

    Raises NotInTheMargin for anybody but the service's team; ChangedMeanwhile: only what was read is found right.
    """
    _refuse_others(actor, municipality)
    with transaction.atomic():
        locked(challenge.consultation)
        challenge = locked_challenge(challenge)
        if challenge.is_advised:
            return
        if challenge.revision != revision:
            raise ChangedMeanwhile(challenge)
        challenge.advised_at, challenge.advised_by = at, signed
        challenge.save(update_fields=["advised_at", "advised_by"])
        record("challenge_advised", actor=actor, subject=challenge, revision=revision)


def withdraw_advice(*, challenge: Challenge, municipality: Municipality, actor: User) -> None:
    """Take the service's mark back. There is none: nothing happens. Raises NotInTheMargin."""
    _refuse_others(actor, municipality)
    with transaction.atomic():
        locked(challenge.consultation)
        challenge = locked_challenge(challenge)
        if not challenge.is_advised:
            return
        challenge.advised_at, challenge.advised_by = None, ""
        challenge.save(update_fields=["advised_at", "advised_by"])
        record("challenge_advice_withdrawn", actor=actor, subject=challenge)


def _refuse_others(actor: User, municipality: Municipality) -> None:
    if side_of(actor) != Side.SERVICE or not discusses(user=actor, municipality=municipality):
        raise NotInTheMargin
