"""Cancelling, by the person who confirmed, while the platform is being made or after it failed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from onboarding.models import ProvisioningRun
from onboarding.services import runs as services


@never_cache
def cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask once, then cancel the run; only in the browser that confirmed."""
    run = get_object_or_404(ProvisioningRun, pk=key)
    if f"run-{run.pk}" not in request.session:
        raise Http404
    if request.method == "POST":
        try:
            services.cancel(run=run, operator=None, at=timezone.now())
        except services.RunRefusal as refusal:
            messages.error(request, str(refusal.message))
        return redirect("signup_progress", run.pk)
    if not run.can_be_cancelled:
        return redirect("signup_progress", run.pk)
    return render(request, "onboarding/web/cancel.html", {"run": run})
