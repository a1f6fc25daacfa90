"""What the register asks before a city opens anything (common.readiness)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from common.readiness import Condition, conditions
from common.worklist import Asked
from tenants.abilities import MANAGE_ADDRESS
from tenants.enums import LifecycleState

_MAY_OPEN = frozenset({LifecycleState.TRIAL, LifecycleState.ACTIVE})


@conditions(order=70)
def verified(asked: Asked) -> Iterator[Condition]:
    yield Condition(
        _("Our team has verified that you speak for the authority"),
        asked.city.verified_at is not None,
        reverse("desk_verification"),
        roles=MANAGE_ADDRESS.in_team,
    )


@conditions(order=80)
def in_service(asked: Asked) -> Iterator[Condition]:
    yield Condition(
        _("The platform is in service"),
        asked.city.state in _MAY_OPEN,
        detail=_("It is read-only, suspended or closed. Write to us to put it back in service."),
    )
