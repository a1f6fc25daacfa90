"""Operators follow the runs and start the failed ones again."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import operator_required, signed_in_user
from onboarding import selectors
from onboarding.models import ProvisioningRun
from onboarding.services import runs as services


@operator_required
def runs(request: HttpRequest) -> HttpResponse:
    page = Paginator(selectors.runs(), 50).get_page(request.GET.get("page", 1))
    rows = [
        {
            "run": run,
            "steps": selectors.steps_of(run),
            "seconds": sum(record.seconds for record in run.steps.all()),
        }
        for run in page
    ]
    return render(request, "onboarding/ops/runs.html", {"page": page, "rows": rows})


@require_POST
@operator_required
def retry(request: HttpRequest, key: UUID) -> HttpResponse:
    services.retry(run=get_object_or_404(ProvisioningRun, pk=key), operator=signed_in_user(request), at=timezone.now())
    messages.success(request, _("The run starts again from its step."))
    return redirect("ops_runs")
