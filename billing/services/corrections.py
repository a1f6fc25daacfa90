"""An invoice that was wrong: a credit note takes it back, in whole or in part; another may take its place.

What was issued never changes. Stripe makes and numbers both; the mirror then writes their rows.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts.audit import record
from accounts.models import User
from billing.clients import invoices, records
from billing.documents.amounts import fitting_parts, parts_fit, printed, vat_of
from billing.enums import GivenBack, InvoiceKind, InvoiceState, Timing
from billing.models import Account, Call, Invoice
from billing.printed import PrintedWords
from billing.services.calls import keep, once
from billing.services.codes import checked_engagement
from billing.services.facts import Facts, write
from billing.services.making import Wanted, keep_keys, make_final
from billing.services.mirror import read_again
from billing.services.vat_of_periods import rate_on
from billing.services.years import year_of
from common.outbox import enqueue, messages_of, outbox_task
from common.refusals import Refusal

WHY = PrintedWords(minimum=5, maximum=200, one_line=True)


class NotToCredit(Refusal):
    code = "not_to_credit"
    message = gettext_lazy("Only an invoice that has left can be taken back, and not more of it than is left of it.")


class CentsDoNotFit(Refusal):
    """The VAT of each document is rounded by itself: parts of some amounts would not make up the whole."""

    code = "cents_do_not_fit"
    status = 422
    message = gettext_lazy("With this amount a cent of VAT would be left in the end. Credit all that is left.")

    def __init__(self, fitting: list[int]) -> None:
        said = gettext("With this amount a cent of VAT would be left in the end. The nearest ones: %(amounts)s.")
        super().__init__(said % {"amounts": ", ".join(printed(each) for each in fitting)} if fitting else "")


class CreditUnderWay(Refusal):
    code = "credit_under_way"
    message = gettext_lazy("A credit note of this invoice is being made: look again in a minute.")


class NothingToRefund(Refusal):
    code = "nothing_to_refund"
    message = gettext_lazy(
        "Stripe can send back only what came by card or to its account. Choose another way for what was paid."
    )


def credit(*, invoice: Invoice, net_cents: int | None, why: str, way: str, actor: User, at: datetime) -> None:
    """Have a credit note made; `net_cents` without tax, None for all that is left. `why` is printed on it.

    `way`: what becomes of what was paid already. Raises NotToCredit, CentsDoNotFit, CreditUnderWay, NothingToRefund,
    TextTooShort, TextTooLong.
    """
    why = WHY.cleaned(why)
    with transaction.atomic():
        invoice = _to_credit(invoice)
        left, vat_left = _left(invoice)
        net = left if net_cents is None else net_cents
        if not 0 < net <= left:
            raise NotToCredit
        if not parts_fit(net, invoice.vat_basis_points, net=left, vat=vat_left):
            raise CentsDoNotFit(fitting_parts(net, invoice.vat_basis_points, net=left, vat=vat_left))
        key = _ask(invoice, GivenBack(way), gross=_gross(invoice, net), at=at)
        enqueue(make_credit_note, invoice_id=invoice.pk, key=key, net_cents=net, memo=why, way=way)
        record("credit_note_asked_for", actor=actor, subject=invoice, number=invoice.number, net_cents=net)


def correct(
    *, invoice: Invoice, engagement_number: str, why: str, actor: User, at: datetime, facts: Facts | None = None
) -> None:
    """Take an invoice back, all of it, and have another one made of the same, for the account as it is now.

    `facts`: what it says of the authority from now on. What Stripe has received of it pays the new one; what operators
    have entered lies on the account, to be set to it. Raises NotToCredit, CreditUnderWay, SiretRefused, SiretOfAnother,
    ServiceCodeRefused, EngagementMissing, EngagementRefused, TextTooShort, TextTooLong.
    """
    why = WHY.cleaned(why)
    with transaction.atomic():
        invoice = _to_credit(invoice)
        if invoice.credited_cents or invoice.subscription is None:
            raise NotToCredit
        if facts and (changed := write(invoice.account, facts, at=at)):
            record("facts_changed", actor=actor, subject=invoice.account, changed=changed)
        engagement = checked_engagement(invoice.account, engagement_number)
        if year := year_of(invoice.subscription, invoice.period_begins_on):
            year.engagement_number = engagement
            year.save(update_fields=["engagement_number"])
        key = _ask(invoice, GivenBack.NEXT_INVOICE, gross=invoice.total_cents, at=at)
        rate = _rate_of(invoice)
        keep_keys(_replacing(invoice), invoice.subscription, invoice.period_begins_on, rate, at=at)
        enqueue(
            make_credit_note,
            invoice_id=invoice.pk,
            key=key,
            net_cents=invoice.net_cents,
            memo=why,
            way=GivenBack.NEXT_INVOICE,
            replaced_with=engagement,
            vat_basis_points=rate,
        )
        record("invoice_corrected", actor=actor, subject=invoice, number=invoice.number)


@outbox_task
def make_credit_note(
    *,
    invoice_id: int,
    key: str,
    net_cents: int,
    memo: str,
    way: str,
    replaced_with: str | None = None,
    vat_basis_points: int | None = None,
    **kwargs: Any,
) -> None:
    """`replaced_with`: the engagement number of the invoice that takes its place; None where none does.

    `vat_basis_points` is that one's rate; a message of the release before has none.
    """
    at = timezone.now()
    Account.objects.select_for_update(of=("self",), no_key=True).get(invoices=invoice_id)
    invoice = Invoice.objects.select_related(
        "account__municipality", "subscription__account__municipality", "subscription__quote__version"
    ).get(pk=invoice_id)
    made = once(
        key,
        lambda sent: _made(sent, invoice, net_cents, memo, GivenBack(way), metadata={"credit": key}),
        find=lambda: _first(
            each.id
            for each in invoices.credit_notes(invoice_id=invoice.stripe_id)
            if each.metadata.get("credit") == key
        ),
        at=at,
    )
    enqueue(read_again, kind="credit_note.created", object_id=made)
    if replaced_with is not None:
        # After the credit note, which may pay it.
        make_final(_replacing(invoice), _another(invoice, replaced_with, vat_basis_points), at=at)


# Parts


def _to_credit(invoice: Invoice) -> Invoice:
    """As it is now, its account locked."""
    account = Account.objects.select_for_update(of=("self",), no_key=True).get(pk=invoice.account_id)
    invoice = (
        Invoice.objects.select_related("subscription__quote__account").defer("facturx", "plain").get(pk=invoice.pk)
    )
    invoice.account = account
    if invoice.kind != InvoiceKind.INVOICE or invoice.state not in (InvoiceState.ISSUED, InvoiceState.PAID):
        raise NotToCredit
    return invoice


def _ask(invoice: Invoice, way: GivenBack, *, gross: int, at: datetime) -> str:
    """Keeps the key of the next credit note of an invoice: one at a time, until its row is there.

    One that Stripe refused until its task was given up may be asked for again.
    """
    after = gross - max(0, invoice.left_cents)
    if way == GivenBack.REFUND and after > _refundable(invoice):
        raise NothingToRefund
    key = f"credit:{invoice.pk}:{invoice.credit_notes.count()}"
    is_asked = messages_of(make_credit_note).filter(payload__key=key, due_at__isnull=False).exists()
    if is_asked or Call.objects.filter(pk=key, done_at__isnull=False).exists():
        raise CreditUnderWay
    keep(key, at=at)
    return key


def _refundable(invoice: Invoice) -> int:
    return sum(each.cents for each in invoice.payments.exclude(stripe_intent=""))


def _left(invoice: Invoice) -> tuple[int, int]:
    """What no credit note has taken back yet: without tax, and its tax."""
    notes = invoice.credit_notes.exclude(state=InvoiceState.CANCELLED)
    sums = notes.aggregate(net=Sum("net_cents"), vat=Sum("vat_cents"))
    return invoice.net_cents - (sums["net"] or 0), invoice.vat_cents - (sums["vat"] or 0)


def _gross(invoice: Invoice, net: int) -> int:
    return net + vat_of(net, invoice.vat_basis_points)


def _made(sent: str, invoice: Invoice, net: int, memo: str, way: GivenBack, *, metadata: dict[str, str]) -> str:
    """`after`, what was paid of it, may have changed since the same was sent first: `once` then looks for it."""
    found = invoices.retrieve_invoice(invoice.stripe_id)
    lines = dict(_taken_from(found.lines, net))
    # As Stripe counts: the tax of each line.
    gross = sum(_gross(invoice, amount) for amount in lines.values())
    after = max(0, gross - found.remaining)
    return invoices.create_credit_note(
        key=sent,
        invoice_id=invoice.stripe_id,
        lines=lines,
        reason="order_change",
        memo=memo,
        metadata=metadata,
        **{way.argument: after} if after else {},
    ).id


def _taken_from(lines: Iterable[records.InvoiceLine], net: int) -> Iterable[tuple[str, int]]:
    for line in lines:
        if part := min(line.amount, net):
            yield line.id, part
            net -= part


def _rate_of(invoice: Invoice) -> int:
    """What VAT was that day: the same, unless it was wrong."""
    assert invoice.subscription
    quote = invoice.subscription.quote
    day = invoice.period_ends_on if quote.timing == Timing.ARREARS else invoice.period_begins_on
    return rate_on(quote, day) if day else invoice.vat_basis_points


def _another(invoice: Invoice, engagement_number: str, rate: int | None) -> Wanted:
    assert invoice.subscription
    assert invoice.period_begins_on
    assert invoice.period_ends_on
    return Wanted(
        subscription=invoice.subscription,
        label=" ; ".join(line["label"] for line in invoice.lines),
        net_cents=invoice.net_cents,
        vat_basis_points=invoice.vat_basis_points if rate is None else rate,
        begins_on=invoice.period_begins_on,
        ends_on=invoice.period_ends_on,
        engagement_number=engagement_number,
        metadata={"replaces": str(invoice.number)},
    )


def _replacing(invoice: Invoice) -> str:
    return f"replacing:{invoice.pk}"


def _first(found: Iterable[str]) -> str:
    return next(iter(found), "")
