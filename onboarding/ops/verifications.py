"""Operators decide on cities' verification, with the evidence beside each request."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.abilities import OPERATE
from accounts.kept import SensitiveAction
from accounts.permissions import role_required, signed_in_user
from common.text import WordsField
from onboarding import selectors
from tenants.domains.acting import named
from tenants.enums import LifecycleState
from tenants.models import Municipality, VerificationRequest
from tenants.verification import requests as services


class AcceptForm(forms.Form):
    source = WordsField(
        label=gettext_lazy("Where it is written that this mail domain is theirs"),
        help_text=gettext_lazy(
            "For example the address of their page on service-public.fr. The domain is then known: the next "
            "request of this authority from it is accepted by itself."
        ),
        required=False,
        maximum=services.SOURCE_MAX,
    )


class UnaskedForm(forms.Form):
    """Verifying where no request waits: after a call, or after a refusal."""

    reason = WordsField(
        label=gettext_lazy("How you know that they speak for it"),
        help_text=gettext_lazy("For example: called back at the switchboard of the town hall. It stays in its story."),
        rows=2,
        minimum=10,
        maximum=services.REASON_MAX,
    )


class RefuseForm(forms.Form):
    reason = WordsField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The city reads it in the message that it receives, and may ask again."),
        rows=2,
        maximum=services.REASON_MAX,
    )


def verifications(request: HttpRequest) -> HttpResponse:
    return _page(request)


@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Verify a city"), UnaskedForm, named))
def verification(request: HttpRequest, pk: int) -> HttpResponse:
    """One city, whether it waits or not; without a request, the form asks for a reason."""
    city = get_object_or_404(Municipality.objects.exclude(state=LifecycleState.DELETED), pk=pk)
    form = UnaskedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.accept(
            municipality=city, operator=signed_in_user(request), reason=form.cleaned_data["reason"], at=timezone.now()
        )
        messages.success(request, _("%(name)s is verified: it may open.") % {"name": city.name})
        return redirect("ops_city", city.pk)
    if city.verified_at:
        return redirect("ops_city", city.pk)
    [known] = selectors.known_of([services.latest_of(city) or VerificationRequest(municipality=city)])
    waits = known.request.pk is not None and known.request.decided_at is None
    context = {"city": city, "form": form, "row": _row(known), "known": known, "waits": waits}
    return render(request, "onboarding/ops/verification.html", context, status=422 if form.errors else 200)


def _whose(*, pk: int) -> str:
    asked = VerificationRequest.objects.select_related("municipality").filter(pk=pk).first()
    return asked.municipality.name if asked else ""


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Verify a city"), AcceptForm, _whose))
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    asked = _asked(pk)
    form = AcceptForm(request.POST, auto_id=f"accept{pk}_%s")
    if not form.is_valid():
        return _page(request, refused=(pk, form), status=422)
    try:
        services.accept(
            municipality=asked.municipality,
            operator=signed_in_user(request),
            source=form.cleaned_data["source"],
            at=timezone.now(),
        )
    except services.NobodyWaits as refusal:
        # A colleague said no meanwhile.
        messages.error(request, str(refusal.message))
        return redirect("ops_verification", asked.municipality_id)
    messages.success(request, _("%(name)s is verified: it may open.") % {"name": asked.municipality.name})
    return redirect("ops_verifications")


@require_POST
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
    """The list; with a refused form, its request alone, so that nothing stands between the words and their error."""
    found = services.waiting()
    if refused:
        found = found.filter(pk=refused[0])
    page = Paginator(found, 25).get_page(request.GET.get("page", 1))
    rows = []
    for known in selectors.known_of(list(page)):
        row = _row(known)
        if refused:
            row["accepting" if isinstance(refused[1], AcceptForm) else "refusing"] = refused[1]
        rows.append(row)
    return render(request, "onboarding/ops/verifications.html", {"page": page, "rows": rows}, status=status)


def _row(known: selectors.Known) -> dict[str, object]:
    """A request with its two forms, whose ids are its own."""
    pk = known.request.pk
    accepting, refusing = AcceptForm(auto_id=f"accept{pk}_%s"), RefuseForm(auto_id=f"refuse{pk}_%s")
    return {"known": known, "accepting": accepting, "refusing": refusing}
