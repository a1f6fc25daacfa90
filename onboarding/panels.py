"""On operators' pages of cities: their verification, and how they were provisioned (common.panels)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from common.panels import panel, static_panel
from onboarding.models import ProvisioningRun
from tenants.verification import requests


@panel("ops.fleet", "onboarding/ops/_waiting.html", order=10, queries=1)
def waiting(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    found = requests.waiting().count()
    return {"waiting": found} if found else None


static_panel("ops.city.unverified", "onboarding/ops/_unverified.html", order=10)


@panel("ops.city.known", "onboarding/ops/_provisioned.html", order=10, queries=1)
def provisioned(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    return {"run": ProvisioningRun.objects.filter(municipality=shown["municipality"]).first()}
