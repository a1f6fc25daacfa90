"""An invoice leaves once, as a Factur-X that was checked; what is wrong is held back, with its number."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from billing.checks import seller_is_known
from billing.clients.errors import CallFailed
from billing.documents import issuing as documents
from billing.documents import validation
from billing.documents.data import BankAccount
from billing.documents.facturx import xml_of
from billing.enums import InvoiceKind, InvoiceState, PaymentKind, Territory
from billing.models import Invoice, Payment
from billing.services.bank import bank_of
from billing.services.issuing import issue, issue_what_waits
from billing.services.receipts import payments_with_receipt, receipt_of, receipt_pdf_of
from common import outbox
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.billing.factories import AT, a_subscription, an_account, an_invoice_row
from tests.billing.fake import FakeStripe, customer
from tests.billing.test_documents_files import words


@pytest.fixture
def public(saran: Municipality) -> Iterator[Municipality]:
    with schema_context("public"):
        OutboxMessage.objects.all().delete()
        yield saran


@pytest.fixture
def subscription(public: Municipality) -> Any:
    return a_subscription(an_account(public))


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is about other things: the validator takes 3 s to start."""
    monkeypatch.setattr(documents, "rule_problems", lambda xml: [])


def run_the_outbox() -> None:
    for pk in list(OutboxMessage.objects.values_list("pk", flat=True)):
        assert outbox.run_message(str(pk), at=AT)


def codes(invoice: Invoice) -> set[str]:
    return {each["code"] for each in invoice.problems}


def test_an_invoice_with_its_number_becomes_a_checked_factur_x(subscription: Any) -> None:
    invoice = issue(invoice_id=an_invoice_row(subscription).pk, at=AT)
    assert (invoice.state, invoice.problems) == (InvoiceState.ISSUED, [])
    invoice.refresh_from_db()
    assert documents.check(bytes(invoice.facturx)) == []
    xml = xml_of(bytes(invoice.facturx))
    for said in (b">3F2A-0001<", b">4080.00<", b">680.00<", b">21450302100013<", b">2026-BC-001873<", b">FINANCES<"):
        assert said in xml
    shown = words(bytes(invoice.plain))
    assert "Facture 3F2A-0001" in shown
    assert "3 400,00 €" in shown
    assert "4 080,00 €" in shown
    assert "D-2026-0001" in shown
    # The term begins with Chorus Pro: nobody can say a day yet (test_documents_files).
    assert "30 jours de sa mise à disposition sur Chorus Pro" in shown
    assert b"DueDateDateTime" not in xml
    assert xml_of(bytes(invoice.plain)) is None
    assert AuditEntry.objects.get(action="invoice_issued").details == {"number": "3F2A-0001"}


def test_it_leaves_once_and_is_mailed_with_the_file_to_those_who_get_invoices(
    subscription: Any, unchecked: None
) -> None:
    account = subscription.account
    account.contacts.create(email="maire@saran.example", gets_invoices=False)
    row = an_invoice_row(subscription)
    for _again in range(2):
        issue(invoice_id=row.pk, at=AT)
    run_the_outbox()
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["compta@saran.example"], "Facture 3F2A-0001")
    assert "4\u202f080,00\u00a0€" in sent.body
    assert f"{account.municipality.url}gestion/abonnement/" in sent.body
    [(name, content, kind)] = sent.attachments
    row.refresh_from_db()
    assert (name, content, kind) == ("3F2A-0001.pdf", bytes(row.facturx), "application/pdf")
    assert AuditEntry.objects.filter(action="invoice_issued").count() == 1


def test_nobody_is_written_to_for_an_authority_that_nobody_has_verified(subscription: Any, unchecked: None) -> None:
    Municipality.objects.filter(pk=subscription.account.municipality_id).update(verified_at=None)
    assert issue(invoice_id=an_invoice_row(subscription).pk, at=AT).state == InvoiceState.ISSUED
    assert not OutboxMessage.objects.exists()


