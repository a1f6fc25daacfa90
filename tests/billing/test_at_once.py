"""Several that work on one invoice at the same moment: in turn, each by the account first, and nobody waits for ever."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from billing.enums import DepositState, InvoiceState
from billing.models import Account, Invoice
from billing.services import corrections, deposits, issuing, mirror, payments, standing
from tenants.models import Municipality
from tests.billing.buying import deliver, operator, subscribed
from tests.billing.fake import FakeStripe
from tests.processes import eventually


def test_an_invoice_is_issued_read_again_paid_and_followed_at_once(
    real_db: str, fake_stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, arrived = threading.Event(), threading.Event()

    def made(invoice: Invoice) -> list[object]:
        """Takes its time, as a document does: by then all others are at the door."""
        held.set()
        assert arrived.wait(60)
        invoice.facturx = invoice.plain = b"%PDF-"
        return []

    monkeypatch.setattr(issuing, "_make", made)
    with schema_context("public"):
        subscribed(Municipality.objects.get(slug="saran"), fake_stripe)
        fake_stripe.later(hours=1)
        monkeypatch.setattr("billing.services.mirror_invoices.enqueue", lambda *args, **kwargs: None)
        deliver(fake_stripe)
        invoice, by = Invoice.objects.get(), operator()
    assert invoice.number
    fake_stripe.transfer(invoice.account.stripe_customer, 5_000)
    at, today = fake_stripe.now, invoice.account.municipality.day_of(fake_stripe.now)
    others: list[Callable[[], object]] = [
        lambda: mirror.read_again(kind="invoice.", object_id=invoice.stripe_id),
        lambda: mirror.read_again(kind="customer.", object_id=invoice.account.stripe_customer),
        lambda: standing.follow(invoice.account, at=at),
        lambda: deposits.enter_step(
            invoice=invoice, state=DepositState.DEPOSITED, flow="F-1", seen_on=today, operator=by, at=at
        ),
        lambda: payments.enter_payment(
            account=invoice.account, invoice=invoice, cents=7_000, received_on=today, reference="Mandat 9",
            operator=by, at=at,
        ),
        lambda: corrections.credit(
            invoice=invoice, net_cents=10_000, why="Une part en trop", way="NEXT_INVOICE", actor=by, at=at
        ),
    ]  # fmt: skip
    wrong: list[Exception] = []

    def at_once(do: Callable[[], object]) -> None:
        try:
            with schema_context("public"):
                do()
        except Exception as problem:
            wrong.append(problem)
        finally:
            connection.close()

    first = threading.Thread(target=at_once, args=[lambda: issuing.issue(invoice_id=invoice.pk, at=at)])
    first.start()
    assert held.wait(60)
    threads = [threading.Thread(target=at_once, args=[do]) for do in others]
    for thread in threads:
        thread.start()
    try:
        waiting(len(others))
    finally:
        arrived.set()
    for thread in (first, *threads):
        thread.join(60)
        assert not thread.is_alive()
    assert wrong == []
    with schema_context("public"):
        found = Invoice.objects.get(pk=invoice.pk)
        assert (found.state, found.paid_cents) == (InvoiceState.ISSUED, 12_000)
        assert found.deposits.get().flow == "F-1"
        assert Account.objects.get().cash_cents == 0


def waiting(count: int) -> None:
    """Until so many wait for a lock."""

    def are_there() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            return bool(cursor.fetchone()[0] >= count)

    assert eventually(are_there)
