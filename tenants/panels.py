"""What pages of a city say of its state and trial (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.abilities import may
from common.allowances import mails, storage
from common.panels import panel
from tenants import spares
from tenants.abilities import MANAGE_ADDRESS
from tenants.enums import LifecycleState
from tenants.models import Municipality


@panel("city.notice", "tenants/city/_state_notice.html", order=10)
def state(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """To readers."""
    city = _city(request)
    return {} if city and not city.takes_writing else None


@panel("desk.notice", "tenants/backoffice/_state_notice.html", order=10)
def state_for_team(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """What to do: where it only reads, administrators find it under *Abonnement*."""
    city = _city(request)
    if city is None or city.takes_writing:
        return None
    subscribes = city.state == LifecycleState.READ_ONLY and may(request.user, MANAGE_ADDRESS)
    return {"subscribes": subscribes}


@panel("desk.notice", "tenants/backoffice/_allowances.html", order=30, queries=1)
def allowances(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the city has nearly used up, or has."""
    sent, stored = mails(at=timezone.now()), storage()
    if not (sent.is_told or stored.is_told):
        return None
    return {"mails": sent if sent.is_told else None, "storage": stored if stored.is_told else None}


@panel("desk.corner", "tenants/backoffice/_trial.html", order=10)
def trial(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """The day on which it ends."""
    city = _city(request)
    return {} if city and city.state == LifecycleState.TRIAL and city.trial_ends_on else None


@panel("ops.fleet", "tenants/ops/_spares.html", order=20, queries=1)
def spare_schemas(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    """How many new cities would be there at once."""
    return {"spares": spares.waiting(), "wanted": settings.SPARE_SCHEMAS}


def _city(request: HttpRequest) -> Municipality | None:
    city: Municipality | None = request.tenant  # type: ignore[attr-defined]
    return city
