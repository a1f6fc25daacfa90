"""One invoice, for operators: its files, its way through Chorus Pro, what was paid, and what takes it back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.abilities import OPERATE
from accounts.kept import SensitiveAction
from accounts.permissions import role_required, signed_in_user
from billing.downloads import given
from billing.enums import InvoiceKind, InvoiceState
from billing.models import InterestClaim, Invoice, Payment
from billing.ops.acting import acted
from billing.ops.forms import CorrectForm, CreditForm, InterestPaidForm, MistakeForm, PaymentForm, StepForm
from billing.services import corrections, deposits, interest, payments
from billing.services.mailing import file_name
from billing.services.years import year_of
from common.refusals import Refusal


@require_safe
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    return invoice_page(request, pk)


@never_cache
@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The Factur-X: what is deposited at Chorus Pro."""
    found = get_object_or_404(Invoice, pk=pk, facturx__isnull=False)
    return given(bytes(found.facturx or b""), file_name(found))


@never_cache
@require_safe
def plain(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Invoice, pk=pk, facturx__isnull=False)
    return given(bytes(found.plain or b""), file_name(found, plain=True))


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    found = _invoice(pk)
    form = StepForm(request.POST, steps=deposits.next_steps(found))
    return _done(
        request,
        found,
        form,
        "step",
        lambda: deposits.enter_step(
            invoice=found, operator=signed_in_user(request), at=timezone.now(), **form.cleaned_data
        ),
        _("The step is entered."),
    )


@require_POST
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _invoice(pk), PaymentForm(request.POST)
    return _done(
        request,
        found,
        form,
        "payment",
        lambda: payments.enter_payment(
            account=found.account,
            invoice=found,
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
def withdraw_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Entered by mistake. Back to its invoice; once it is gone, which was its invoice is not known any more."""
    found = Payment.objects.select_related("account", "invoice").filter(pk=pk).first()
    if found is None:
        messages.error(request, str(payments.PaymentGone.message))
        return redirect("ops_billing")
    if found.invoice is None:
        raise Http404
    try:
        payments.withdraw_payment(payment=found, operator=signed_in_user(request), at=timezone.now())
        messages.success(request, _("The payment is taken back."))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("ops_invoice", found.invoice_id)


def _number(*, pk: int) -> str:
    return Invoice.objects.filter(pk=pk).values_list("number", flat=True).first() or ""


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Credit an invoice"), CreditForm, _number))
def credit(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _invoice(pk), CreditForm(request.POST)
    return _done(
        request,
        found,
        form,
        "credit",
        lambda: corrections.credit(
            invoice=found,
            net_cents=form.cleaned_data["net"],
            way=form.cleaned_data["way"],
            why=form.cleaned_data["why"],
            actor=signed_in_user(request),
            at=timezone.now(),
        ),
        _("The credit note is being made."),
    )


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Correct an invoice"), CorrectForm, _number))
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    found = _invoice(pk)
    form = CorrectForm(request.POST, account=found.account)
    return _done(
        request,
        found,
        form,
        "correct",
        lambda: corrections.correct(
            invoice=found,
            engagement_number=form.cleaned_data["engagement_number"],
            facts=form.facts,
            why=form.cleaned_data["why"],
            actor=signed_in_user(request),
            at=timezone.now(),
        ),
        _("A credit note and another invoice are being made."),
    )


@require_POST
def ask_interest(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, interest.send_interest, _("The interest is asked for, by e-mail."))


@require_POST
def waive_interest(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, interest.waive_interest, _("The interest is not asked for."))


@require_POST
def interest_paid(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _invoice(pk), InterestPaidForm(request.POST)
    return _done(
        request,
        found,
        form,
        "interest_form",
        lambda: interest.enter_interest_paid(
            invoice=found, operator=signed_in_user(request), at=timezone.now(), **form.cleaned_data
        ),
        _("The payment of the interest is entered."),
    )


@never_cache
@require_safe
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Of interest, as it was asked for."""
    claim = get_object_or_404(InterestClaim, invoice=pk, document__isnull=False)
    return given(bytes(claim.document or b""), f"{claim.number}.pdf")


def _decided(request: HttpRequest, pk: int, decide: Callable[..., Any], said: str) -> HttpResponse:
    try:
        decide(invoice=_invoice(pk), operator=signed_in_user(request), at=timezone.now())
        messages.success(request, said)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("ops_invoice", pk)


def _done(
    request: HttpRequest, found: Invoice, form: Any, name: str, act: Callable[[], Any], said: str
) -> HttpResponse:
    def refused(status: int) -> HttpResponse:
        return _page(request, found, status=status, **{name: form})

    return acted(request, form, act, said=said, back=("ops_invoice", found.pk), refused=refused)


def invoice_page(request: HttpRequest, pk: int, *, status: int = 200, **forms: Any) -> HttpResponse:
    return _page(request, _invoice(pk), status=status, **forms)


def _page(request: HttpRequest, found: Invoice, *, status: int = 200, **forms: Any) -> HttpResponse:
    today = found.account.municipality.day_of(timezone.now())
    steps, last = deposits.next_steps(found), deposits.last_step(found)
    paid = list(found.payments.select_related("invoice").defer("invoice__facturx", "invoice__plain"))
    is_invoice = found.kind == InvoiceKind.INVOICE
    has_left = found.state in (InvoiceState.ISSUED, InvoiceState.PAID)
    context = {
        "invoice": found,
        "deposits": found.deposits.all(),
        "last_step": last,
        "mistake": MistakeForm() if last else None,
        "payments": paid,
        "changeable": payments.changeable(paid),
        "credit_notes": found.credit_notes.defer("facturx", "plain"),
        "step": StepForm(steps=steps, initial={"state": deposits.expected_step(found), "seen_on": today})
        if steps
        else None,
        "payment": PaymentForm(initial={"received_on": today}) if is_invoice and found.left_cents > 0 else None,
        "credit": CreditForm() if is_invoice and has_left else None,
        "correct": CorrectForm(account=found.account, initial={"engagement_number": _number_of_year(found)})
        if is_invoice and has_left and not found.credited_cents and found.subscription_id
        else None,
        "interest": _interest(found),
        "interest_form": InterestPaidForm(initial={"received_on": today}),
        **forms,
    }
    return render(request, "billing/ops/invoice.html", context, status=status)


def _number_of_year(found: Invoice) -> str:
    """As it is known now: the city may have corrected it since."""
    year = year_of(found.subscription, found.period_begins_on)
    return (year and year.engagement_number) or found.engagement_number


def _interest(found: Invoice) -> dict[str, Any] | None:
    """What is owed for a payment that came late, or what stands in the way of saying it; None where nothing is."""
    if hasattr(found, "claim"):
        return {"claim": found.claim}
    try:
        return {"owed": interest.interest_of(found)}
    except interest.NotPaidLate:
        return None
    except Refusal as refusal:
        return {"missing": refusal.message}


def _invoice(pk: int) -> Invoice:
    rows = Invoice.objects.select_related("account__municipality", "subscription", "corrects", "claim")
    return get_object_or_404(
        rows.defer("facturx", "plain", "corrects__facturx", "corrects__plain", "claim__document"), pk=pk
    )
