"""A city that moves to another installation takes its account along: each row in one cell, its numbers as they were."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from billing.enums import DifferenceCode
from billing.models import Account, Call, Invoice, OrderedYear, Payment, PlanVersion, Quote, Subscription
from billing.selectors.differences import differences
from billing.services.calls import keep
from billing.services.series import next_number
from common.models import OutboxMessage
from tenants.cells.installation import APART, NotThisCell, note_installation
from tenants.cells.packing import Package, PackageRefused, put_down, remove, take_up
from tenants.enums import MoveStage
from tenants.models import CityMove, Domain, Installation, Municipality
from tests.billing.buying import subscribed
from tests.billing.factories import AT, a_subscription, an_account, an_invoice_row
from tests.billing.fake import FakeStripe


@pytest.fixture
def subscription(saran: Municipality) -> Subscription:
    with schema_context("public"):
        subscription = a_subscription(an_account(saran), stripe_id="sub_saran")
        invoice = an_invoice_row(subscription)
        an_invoice_row(subscription, corrects=invoice)
        Payment.objects.create(
            account=subscription.account,
            invoice=invoice,
            kind="TRANSFER",
            cents=5,
            received_on="2026-12-02",
            created_at=AT,
        )
        OrderedYear.objects.create(
            subscription=subscription, quote=subscription.quote, number=1, begins_on="2026-12-01", ends_on="2027-11-30"
        )
        keep(f"paid:{invoice.pk}", f"customer_update:quote:{subscription.quote_id}", "tax_rate:2000", at=AT)
        OutboxMessage.objects.create(
            task="billing.services.payments.tell_paid", payload={"invoice_id": invoice.pk}, due_at=AT
        )
        OutboxMessage.objects.create(
            task="common.outbox.send_event",
            payload={
                "event": "municipality_state_changed",
                "payload": {"municipality_id": saran.pk, "before": "TRIAL"},
            },
        )
        AuditEntry.objects.create(action="quote_issued", subject_type="billing.quote", subject_id=subscription.quote_id)
    return subscription


def _leave(city: Municipality) -> Package:
    """As the move takes it, in one transaction with the city's tables (tenants.cells.moving)."""
    package = take_up(Municipality.objects.get(pk=city.pk))
    CityMove.objects.create(
        schema_name=city.schema_name, stage=MoveStage.HANDED_OVER, begun_at=AT, left_numbers=package.left
    )
    remove(package)
    return Package.unpacked(package.packed())


def _nothing_is_left(city: Municipality) -> bool:
    rows = [Account.objects.filter(municipality=city), Invoice.objects.all(), Call.objects.exclude(key="tax_rate:2000")]
    return not any(found.exists() for found in [*rows, Quote.objects.all(), OutboxMessage.objects.all()])


def test_rows_leave_and_come_with_their_numbers(saran: Municipality, subscription: Subscription) -> None:
    before = list(Invoice.objects.order_by("pk").values())
    package = _leave(saran)
    assert _nothing_is_left(saran)
    assert Municipality.objects.filter(pk=saran.pk).exists()  # nobody takes its place
    assert Domain.objects.filter(tenant=saran).exists()
    put_down(package, cell=0)
    after = list(Invoice.objects.order_by("pk").values())
    assert [{**row, "facturx": None, "plain": None} for row in after] == [
        {**row, "facturx": None, "plain": None} for row in before
    ]
    assert Call.objects.filter(key=f"paid:{before[0]['id']}").exists()
    assert Invoice.objects.create(account=subscription.account, stripe_id="in_new", created_at=AT).pk > before[-1]["id"]


