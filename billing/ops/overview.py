"""*Facturation*: what came in by month, and what waits for an operator."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.enums import HELD_UP
from billing.ops.forms import FlowForm, TogetherForm
from billing.ops.year import FIRST_YEAR
from billing.selectors import overview
from billing.services.interest import paid_late
from billing.services.last_days import ending
from billing.services.pack import lacking

SHOWN = 100


@require_safe
def billing(request: HttpRequest) -> HttpResponse:
    return billing_page(request)


def billing_page(request: HttpRequest, *, status: int = 200, **refused: Any) -> HttpResponse:
    """`refused`: together or flow, forms that are not right yet."""
    today = timezone.localdate()
    lists: dict[str, QuerySet[Any]] = {
        "trials": overview.trials_ending(on=today),
        "quotes": overview.quotes_waiting(),
        "cards": overview.cards_to_pay(),
        "held_back": overview.held_back(),
        "to_deposit": overview.to_deposit(),
        "differences": overview.differences(),
        "overdue": overview.overdue(on=today),
        "not_yet_due": overview.not_yet_due(on=today),
        "objections": overview.objections(),
        "money_lying": overview.money_lying(),
        "ending": ending(on=today),
        "paid_late": paid_late().select_related("account__municipality"),
    }
    context = {
        "months": overview.revenue(on=today),
        "today": today,
        "together": refused.get("together") or TogetherForm(initial={"seen_on": today}),
        "flows": _flows(refused.get("flow"), today),
        "held_up": HELD_UP,
        "papers_lack": lacking(),
        "years": range(today.year, FIRST_YEAR - 1, -1),
        **{name: found[:SHOWN] for name, found in lists.items()},
    }
    return render(request, "billing/ops/billing.html", context, status=status)


def _flows(refused: FlowForm | None, today: date) -> list[dict[str, Any]]:
    """What Chorus Pro has said nothing of, by flow, with the form that says it of all at once."""
    typed = refused["flow"].value() if refused else None
    return [
        {
            "flow": flow,
            "form": refused
            if refused and typed == flow.number
            else FlowForm(initial={"flow": flow.number, "seen_on": today}, number=number),
        }
        for number, flow in enumerate(overview.at_chorus(on=today, most=SHOWN))
    ]


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    page = Paginator(overview.accounts(), 50).get_page(request.GET.get("page", 1))
    return render(request, "billing/ops/accounts.html", {"page": page})
