"""The hosts that are kept for authorities that had them, and letting one go."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.abilities import OPERATE
from accounts.kept import SensitiveAction
from accounts.permissions import role_required, signed_in_user
from common.text import WordsField, clean_text
from tenants import reservations as services
from tenants.models import HostReservation


class ReleaseForm(forms.Form):
    reason = WordsField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Whose name it is now, and how you know."),
        rows=2,
        maximum=services.REASON_MAX,
    )


def reservations(request: HttpRequest) -> HttpResponse:
    """All of them, fifty a page, found by host, authority or code; those that were released come last."""
    return _page(request)


def _which(*, pk: int) -> str:
    return HostReservation.objects.filter(pk=pk).values_list("host", flat=True).first() or ""


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Release a reserved name"), ReleaseForm, _which))
def release(request: HttpRequest, pk: int) -> HttpResponse:
    held = get_object_or_404(HostReservation, pk=pk)
    form = ReleaseForm(request.POST, auto_id=f"release{pk}_%s")
    if not form.is_valid():
        return _page(request, refused=(pk, form), status=422)
    try:
        services.release(
            reservation=held,
            operator=signed_in_user(request),
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
        messages.success(request, _("%(host)s is free: whoever asks for it may have it.") % {"host": held.host})
    except (services.HostInUse, services.ReasonMissing) as refusal:
        messages.error(request, str(refusal.message))
    return redirect("ops_reservations")


def _page(request: HttpRequest, refused: tuple[int, ReleaseForm] | None = None, status: int = 200) -> HttpResponse:
    search = clean_text(request.GET.get("q", ""), one_line=True)[:100]
    found = services.reservations(search=search)
    if refused:
        found = found.filter(pk=refused[0])
    page = Paginator(found, 50).get_page(request.GET.get("page", 1))
    rows = [
        {
            "held": held,
            "form": refused[1] if refused else ReleaseForm(auto_id=f"release{held.pk}_%s"),
            "is_open": bool(refused),
        }
        for held in page
    ]
    context = {"page": page, "rows": rows, "search": search}
    return render(request, "tenants/ops/reservations.html", context, status=status)


urlpatterns = [
    path("noms-reserves/", reservations, name="ops_reservations"),
    path("noms-reserves/<int:pk>/liberer/", release, name="ops_release"),
]