def test_numbers_that_others_have_there_are_given_anew_wherever_they_are_named(
    saran: Municipality, brest: Municipality, subscription: Subscription
) -> None:
    old = {model: model.objects.order_by("pk").values_list("pk", flat=True)[0] for model in (Account, Quote, Invoice)}
    package = _leave(saran)
    other = an_account(brest, pk=old[Account])  # there it was counted just as far
    theirs = a_subscription(other, pk=subscription.pk)
    quote = Quote.objects.get()
    quote.pk, quote.number = old[Quote], "D2-2026-0001"
    quote.save(force_insert=True)
    Quote.objects.filter(pk=theirs.quote_id).update(number="D2-2026-0002")
    an_invoice_row(theirs, pk=old[Invoice], number="AUTRE-1", stripe_id="in_other")
    keep(f"paid:{old[Invoice]}", at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('public.billing_invoice', 'id'), %s)", [old[Invoice]])
    put_down(package, cell=0)
    account = Account.objects.get(municipality=saran)
    assert account.pk != old[Account]
    moved = account.subscriptions.get()
    assert (moved.stripe_id, moved.quote.account) == ("sub_saran", account)
    invoice, note = account.invoices.order_by("number")
    assert (note.corrects, invoice.subscription) == (invoice, moved)
    assert invoice.payments.get().account == account
    assert OrderedYear.objects.get(subscription=moved).quote == moved.quote
    assert Call.objects.filter(key__in=[f"paid:{invoice.pk}", f"customer_update:quote:{moved.quote_id}"]).count() == 2
    payloads = list(OutboxMessage.objects.filter(payload__has_key="invoice_id").values_list("payload", flat=True))
    assert payloads == [{"invoice_id": invoice.pk}]
    assert OutboxMessage.objects.filter(payload__payload__municipality_id=saran.pk).exists()
    assert AuditEntry.objects.filter(subject_type="billing.quote", subject_id=str(moved.quote_id)).exists()
    assert Invoice.objects.get(pk=old[Invoice]).account == other


def test_a_list_of_prices_that_is_not_there_is_asked_for(saran: Municipality, subscription: Subscription) -> None:
    package = _leave(saran)
    PlanVersion.objects.update(number=900)
    with pytest.raises(PackageRefused, match="no plan version 1"), transaction.atomic():
        put_down(package, cell=0)


def test_only_a_move_deletes_what_has_a_number(saran: Municipality, subscription: Subscription) -> None:
    with pytest.raises(IntegrityError, match="keeps its number"), transaction.atomic():
        Invoice.objects.all()._raw_delete("default")
    CityMove.objects.create(schema_name=saran.schema_name, begun_at=AT, is_incoming=True, left_numbers=["3F2A-0001"])
    with pytest.raises(IntegrityError, match="keeps its number"), transaction.atomic():
        Invoice.objects.all()._raw_delete("default")


def test_of_several_cells_each_leaves_the_others_to_the_others(
    saran: Municipality, fake_stripe: FakeStripe, settings: Any
) -> None:
    subscribed(saran, fake_stripe)
    Invoice.objects.all().delete()
    Subscription.objects.update(stripe_id="")
    Account.objects.update(stripe_customer="")
    at = fake_stripe.now + timezone.timedelta(days=1)
    unknown = {DifferenceCode.SUBSCRIPTION_UNKNOWN, DifferenceCode.INVOICE_UNKNOWN}
    assert {each.code for each in differences(at=at)} & unknown
    settings.CELL = 1
    assert not {each.code for each in differences(at=at)} & unknown


def test_numbers_are_looked_at_over_all_cells(
    subscription: Subscription, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    said = StringIO()
    call_command("cell_numbers", stdout=said)
    assert "2 numbers in 1 cells" in said.getvalue()
    an_invoice_row(subscription, number="3F2A-0004", stripe_id="in_4")
    with pytest.raises(SystemExit):
        call_command("cell_numbers", stdout=said)
    assert "3F2A-0003: missing" in said.getvalue()


def test_cells_count_apart(db: None, settings: Any) -> None:
    note_installation()
    settings.CELL = 3
    with pytest.raises(NotThisCell, match="cell 0"):
        note_installation()
    Installation.objects.all().delete()
    for _unused in range(2):
        note_installation()
    entry = AuditEntry.objects.create(action="quote_issued")
    assert entry.pk == 3 * APART + 1
    assert next_number("D", AT.date()) == "D3-2026-0001"
    settings.CELL = 0
    assert next_number("D", AT.date()) == "D-2026-0001"
