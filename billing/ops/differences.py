"""One difference between Stripe and our rows: what differs, the way to mend it, or why it stays."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import signed_in_user
from billing.models import Difference
from billing.ops.forms import ExplainForm
from billing.services import reconciliation
from common.refusals import Refusal


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
    facts = [(name, *sides) for name, sides in found.facts.items()]
    context = {"difference": found, "way": reconciliation.WAYS[found.code], "facts": facts, "form": form}
    return render(request, "billing/ops/difference.html", context, status=status)


def _difference(pk: int) -> Difference:
    return get_object_or_404(Difference.objects.select_related("account"), pk=pk)
