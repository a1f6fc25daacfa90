"""Invoices, receipts and what a buyer's file needs, each city its own. Nobody between us and the reader keeps them."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tenants.utils import schema_context

from accounts.permissions import role_required
from billing.abilities import SUBSCRIBE
from billing.backoffice.page import quote_of, subscription_page
from billing.downloads import given
from billing.models import Account, InterestClaim, Invoice, Payment
from billing.selectors.subscription import SHOWN, situation_of
from billing.services.accounts import account_shown
from billing.services.mailing import file_name
from billing.services.pack import NAMES, PaperNotReady, pack_of, paper_of, papers_of
from billing.services.receipts import payments_with_receipt, receipt_pdf_of
from common.requests import Request


@never_cache
@require_safe
@role_required(SUBSCRIBE)
def invoice(request: Request, pk: int) -> HttpResponse:
    """The original: a Factur-X."""
    found = _invoice(request, pk)
    return given(bytes(found.facturx or b""), file_name(found))


@never_cache
@require_safe
@role_required(SUBSCRIBE)
def plain_invoice(request: Request, pk: int) -> HttpResponse:
    """For a portal that refuses the original."""
    found = _invoice(request, pk)
    return given(bytes(found.plain or b""), file_name(found, plain=True))


@never_cache
@require_safe
@role_required(SUBSCRIBE)
def receipt(request: Request, pk: int) -> HttpResponse:
    with schema_context("public"):
        account = Account.objects.filter(municipality=request.tenant.pk).first()
        paid: Payment | None = None
        if account is not None:
            paid = payments_with_receipt(account).select_related("invoice", "account").filter(pk=pk).first()
        if paid is None:
            raise Http404
        return given(receipt_pdf_of(paid), f"recu-R-{paid.pk:06d}.pdf")


@never_cache
@require_safe
@role_required(SUBSCRIBE)
def statement(request: Request, pk: int) -> HttpResponse:
    """Of the interest that was asked for."""
    with schema_context("public"):
        theirs = InterestClaim.objects.filter(invoice__account__municipality=request.tenant.pk)
        found = theirs.filter(pk=pk, document__isnull=False).first()
    if found is None:
        raise Http404
    return given(bytes(found.document or b""), f"{found.number}.pdf")


@never_cache
@require_safe
@role_required(SUBSCRIBE)
def paper(request: Request, kind: str) -> HttpResponse:
    """The agreement on data, the security annex, the bank details: a legal service reads them before any quote."""
    account = account_shown(request.tenant)
    if kind not in papers_of(account):
        raise Http404
    today = request.tenant.day_of(timezone.now())
    try:
        return given(paper_of(account, kind, on=today), f"{NAMES[kind]}.pdf")
    except PaperNotReady as refusal:
        return subscription_page(request, **refusal.answer)


@never_cache
@require_safe
@role_required(SUBSCRIBE)
def pack(request: Request) -> HttpResponse:
    """All that the buyer's file needs, in one download."""
    now = timezone.now()
    quote = situation_of(request.tenant, at=now).quote
    if quote is None:
        raise Http404
    quote = quote_of(request.tenant, quote.number)
    try:
        content = pack_of(quote, on=request.tenant.day_of(now))
    except PaperNotReady as refusal:
        return subscription_page(request, **refusal.answer)
    return given(content, f"dossier-achat-{request.tenant.slug}.zip", "application/zip")


def _invoice(request: Request, pk: int) -> Invoice:
    with schema_context("public"):
        theirs = Invoice.objects.filter(account__municipality=request.tenant.pk, state__in=SHOWN)
        found = theirs.filter(pk=pk, facturx__isnull=False).first()
    if found is None:
        raise Http404
    return found
