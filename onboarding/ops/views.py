"""Operators follow the runs, start the failed ones again, give others up."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import signed_in_user
from onboarding import selectors
from onboarding.enums import RunState
from onboarding.models import ProvisioningRun
from onboarding.services import runs as services


def runs(request: HttpRequest) -> HttpResponse:
    """Every run, fifty a page, by state, found by name, address, code or who asked."""
    state = request.GET.get("etat", "")
    state = state if state in RunState.values else ""
    search = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    page = Paginator(selectors.runs(state=state, search=search), 50).get_page(request.GET.get("page", 1))
    counts = selectors.runs_by_state()
    context = {
        "page": page,
        "rows": [
            {"run": run, "steps": selectors.steps_of(run), "seconds": selectors.seconds_of(run)}
            for run in page.object_list
        ],
        "states": [{"code": each.value, "label": each.label, "count": counts.get(each, 0)} for each in RunState],
        "total": sum(counts.values()),
        "state": state,
        "search": search,
    }
    return render(request, "onboarding/ops/runs.html", context)


@require_POST
def retry(request: HttpRequest, key: UUID) -> HttpResponse:
    run = get_object_or_404(ProvisioningRun, pk=key)
    try:
        services.retry(run=run, operator=signed_in_user(request), at=timezone.now())
        messages.success(request, _("The run of %(name)s starts again from its step.") % {"name": run.authority_name})
    except services.RunRefusal as refusal:
        messages.error(request, str(refusal.message))
    return _back(request)


@require_POST
def cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    run = get_object_or_404(ProvisioningRun, pk=key)
    try:
        services.cancel(run=run, operator=signed_in_user(request), at=timezone.now())
        messages.success(
            request, _("The run of %(name)s is cancelled: what it has made goes.") % {"name": run.authority_name}
        )
    except services.RunRefusal as refusal:
        messages.error(request, str(refusal.message))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """Redirect to the list with its filters."""
    address = request.POST.get("next", "")
    runs_page = reverse("ops_runs")
    if address.startswith(runs_page) and url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return HttpResponseRedirect(address)
    return redirect("ops_runs")
