"""Money that is not where it should be, for operators."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.enums import InvoiceState, PaymentKind
from billing.models import Account, InterestRate, Payment
from billing.services.balances import on_account
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.owing import account, invoice
from tests.billing.test_purchase import read

PAGE = "/ops/facturation/"


@pytest.fixture
def ops(visit: Callable[..., Client], db: None) -> Client:
    return visit(None, UserFactory(operator=True, email="operation@example.org"))


@pytest.fixture
def owing(saran: Municipality) -> Account:
    made = account(saran)
    invoice(made, issued_on=timezone.localdate(), available_on=timezone.localdate())
    return made


def money(of: Account, what: str = "") -> str:
    return f"{PAGE}collectivites/{of.municipality_id}/argent/{what}"


def sent(**other: Any) -> dict[str, Any]:
    day = timezone.localdate().isoformat()
    return {"amount": "4 100,00", "received_on": day, "sent_on": day, "reference": "Mandat 421", **other}


def test_what_is_for_no_invoice_yet_is_entered_moved_and_its_rest_sent_back(ops: Client, owing: Account) -> None:
    assert ops.post(money(owing, "recu/"), sent(amount="x")).status_code == 422
    assert ops.post(money(owing, "recu/"), sent()).status_code == 302
    again = ops.post(money(owing, "recu/"), sent())
    assert again.status_code == 409
    assert 'value="Mandat 421"' in again.content.decode()
    paid = Payment.objects.get()
    page = read(ops.get(money(owing)))
    assert "4\u202f100\u00a0€" in ops.get(money(owing)).content.decode()
    assert "TR-0001" in page
    move = f"{PAGE}paiements/{paid.pk}/affecter/"
    assert ops.post(move, {"invoice": "999999"}).status_code == 422
    assert ops.post(move, {"invoice": owing.invoices.get().pk}).status_code == 302
    assert owing.invoices.get().state == InvoiceState.PAID
    assert on_account(owing) == 2_000
    assert ops.post(move, {"invoice": ""}).status_code == 409  # Stripe was told
    assert ops.post(money(owing, "rendu/"), sent(amount="20,01", reference="Virement 9")).status_code == 422
    assert ops.post(money(owing, "rendu/"), sent(amount="20", reference="Virement 9")).status_code == 302
    assert on_account(owing) == 0


def test_stripe_is_asked_once_to_send_money_back(ops: Client, owing: Account) -> None:
    Account.objects.update(cash_cents=7_000)
    paid = owing.payments.create(
        invoice=owing.invoices.get(),
        kind=PaymentKind.TRANSFER,
        cents=408_000,
        received_on=timezone.localdate(),
        stripe_id="cbt_1",
        stripe_intent="pi_1",
        created_at=timezone.now(),
    )
    assert read(ops.get(money(owing))).count("Faire rendre par Stripe") == 2
    for path in (money(owing, "rendre/"), f"{PAGE}paiements/{paid.pk}/rendre/"):
        assert ops.post(path, {"amount": "9 999,00"}).status_code == 422
        assert ops.post(path, {"amount": "50"}).status_code == 302
        assert ops.post(path, {"amount": "50"}).status_code == 409


def test_another_citys_invoice_is_none_of_these(ops: Client, owing: Account, brest: Municipality) -> None:
    other = invoice(account(brest), "TR-0002")
    ops.post(money(owing, "recu/"), sent())
    paid = Payment.objects.get()
    assert ops.post(f"{PAGE}paiements/{paid.pk}/affecter/", {"invoice": other.pk}).status_code == 422
    assert "TR-0002" not in ops.get(money(owing)).content.decode()


def test_a_rate_of_interest_is_entered(ops: Client) -> None:
    given = {"from_on": "2026-01-01", "basis_points": "2,15", "source": "ecb.europa.eu"}
    assert ops.post(f"{PAGE}taux/", {**given, "from_on": "2026-02-01"}).status_code == 422
    assert not InterestRate.objects.exists()
    assert ops.post(f"{PAGE}taux/", given).status_code == 302
    rate = InterestRate.objects.get()
    assert (rate.from_on, rate.basis_points) == (date(2026, 1, 1), 215)
    assert "2,15 %" in read(ops.get(f"{PAGE}taux/"))
