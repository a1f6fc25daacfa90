"""Operators decide who speaks for an authority: what is known, the oldest request first, and one press."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.permissions import operator_required, signed_in_user
from common.text import WordsField
from onboarding import selectors
from tenants.models import VerificationRequest
from tenants.verification import requests as services


class AcceptForm(forms.Form):
    source = WordsField(
        label=gettext_lazy("Where it is written that this mail domain is theirs"),
        help_text=gettext_lazy(
            "For example the address of their page on service-public.fr. The domain is then known: the next "
            "request of this authority from it is accepted by itself."
        ),
        required=False,
        most=services.SOURCE_MOST,
    )


class RefuseForm(forms.Form):
    reason = WordsField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The city reads it in the message that it receives, and may ask again."),
        rows=2,
        most=services.REASON_MOST,
    )


@operator_required
def verifications(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@operator_required
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _asked(pk)
    form = AcceptForm(request.POST, auto_id=f"accept{pk}_%s")
    if not form.is_valid():
        return _page(request, refused=(pk, form), status=422)
    services.accept(
        municipality=asked.municipality,
        operator=signed_in_user(request),
        source=form.cleaned_data["source"],
        at=timezone.now(),
    )
    messages.success(request, _("%(name)s is verified: it may open.") % {"name": asked.municipality.name})
    return redirect("ops_verifications")


@require_POST
@operator_required
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _asked(pk)
    form = RefuseForm(request.POST, auto_id=f"refuse{pk}_%s")
    if not form.is_valid():
        return _page(request, refused=(pk, form), status=422)
    services.refuse(
        municipality=asked.municipality,
        operator=signed_in_user(request),
        reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )
    messages.success(request, _("%(name)s has been told that it is not verified.") % {"name": asked.municipality.name})
    return redirect("ops_verifications")


def _asked(pk: int) -> VerificationRequest:
    return get_object_or_404(VerificationRequest.objects.select_related("municipality"), pk=pk)


def _page(request: HttpRequest, refused: tuple[int, forms.Form] | None = None, status: int = 200) -> HttpResponse:
    """With a refused form, its request alone: nothing stands between what was typed and what is to be mended."""
    found = services.waiting()
    if refused:
        found = found.filter(pk=refused[0])
    page = Paginator(found, 25).get_page(request.GET.get("page", 1))
    rows = []
    for known in selectors.known_of(list(page)):
        pk = known.request.pk
        accepting: forms.Form = AcceptForm(auto_id=f"accept{pk}_%s")
        refusing: forms.Form = RefuseForm(auto_id=f"refuse{pk}_%s")
        if refused and isinstance(refused[1], AcceptForm):
            accepting = refused[1]
        elif refused:
            refusing = refused[1]
        rows.append({"known": known, "accepting": accepting, "refusing": refusing})
    return render(request, "onboarding/ops/verifications.html", {"page": page, "rows": rows}, status=status)
