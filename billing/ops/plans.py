"""The price lists, for operators: dated versions, one of which is in force. What was quoted keeps its own."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.abilities import OPERATE
from accounts.kept import SensitiveAction
from accounts.permissions import role_required, signed_in_user
from billing.models import Band, PlanVersion, VatRate
from billing.ops.acting import acted
from billing.ops.forms import VatForm, cents_of, day_field
from billing.services.agreed import MOST_CENTS
from billing.services.plans import (
    BandGiven,
    NoPrice,
    PlanChangedMeanwhile,
    publish_version,
    version_on,
    withdraw_version,
)
from billing.services.vat import enter_vat_rate, remove_vat_rate
from common.refusals import Refusal
from common.text import WordsField, in_figures
from tenants.enums import AuthorityKind

# As operators write a list: a line for each band, the last one for all beyond.
_BEYOND, _ON_QUOTATION = "au-delà", "sur devis"
_LINE = re.compile(rf"(?P<most>{_BEYOND}|[0-9\s]+?)\s*:\s*(?P<price>{_ON_QUOTATION}|[^:]+)", re.IGNORECASE)
_LARGEST = 100_000_000


class BandsField(forms.CharField):
    """« 1 000 : 390 », « au-delà : sur devis »; gives the bands of a kind."""

    def __init__(self, kind: AuthorityKind) -> None:
        self.kind = kind
        super().__init__(label=kind.label, max_length=2000, widget=forms.Textarea({"rows": 9}))

    def clean(self, value: Any) -> list[BandGiven]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        bands = [self._band(line) for line in lines]
        sizes = [band.maximum or _LARGEST for band in bands]
        if sizes != sorted(set(sizes)) or bands[-1].maximum is not None:
            raise ValidationError(_("From the smallest to “au-delà”, each once, and that one last."), code="order")
        return bands

    def _band(self, line: str) -> BandGiven:
        found = _LINE.fullmatch(line)
        most = re.sub(r"\s", "", found["most"]).lower() if found else ""
        price = found["price"].strip().lower() if found else ""
        cents = None if price == _ON_QUOTATION else _price_of(price)
        is_number = most.isascii() and most.isdigit() and 0 < int(most) < _LARGEST
        if (cents is None and price != _ON_QUOTATION) or not (is_number or most == _BEYOND):
            raise ValidationError(_("Not understood: “%(line)s”.") % {"line": line[:60]}, code="line")
        return BandGiven(self.kind, int(most) if is_number else None, cents)


def _price_of(typed: str) -> int | None:
    cents = cents_of(typed)
    return cents if cents is not None and cents <= MOST_CENTS else None


class PlanForm(forms.Form):
    from_on = day_field(gettext_lazy("In force from"))
    note = WordsField(label=gettext_lazy("Why"), help_text=gettext_lazy("For operators only."), maximum=300)

    # The last list that was read before this one was written.
    base_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        for kind in AuthorityKind:
            self.fields[kind.lower()] = BandsField(kind)

    @property
    def bands(self) -> list[BandGiven]:
        return [band for kind in AuthorityKind for band in self.cleaned_data[kind.lower()]]


def plans(request: HttpRequest) -> HttpResponse:
    return _page(request, PlanForm(initial=_present()))


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Publish prices")))
def publish(request: HttpRequest) -> HttpResponse:
    sent = request.POST.copy()
    form = PlanForm(sent)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        version = publish_version(
            from_on=form.cleaned_data["from_on"],
            bands=form.bands,
            note=form.cleaned_data["note"],
            actor=signed_in_user(request),
            at=timezone.now(),
            after=form.cleaned_data["base_version"],
        )
    except PlanChangedMeanwhile as refusal:
        sent["base_version"] = str(_last_number())
        form.add_error(None, refusal.message)
        return _page(request, form, status=refusal.status)
    except Refusal as refusal:
        form.add_error("from_on", refusal.message)
        return _page(request, form, status=refusal.status)
    messages.success(request, _("Price list %(number)s is published.") % {"number": version.number})
    return redirect("ops_plans")


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Withdraw a price list")))
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(PlanVersion, pk=pk)
    withdraw_version(version=version, actor=signed_in_user(request), at=timezone.now())
    messages.success(request, _("Price list %(number)s is withdrawn.") % {"number": version.number})
    return redirect("ops_plans")


@require_safe
def vat(request: HttpRequest) -> HttpResponse:
    """The rates of VAT, of each territory."""
    return _vat_page(request, VatForm(initial={"from_on": timezone.localdate()}))


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Enter a rate of VAT"), VatForm))
def enter_vat(request: HttpRequest) -> HttpResponse:
    form = VatForm(request.POST)
    return acted(
        request,
        form,
        lambda: enter_vat_rate(operator=signed_in_user(request), at=timezone.now(), **form.cleaned_data),
        said=_("The rate is entered."),
        back=("ops_vat",),
        refused=lambda status: _vat_page(request, form, status=status),
    )


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Take back a rate of VAT")))
def remove_vat(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        remove_vat_rate(rate=VatRate(pk=pk), operator=signed_in_user(request), at=timezone.now())
        messages.success(request, _("The rate is taken back."))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("ops_vat")


def _vat_page(request: HttpRequest, form: VatForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "rates": VatRate.objects.all(), "today": timezone.localdate()}
    return render(request, "billing/ops/vat.html", context, status=status)


def _last_number() -> int:
    return PlanVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0


def _present() -> dict[str, Any]:
    """The list in force, as one writes it: to be changed."""
    last = {"base_version": _last_number()}
    try:
        version = version_on(timezone.localdate())
    except NoPrice:
        return last
    lines: dict[str, list[str]] = {}
    for band in version.bands.all():
        lines.setdefault(band.kind.lower(), []).append(_line(band))
    return last | {kind: "\n".join(each) for kind, each in lines.items()}


def _line(band: Band) -> str:
    most = in_figures(band.maximum) if band.maximum else _BEYOND
    price = _ON_QUOTATION
    if band.yearly_cents is not None:
        euros, cents = divmod(band.yearly_cents, 100)
        price = in_figures(euros) + (f",{cents:02}" if cents else "")
    return f"{most}\u00a0: {price}"


def _page(request: HttpRequest, form: PlanForm, *, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    try:
        in_force = version_on(today)
    except NoPrice:
        in_force = None
    context = {"form": form, "versions": PlanVersion.objects.all(), "in_force": in_force, "today": today}
    return render(request, "billing/ops/plans.html", context, status=status)
