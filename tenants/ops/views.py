"""The operators' fleet."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import operator_required, signed_in_user
from tenants import selectors
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tenants.ops.forms import FleetForm
from tenants.verification import requests


@operator_required
def fleet(request: HttpRequest) -> HttpResponse:
    """Every city, fifty a page, found by name, address or code, by state, or by what it needs."""
    filters = FleetForm(request.GET).filters()
    context = {
        "page": Paginator(selectors.fleet(**filters), 50).get_page(request.GET.get("page", 1)),
        "states": LifecycleState.choices,
        "waiting": requests.waiting().count(),
        **filters,
    }
    return render(request, "tenants/ops/fleet.html", context)


@require_POST
@operator_required
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    municipality = get_object_or_404(Municipality, pk=pk)
    requests.accept(municipality=municipality, operator=signed_in_user(request), at=timezone.now())
    messages.success(request, _("%(name)s is verified: it may open.") % {"name": municipality.name})
    return redirect("ops_city", pk) if "city" in request.POST else redirect("ops_fleet")


@operator_required
def components(request: HttpRequest) -> HttpResponse:
    """Every component with its states: their documentation and their visual test."""
    return render(request, "common/ops/components.html")