def test_a_kill_before_the_end_has_done_nothing(
    subscription: Any, unchecked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = an_invoice_row(subscription)

    def killed(*args: Any, **kwargs: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as here, pytest.raises(SystemExit):
        here.setattr("billing.services.issuing.mail_document", killed)
        issue(invoice_id=row.pk, at=AT)
    row.refresh_from_db()
    assert (row.state, row.facturx) == (InvoiceState.DRAFT, None)
    assert issue(invoice_id=row.pk, at=AT).state == InvoiceState.ISSUED


def test_without_a_number_nothing_is_issued(subscription: Any) -> None:
    row = issue(invoice_id=an_invoice_row(subscription, number=None).pk, at=AT)
    assert (row.state, row.facturx) == (InvoiceState.DRAFT, None)


def test_an_invoice_paid_by_card_says_that_it_is_paid(subscription: Any) -> None:
    row = an_invoice_row(subscription, paid_cents=408_000, paid_on=AT.date())
    row.payments.create(account=row.account, kind=PaymentKind.CARD, cents=408_000, received_on=AT.date(), created_at=AT)
    invoice = issue(invoice_id=row.pk, at=AT)
    assert (invoice.state, invoice.problems) == (InvoiceState.PAID, [])
    shown = words(bytes(invoice.plain))
    assert "déjà payée par carte bancaire" in shown
    assert "IBAN" not in shown
    assert b"<ram:TypeCode>48</ram:TypeCode>" in (xml_of(bytes(invoice.facturx)) or b"")


def test_a_credit_note_names_the_invoice_that_it_corrects(subscription: Any) -> None:
    source = issue(invoice_id=an_invoice_row(subscription).pk, at=AT)
    row = an_invoice_row(
        subscription, kind=InvoiceKind.CREDIT_NOTE, corrects=source, number="3F2A-0001-CN-01", stripe_id="cn_1"
    )
    note = issue(invoice_id=row.pk, at=AT)
    assert (note.state, note.problems) == (InvoiceState.ISSUED, [])
    shown = words(bytes(note.plain))
    assert "Avoir 3F2A-0001-CN-01" in shown
    assert "3F2A-0001 du 1er décembre 2026" in shown
    assert "IBAN" not in shown
    assert b"PayeePartyCreditorFinancialAccount" not in (xml_of(bytes(note.facturx)) or b"")


@pytest.mark.parametrize(
    ("territory", "rate", "said"),
    [
        (Territory.ANTILLES_REUNION, 850, "8,5 %"),
        (Territory.GUYANE_MAYOTTE, 0, "article 294"),
        (Territory.ELSEWHERE, 0, "article 259-1"),
    ],
)
def test_overseas_the_rate_is_theirs_or_the_invoice_says_why_there_is_none(
    public: Municipality, territory: str, rate: int, said: str
) -> None:
    """The SIRET is kept too: Martinique is in France for an invoice."""
    subscription = a_subscription(an_account(public), territory=territory, vat_basis_points=rate)
    vat = 340_000 * rate // 10_000
    row = an_invoice_row(subscription, vat_basis_points=rate, vat_cents=vat, total_cents=340_000 + vat)
    invoice = issue(invoice_id=row.pk, at=AT)
    assert invoice.problems == []
    assert said in words(bytes(invoice.plain))
    assert b">21450302100013<" in (xml_of(bytes(invoice.facturx)) or b"")


def test_it_is_paid_to_the_iban_that_stripe_keeps_for_this_authority_asked_for_once(
    public: Municipality, fake_stripe: FakeStripe, unchecked: None, settings: Any
) -> None:
    account = an_account(public, iban="", bic="", stripe_customer=customer().id)
    row = an_invoice_row(a_subscription(account))
    shown = words(bytes(issue(invoice_id=row.pk, at=AT).plain))
    account.refresh_from_db()
    iban = " ".join(account.iban[start : start + 4] for start in range(0, len(account.iban), 4))
    assert iban in shown
    assert f"Titulaire du compte {account.bank_holder}" in shown
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    assert bank_of(account) == BankAccount(account.iban, account.bic, account.bank_holder)
    settings.SELLER = {**settings.SELLER, "IBAN": "FR7630006000011234567890189"}
    assert bank_of(account) == BankAccount("FR7630006000011234567890189", "")


def test_while_stripe_does_not_say_where_to_pay_it_is_tried_again(
    public: Municipality, fake_stripe: FakeStripe
) -> None:
    row = an_invoice_row(a_subscription(an_account(public, iban="", stripe_customer=customer().id)))
    fake_stripe.fails("500")
    with pytest.raises(CallFailed):
        issue(invoice_id=row.pk, at=AT)
    row.refresh_from_db()
    assert row.state == InvoiceState.DRAFT


def test_a_deployment_is_told_who_sells_and_what_is_wrong_with_it(settings: Any) -> None:
    assert seller_is_known(None) == []
    settings.SELLER = {**settings.SELLER, "VAT_NUMBER": "FR00732829320", "TOWN": ""}
    assert {each.id for each in seller_is_known(None)} == {"billing.E001", "billing.E002"}
    settings.STRIPE_SECRET_KEY = ""
    assert [each.id for each in seller_is_known(None)] == ["billing.E002"]


def _without_a_street(row: Invoice, settings: Any) -> None:
    row.account.address = ""
    row.account.save()


def _siren_of_one_digit(row: Invoice, settings: Any) -> None:
    row.account.siren = "1"
    row.account.save()


def _engagement_asked_for(row: Invoice, settings: Any) -> None:
    row.account.needs_engagement = True
    row.account.save()
    Invoice.objects.filter(pk=row.pk).update(engagement_number="")


def _sign_in_service_code(row: Invoice, settings: Any) -> None:
    row.account.service_code = "FINANCES#1"
    row.account.save()


def _a_cent_too_many(row: Invoice, settings: Any) -> None:
    Invoice.objects.filter(pk=row.pk).update(vat_cents=68_001, total_cents=408_001)


def _no_account_to_pay_to(row: Invoice, settings: Any) -> None:
    row.account.iban = row.account.stripe_customer = ""
    row.account.save()


def _wrong_iban(row: Invoice, settings: Any) -> None:
    settings.SELLER = {**settings.SELLER, "IBAN": "FR7630006000011234567890188"}


def _credit_of_nothing(row: Invoice, settings: Any) -> None:
    Invoice.objects.filter(pk=row.pk).update(kind=InvoiceKind.CREDIT_NOTE)


def _nobody_sells(row: Invoice, settings: Any) -> None:
    settings.SELLER = {**settings.SELLER, "SIRET": ""}


def _no_tax_where_there_is_one(row: Invoice, settings: Any) -> None:
    Invoice.objects.filter(pk=row.pk).update(vat_basis_points=0, vat_cents=0, total_cents=340_000)


def _no_lines(row: Invoice, settings: Any) -> None:
    Invoice.objects.filter(pk=row.pk).update(lines=[], net_cents=0, vat_cents=0, total_cents=0)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_without_a_street, "ADDRESS"),
        (_siren_of_one_digit, "SIREN"),
        (_engagement_asked_for, "ENGAGEMENT_MISSING"),
        (_sign_in_service_code, "SERVICE_CODE_SIGNS"),
        (_a_cent_too_many, "TOTALS"),
        (_no_account_to_pay_to, "MEANS"),
        (_wrong_iban, "IBAN"),
        (_credit_of_nothing, "SOURCE"),
        (_nobody_sells, "SELLER"),
        (_no_tax_where_there_is_one, "EXEMPTION"),
        (_no_lines, "TOTALS"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_what_is_wrong_is_held_back_with_its_number_and_an_operator_is_told_once(
    subscription: Any, settings: Any, spoil: Callable[[Invoice, Any], None], code: str
) -> None:
    row = an_invoice_row(subscription)
    spoil(row, settings)
    for _again in range(2):
        invoice = issue(invoice_id=row.pk, at=AT)
    assert (invoice.state, invoice.number, invoice.facturx) == (InvoiceState.BLOCKED, "3F2A-0001", None)
    assert code in codes(invoice)
    [told] = [each.payload for each in OutboxMessage.objects.all()]
    assert told["to"] == settings.SERVICE_EMAIL
    assert "3F2A-0001" in told["subject"]
    assert invoice.problems[0]["words"] in told["body"]
    assert AuditEntry.objects.filter(action="invoice_held_back").count() == 1


def _absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    away = validation.Validation(program=tmp_path / "absent.py", patience=5)
    monkeypatch.setattr(documents, "rule_problems", away.problems)


def _crashing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "crash.py").write_text("import os; os._exit(3)")
    monkeypatch.setattr(
        documents, "rule_problems", validation.Validation(program=tmp_path / "crash.py", patience=5).problems
    )


@pytest.mark.parametrize("broken", [_absent, _crashing], ids=["absent", "crashing"])
def test_a_checker_that_is_absent_or_crashes_holds_it_back_and_it_leaves_once_that_is_mended(
    subscription: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    broken: Callable[[pytest.MonkeyPatch, Path], None],
) -> None:
    row = an_invoice_row(subscription)
    with monkeypatch.context() as here:
        broken(here, tmp_path)
        assert codes(issue(invoice_id=row.pk, at=AT)) == {"NOT_CHECKED"}
    monkeypatch.setattr(documents, "rule_problems", lambda xml: [])
    assert issue_what_waits(at=AT) == 1
    row.refresh_from_db()
    assert (row.state, row.number, row.problems) == (InvoiceState.ISSUED, "3F2A-0001", [])


def test_one_that_fails_keeps_no_other_waiting(
    subscription: Any, unchecked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = an_invoice_row(subscription), an_invoice_row(subscription)
    Invoice.objects.filter(pk=first.pk).update(lines=[{}])
    assert issue_what_waits(at=AT) == 1
    second.refresh_from_db()
    assert second.state == InvoiceState.ISSUED


def test_each_payment_has_its_receipt_which_says_what_is_left(subscription: Any, unchecked: None) -> None:
    account, row = subscription.account, an_invoice_row(subscription)
    given = {"account": account, "invoice": row, "created_at": AT}
    card = Payment.objects.create(kind=PaymentKind.CARD, cents=8_000, received_on=date(2026, 12, 20), **given)
    assert not payments_with_receipt(account).exists()
    issue(invoice_id=row.pk, at=AT)
    row.refresh_from_db()
    transfer = Payment.objects.create(
        kind=PaymentKind.TRANSFER, cents=400_000, received_on=date(2026, 12, 10), reference="MANDAT 4711", **given
    )
    for kind in (PaymentKind.REFUND, PaymentKind.BY_HAND):
        Payment.objects.create(kind=kind, cents=-100, received_on=date(2026, 12, 21), **given)
    assert list(payments_with_receipt(account)) == [transfer, card]
    said = words(receipt_pdf_of(transfer))
    for words_ in (f"Reçu R-{transfer.pk:06d}", "4 000,00 €", "10 décembre 2026", "Virement", "MANDAT 4711"):
        assert words_ in said
    assert (receipt_of(transfer).left, receipt_of(card).left) == (8_000, 0)


def test_the_commands_list_them_and_write_one(subscription: Any, unchecked: None, tmp_path: Path, capsys: Any) -> None:
    invoice = issue(invoice_id=an_invoice_row(subscription).pk, at=AT)
    an_invoice_row(subscription, number=None)
    call_command("invoices", city="saran", json=True)
    [row] = json.loads(capsys.readouterr().out)
    assert row == {
        "number": "3F2A-0001",
        "date": "2026-12-01",
        "kind": "INVOICE",
        "corrects": None,
        "net_cents": 340_000,
        "vat_cents": 68_000,
        "total_cents": 408_000,
        "paid_cents": 0,
        "credited_cents": 0,
        "state": "ISSUED",
        "problems": [],
    }
    call_command("invoices", city="saran")
    assert "3F2A-0001" in capsys.readouterr().out
    for plain, content in ((False, invoice.facturx), (True, invoice.plain)):
        file = tmp_path / "facture.pdf"
        call_command("invoice", "3F2A-0001", output=file, plain=plain)
        assert file.read_bytes() == content
        pikepdf.open(file).close()


def test_the_commands_say_what_is_not_there(subscription: Any, tmp_path: Path, settings: Any) -> None:
    _nobody_sells(row := an_invoice_row(subscription), settings)
    issue(invoice_id=row.pk, at=AT)
    for said, command, given in (
        ("No city", "invoices", {"city": "nulle-part"}),
        ("3F2A-0002", "invoice 3F2A-0002", {"output": tmp_path / "x.pdf"}),
        ("SELLER", "invoice 3F2A-0001", {"output": tmp_path / "x.pdf"}),
    ):
        with pytest.raises(CommandError, match=said):
            call_command(*command.split(), **given)
    assert not (tmp_path / "x.pdf").exists()
