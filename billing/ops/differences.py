"""One difference between Stripe and our rows: what differs, the way to mend it, or why it stays."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import signed_in_user
from billing.models import Difference
from billing.ops.forms import ExplainForm
from billing.services import reconciliation
from billing.templatetags.billing import euros, rate
from common.refusals import Refusal
from common.templatetags.ui import full_day

# What selectors.differences compares, in words.
NAMES = {
    "ended": gettext_lazy("Subscription over"),
    "period_begins_on": gettext_lazy("Beginning of the period"),
    "vat": gettext_lazy("Rate of VAT"),
    "last_year": gettext_lazy("Nothing ordered after its period"),
    "number": gettext_lazy("Number"),
    "total": gettext_lazy("Total with tax"),
    "paid": gettext_lazy("Paid through Stripe"),
    "paid_elsewhere": gettext_lazy("Paid to our bank"),
    "left": gettext_lazy("Left to pay"),
    "void": gettext_lazy("Voided"),
    "credited": gettext_lazy("Credited"),
    "settled": gettext_lazy("Paid whole"),
    "refunded": gettext_lazy("Sent back by Stripe"),
    "credit": gettext_lazy("Credit for the next invoices"),
    "cash": gettext_lazy("Received, for no invoice yet"),
    "task": gettext_lazy("What was asked for, and the error"),
}
_CENTS = frozenset({"total", "left", "paid", "paid_elsewhere", "credited", "refunded", "credit", "cash"})


@require_safe
def difference(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _difference(pk), ExplainForm())


@require_POST
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    reconciliation.mend(difference=_difference(pk), operator=signed_in_user(request))
    messages.success(request, _("It is being done. The next night says what came of it."))
    return redirect("ops_difference", pk)


@require_POST
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _difference(pk), ExplainForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        words = form.cleaned_data["words"]
        reconciliation.explain(difference=found, words=words, operator=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        form.add_error("words", refusal.message)
        return _page(request, found, form, status=refusal.status)
    messages.success(request, _("It stays as it is, with your reason."))
    return redirect("ops_billing")


def _page(request: HttpRequest, found: Difference, form: ExplainForm, *, status: int = 200) -> HttpResponse:
    facts = [(NAMES.get(name, name), *(_said(name, side) for side in sides)) for name, sides in found.facts.items()]
    context = {
        "difference": found,
        "way": reconciliation.way_of(found),
        "label": reconciliation.label_of(found),
        "facts": facts,
        "form": form,
    }
    return render(request, "billing/ops/difference.html", context, status=status)


def _said(name: str, value: Any) -> str:
    """One side of a fact, for people."""
    if value in (None, "", "None"):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in _CENTS:
        return euros(int(value))
    if name == "vat":
        return rate(int(value))
    return full_day(date.fromisoformat(value)) if name == "period_begins_on" else str(value)


def _difference(pk: int) -> Difference:
    return get_object_or_404(Difference.objects.select_related("account"), pk=pk)
