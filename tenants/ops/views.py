"""The operators' fleet."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common import samples
from tenants import selectors
from tenants.enums import LifecycleState
from tenants.ops.forms import FleetForm


def fleet(request: HttpRequest) -> HttpResponse:
    """Every city, fifty a page, found by name, address or code, by state, or by what it needs."""
    filters = FleetForm(request.GET).filters()
    context = {
        "page": Paginator(selectors.fleet(**filters), 50).get_page(request.GET.get("page", 1)),
        "states": LifecycleState.choices,
        **filters,
    }
    return render(request, "tenants/ops/fleet.html", context)


def components(request: HttpRequest) -> HttpResponse:
    """Every component with its states: their documentation and their visual test."""
    return render(request, "common/ops/components.html", {"sections": samples.sections})
