"""Money that is not where it should be: on an account for no invoice, on the wrong one, or to be sent back."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.abilities import OPERATE
from accounts.kept import SensitiveAction
from accounts.permissions import role_required, signed_in_user
from billing.enums import InvoiceKind, InvoiceState
from billing.models import Account, InterestRate, Payment
from billing.ops.acting import acted
from billing.ops.forms import MoveForm, PaymentForm, RateForm, RefundForm, SentBackForm
from billing.services import interest, money_back, payments, refunds
from billing.services.balances import on_account
from common.refusals import Refusal


@require_safe
def money(request: HttpRequest, pk: int) -> HttpResponse:
    """By its city."""
    return _page(request, _account(pk))


@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """A payment whose invoice nobody knows yet."""
    found, form = _account(pk), PaymentForm(request.POST)
    return _done(
        request,
        found,
        form,
        "payment",
        lambda: payments.enter_payment(
            account=found,
            invoice=None,
            cents=form.cleaned_data["amount"],
            received_on=form.cleaned_data["received_on"],
            reference=form.cleaned_data["reference"],
            operator=signed_in_user(request),
            at=timezone.now(),
            **form.looked,
        ),
        _("The payment is entered."),
    )


@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What was sent back from the bank, and lay on the account."""
    found, form = _account(pk), SentBackForm(request.POST)
    return _done(
        request,
        found,
        form,
        "back",
        lambda: money_back.enter_money_sent_back(
            account=found,
            cents=form.cleaned_data["amount"],
            sent_on=form.cleaned_data["sent_on"],
            reference=form.cleaned_data["reference"],
            operator=signed_in_user(request),
            at=timezone.now(),
            **form.looked,
        ),
        _("What was sent back is entered."),
    )


def _of_account(*, pk: int) -> str:
    return Account.objects.filter(municipality=pk).values_list("legal_name", flat=True).first() or ""


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Have Stripe send money back"), RefundForm, _of_account))
def refund_cash(request: HttpRequest, pk: int) -> HttpResponse:
    """What came to Stripe by transfer and has paid nothing."""
    found, form = _account(pk), RefundForm(request.POST)
    return _done(
        request,
        found,
        form,
        "cash",
        lambda: refunds.refund_cash(
            account=found, cents=form.cleaned_data["amount"], operator=signed_in_user(request), at=timezone.now()
        ),
        _("Stripe is asked to send it back."),
    )


def _of_payment(*, pk: int) -> str:
    return Account.objects.filter(payments=pk).values_list("legal_name", flat=True).first() or ""


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Have Stripe send money back"), RefundForm, _of_payment))
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """A payment that came through Stripe, or a part of it."""
    paid, form = _payment(pk), RefundForm(request.POST)
    return _done(
        request,
        paid.account,
        form,
        f"refund_{pk}",
        lambda: refunds.refund_payment(
            payment=paid, cents=form.cleaned_data["amount"], operator=signed_in_user(request), at=timezone.now()
        ),
        _("Stripe is asked to send it back."),
    )


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """To the invoice that it was meant for, or back on the account."""
    paid = _payment(pk)
    form = MoveForm(request.POST, account=paid.account)
    return _done(
        request,
        paid.account,
        form,
        f"move_{pk}",
        lambda: payments.move_payment(
            payment=paid,
            invoice=form.cleaned_data["invoice"],
            operator=signed_in_user(request),
            at=timezone.now(),
        ),
        _("The payment is moved."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """Of interest, by half-years."""
    form = RateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            interest.enter_rate(
                from_on=form.cleaned_data["from_on"],
                basis_points=form.cleaned_data["basis_points"],
                source=form.cleaned_data["source"],
                operator=signed_in_user(request),
                at=timezone.now(),
                **form.looked,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            if isinstance(refusal, interest.RateThere):
                form.ask(refusal.unless)
        else:
            messages.success(request, _("The rate is entered."))
            return redirect("ops_interest_rates")
    context = {"form": form, "rates": InterestRate.objects.all()}
    return render(request, "billing/ops/rates.html", context, status=422 if form.errors else 200)


def _done(
    request: HttpRequest, account: Account, form: forms.Form, name: str, act: Callable[[], Any], said: str
) -> HttpResponse:
    def refused(status: int) -> HttpResponse:
        return _page(request, account, status=status, **{name: form})

    return acted(request, form, act, said=said, back=("ops_money", account.municipality_id), refused=refused)


def _page(request: HttpRequest, account: Account, *, status: int = 200, **refused: Any) -> HttpResponse:
    today = account.municipality.day_of(timezone.now())
    paid = account.payments.select_related("invoice").defer("invoice__facturx", "invoice__plain")
    rows = list(paid.order_by("-received_on", "-pk"))
    left: Counter[str] = Counter()
    for each in rows:
        left[each.stripe_intent] += each.cents
    lying = on_account(account)
    movable = payments.changeable(rows)
    may_be_paid = account.invoices.filter(kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED).exists()
    context = {
        "municipality": account.municipality,
        "lying": lying,
        "cash": account.cash_cents,
        "rows": [
            _row(
                each,
                account,
                left[each.stripe_intent],
                refused,
                # From the account it goes to an invoice, where one is to be paid.
                may_move=each.pk in movable and (each.invoice_id is not None or may_be_paid),
            )
            for each in rows
        ],
        "forms": {
            "payment": refused.get("payment") or PaymentForm(initial={"received_on": today}),
            "back": refused.get("back") or (SentBackForm(initial={"sent_on": today}) if lying > 0 else None),
            "cash": refused.get("cash") or (RefundForm(prefix_id="cash") if account.cash_cents > 0 else None),
        },
    }
    return render(request, "billing/ops/money.html", context, status=status)


def _row(paid: Payment, account: Account, left: int, refused: dict[str, Any], *, may_move: bool) -> dict[str, Any]:
    """A payment with what may be done about it. `left`: of what its intent has brought, what was not sent back."""
    move = refund = None
    if paid.cents > 0 and may_move:
        move = MoveForm(account=account, payment=paid)
    if paid.cents > 0 and paid.stripe_intent and left > 0:
        refund = RefundForm(prefix_id=f"refund_{paid.pk}")
    return {
        "paid": paid,
        "move": refused.get(f"move_{paid.pk}") or move,
        "refund": refused.get(f"refund_{paid.pk}") or refund,
    }


def _account(pk: int) -> Account:
    return get_object_or_404(Account.objects.select_related("municipality"), municipality=pk)


def _payment(pk: int) -> Payment:
    return get_object_or_404(Payment.objects.select_related("account__municipality"), pk=pk)
