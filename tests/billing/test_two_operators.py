"""Two operators at once: what one does is done once, and the other is told in a sentence."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from billing.enums import DepositState, GivenBack
from billing.models import Call, Deposit, Invoice, Payment, PlanVersion
from billing.services.bank_entries import AlreadyEntered
from billing.services.corrections import CreditUnderWay, credit
from billing.services.deposits import NotTheNextStep, NotTogether, deposit_together, enter_step
from billing.services.payments import NothingToPay, enter_payment
from billing.services.plans import BandGiven, PlanChangedMeanwhile, publish_version
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.buying import at_once
from tests.billing.purchases import a_quote, an_invoice, buyer
from tests.billing.test_ops import ops
from tests.billing.test_plans import lists
from tests.billing.test_purchase import read

__all__ = ["ops"]
PAGE = "/ops/facturation/"


@pytest.fixture
def two(real_db: str) -> list[Any]:
    return [UserFactory(operator=True), UserFactory(operator=True)]


def owed() -> Invoice:
    with transaction.atomic():
        city = Municipality.objects.get(slug="saran")
        return an_invoice(a_quote(buyer(city, siren="214503021")), issued_on=timezone.localdate())


def test_a_deposit_is_entered_once(two: list[Any]) -> None:
    invoice, at = owed(), timezone.now()
    told = at_once(
        *(
            lambda who=who, flow=flow: enter_step(  # type: ignore[misc]
                invoice=invoice,
                state=DepositState.DEPOSITED,
                flow=flow,
                seen_on=timezone.localdate(),
                operator=who,
                at=at,
            )
            for who, flow in zip(two, ("FLUX-1", "FLUX-2"), strict=True)
        )
    )
    assert (Deposit.objects.count(), told) == (1, [NotTheNextStep])
    assert AuditEntry.objects.filter(action="deposit_entered").count() == 1


def test_a_flow_of_several_is_entered_whole_by_one(two: list[Any]) -> None:
    both, at = [owed(), owed()], timezone.now()
    told = at_once(
        *(
            lambda who=who, flow=flow, them=them: deposit_together(  # type: ignore[misc]
                invoices=them, flow=flow, seen_on=timezone.localdate(), operator=who, at=at
            )
            for who, flow, them in zip(two, ("FLUX-1", "FLUX-2"), (both, both[::-1]), strict=True)
        )
    )
    assert told == [NotTogether]
    assert Deposit.objects.count() == 2
    assert Deposit.objects.values("flow").distinct().count() == 1


@pytest.mark.parametrize(
    ("references", "refusal"), [(["MANDAT 1", "mandat 1"], AlreadyEntered), (["MANDAT 1", "VIR 2"], NothingToPay)]
)
def test_an_invoice_is_paid_once(two: list[Any], references: list[str], refusal: Any) -> None:
    invoice, at = owed(), timezone.now()
    told = at_once(
        *(
            lambda who=who, reference=reference: enter_payment(  # type: ignore[misc]
                account=invoice.account,
                invoice=invoice,
                cents=408_000,
                received_on=timezone.localdate(),
                reference=reference,
                operator=who,
                at=at,
            )
            for who, reference in zip(two, references, strict=True)
        )
    )
    assert (Payment.objects.get().cents, told) == (408_000, [refusal])


def test_what_takes_an_invoice_back_is_issued_once(two: list[Any]) -> None:
    invoice, at = owed(), timezone.now()
    first, second = two
    told = at_once(
        lambda: credit(
            invoice=invoice, net_cents=None, why="Rien n’a commencé.", way=GivenBack.NEXT_INVOICE, actor=first, at=at
        ),
        lambda: credit(
            invoice=invoice, net_cents=100_000, why="Une part.", way=GivenBack.NEXT_INVOICE, actor=second, at=at
        ),
    )
    assert (Call.objects.filter(key__startswith="credit:").count(), told) == (1, [CreditUnderWay])


def test_a_price_list_is_published_once(two: list[Any]) -> None:
    bands = [BandGiven("COMMUNE", None, 100_000)]
    told = at_once(
        *(
            lambda who=who: publish_version(  # type: ignore[misc]
                from_on=timezone.localdate(), bands=bands, note="", actor=who, at=timezone.now(), after=1
            )
            for who in two
        )
    )
    assert (PlanVersion.objects.count(), told) == (2, [PlanChangedMeanwhile])


def test_whoever_comes_second_reads_it_beside_what_was_typed(ops: Client, db: None) -> None:
    sent = lists(base_version="1")
    assert ops.post(f"{PAGE}tarifs/publier/", sent).status_code == 302
    answer = ops.post(f"{PAGE}tarifs/publier/", sent | {"note": "Une autre idée"})
    assert (answer.status_code, PlanVersion.objects.count()) == (409, 2)
    assert "La grille 2 a été publiée entre-temps" in read(answer)
    assert "Une autre idée" in answer.content.decode()
    assert 'name="base_version" value="2"' in answer.content.decode()


def test_several_invoices_are_entered_in_one_flow(ops: Client, saran: Municipality) -> None:
    quote = a_quote(buyer(saran, siren="214503021"))
    first, second, third = (an_invoice(quote, issued_on=timezone.localdate()) for _each in range(3))
    today = timezone.localdate().isoformat()
    sent = {"invoice": [first.pk, second.pk], "flow": "FLUX-2026-9", "seen_on": today}
    for wrong in (
        {"invoice": []},
        {"flow": ""},
        {"flow": "F" * 41},
        {"seen_on": ""},
        {"seen_on": (timezone.localdate() + timedelta(days=1)).isoformat()},
        {"invoice": [first.pk, 987_654_321]},
    ):
        answer = ops.post(f"{PAGE}depots/", sent | wrong)
        assert answer.status_code == 422, wrong
        ticked = answer.content.decode().count(" checked")
        assert ticked == len((sent | wrong)["invoice"]) - (987_654_321 in (sent | wrong)["invoice"])  # type: ignore[arg-type, operator]
    assert not Deposit.objects.exists()
    assert [ops.post(f"{PAGE}depots/", sent).status_code for _again in range(2)] == [302, 302]
    assert list(Deposit.objects.values_list("flow", "state")) == [("FLUX-2026-9", "DEPOSITED")] * 2
    waiting = read(ops.get(PAGE)).split("Déposées, en attente de Chorus Pro")[0]
    assert third.number in waiting
    assert first.number not in waiting
    # One of them is there already, in another flow: nothing of the others is entered.
    answer = ops.post(f"{PAGE}depots/", sent | {"invoice": [second.pk, third.pk], "flow": "FLUX-2026-10"})
    assert (answer.status_code, Deposit.objects.count()) == (409, 2)
    assert f"Rien n’est enregistré. Pour {second.number}" in read(answer)
