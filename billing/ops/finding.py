"""One field for all that an operator may have before them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.ops.forms import cents_of
from billing.selectors.finding import MOST, find


@require_safe
def found(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("q", "")
    context = {"typed": typed, "found": find(typed, cents=cents_of(typed)), "most": MOST}
    return render(request, "billing/ops/found.html", context)
