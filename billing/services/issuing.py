"""An invoice or a credit note becomes the files that leave, or is held back.

Stripe gives the number, for ever: what is held back keeps it, and leaves once what was wrong is mended.
"""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from billing.documents.checks import compare
from billing.documents.problems import Problem
from billing.documents.validation import NotChecked
from billing.enums import DifferenceCode, InvoiceKind, InvoiceState
from billing.models import Account, Difference, Invoice
from billing.seller import missing
from billing.services.balances import recount
from billing.services.bank import bank_of
from billing.services.mailing import mail_document
from billing.services.papers import demands, document_of, totals_of_row
from billing.services.years import year_of
from common.outbox import outbox_task

logger = logging.getLogger(__name__)
# A night's worth at most; what is left waits for the next round.
AT_A_TIME = 200
# Of an invoice whose subscription at Stripe is none of ours.
NOT_ORDERED = "NOT_ORDERED"


@outbox_task
def issue_invoice(*, invoice_id: int, **kwargs: Any) -> None:
    issue(invoice_id=invoice_id, at=timezone.now())


def issue(*, invoice_id: int, at: datetime) -> Invoice:
    """Make and keep the files of what has its number and no files yet, and mail it; or say why it is held back.

    Done again, it does nothing twice: the files, the state and the mails that are to be sent stand in one transaction.
    A killed one has done nothing. Raises CallFailed where Stripe does not say where to pay to: to be tried again.
    """
    with schema_context("public"), transaction.atomic():
        # The account first, like all who write about it.
        Account.objects.select_for_update(of=("self",), no_key=True).get(invoices=invoice_id)
        invoice = Invoice.objects.select_related("account__municipality", "subscription__quote", "corrects").get(
            pk=invoice_id
        )
        if not invoice.number or invoice.facturx:
            return invoice
        # The series' own day, in Paris for all cities: numbers follow one another in time.
        invoice.issued_on = invoice.issued_on or timezone.localdate(at)
        _take_number(invoice)
        problems = _make(invoice)
        if problems:
            _hold_back(invoice, problems)
        else:
            _let_leave(invoice, at=at)
    return invoice


def issue_what_waits(*, at: datetime) -> int:
    """Try again what was held back, or whose task was given up; how many have left."""
    with schema_context("public"):
        waiting = Invoice.objects.filter(number__isnull=False, facturx=None).order_by("pk").values_list("pk", flat=True)
        left = 0
        for pk in list(waiting[:AT_A_TIME]):
            try:
                left += issue(invoice_id=pk, at=at).facturx is not None
            except Exception:
                logger.exception("invoice %s is left for the next time", pk)
    return left


def _take_number(invoice: Invoice) -> None:
    """The engagement number of its year as it is known by now: it may have come since, or been corrected."""
    year = year_of(invoice.subscription, invoice.period_begins_on)
    if invoice.kind == InvoiceKind.INVOICE and year and year.engagement_number:
        invoice.engagement_number = year.engagement_number


def _make(invoice: Invoice) -> list[Problem]:
    """Puts the files on the row, unless something is wrong."""
    from billing.documents.issuing import make  # weighs 40 MB, for those alone who issue

    if unknown := _not_ordered(invoice):
        return [unknown]
    if names := missing():
        return [Problem("SELLER", _("Who sells is not set: %(names)s.") % {"names": ", ".join(names)})]
    document = document_of(invoice, bank=bank_of(invoice.account))
    if problems := compare(document.totals, totals_of_row(invoice, paid=document.paid)):
        return problems
    try:
        made = make(document, demands=demands(invoice.account))
    except NotChecked:
        return [Problem("NOT_CHECKED", _("It could not be checked: the validator is absent or has failed."))]
    invoice.facturx, invoice.plain = made.facturx or None, made.plain or None
    return list(made.problems)


def _not_ordered(invoice: Invoice) -> Problem | None:
    """Nobody has ordered it: it leaves only once an operator has said what its subscription is (reconciliation)."""
    said = next((each["words"] for each in invoice.problems if each["code"] == NOT_ORDERED), "")
    explained = Difference.objects.filter(
        code=DifferenceCode.SUBSCRIPTION_UNKNOWN, account=invoice.account_id, explained_at__isnull=False
    )
    if not said or any(each in said for each in explained.values_list("object_id", flat=True)):
        return None
    number = said.split()[-1]
    sentence = _("It is of a subscription at Stripe that nobody has ordered: %(number)s")
    return Problem(NOT_ORDERED, sentence % {"number": number})


def _hold_back(invoice: Invoice, problems: list[Problem]) -> None:
    """Operators are told once of the same problems."""
    told = [{"code": each.code, "words": each.sentence} for each in problems]
    is_news = invoice.problems != told
    invoice.state, invoice.problems = InvoiceState.BLOCKED, told
    invoice.save(update_fields=["state", "problems", "issued_on", "engagement_number"])
    if is_news:
        record("invoice_held_back", actor=None, subject=invoice, problems=sorted({each.code for each in problems}))
        send_mail_later(
            template="billing/email/invoice_held_back",
            to=settings.SERVICE_EMAIL,
            context={"invoice": invoice, "problems": [each.sentence for each in problems]},
        )


def _let_leave(invoice: Invoice, *, at: datetime) -> None:
    invoice.state, invoice.problems = InvoiceState.ISSUED, []
    invoice.save(update_fields=["state", "problems", "issued_on", "engagement_number", "facturx", "plain"])
    recount(invoice)  # it may be paid already, by card or by credit
    record("invoice_issued", actor=None, subject=invoice, number=invoice.number)
    mail_document(invoice)
