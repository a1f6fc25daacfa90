"""Refusals of services that pages keep one from meeting: each by its code."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from billing.enums import DepositState, Territory
from billing.services import agreed, deposits, quotes, vat
from common.refusals import Refusal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.purchases import a_quote, an_invoice, buyer


@pytest.fixture
def operator(db: None) -> User:
    user: User = UserFactory(operator=True)
    return user


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return str(refused.value.code)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"basis_points": None}, "not_a_rate"),
        ({"basis_points": 3_001}, "not_a_rate"),
        ({"territory": Territory.MAINLAND, "basis_points": 0}, "no_reason_for_no_vat"),
        ({"days": -1}, "vat_in_the_past"),
        ({"days": 366 * 7}, "vat_too_far"),
    ],
)
def test_a_rate_of_vat(operator: User, changes: dict[str, Any], code: str) -> None:
    now = timezone.now()
    given = {"territory": Territory.ANTILLES_REUNION, "basis_points": 900, "source": "CGI, article 296", **changes}
    day = timezone.localdate(now) + timedelta(days=given.pop("days", 1))
    assert code_of(lambda: vat.enter_vat_rate(**given, from_on=day, operator=operator, at=now)) == code


def test_a_rate_in_force_is_not_replaced(operator: User) -> None:
    now = timezone.now()
    given = {"territory": Territory.ANTILLES_REUNION, "from_on": timezone.localdate(now), "source": "CGI, article 296"}
    vat.enter_vat_rate(**given, basis_points=900, operator=operator, at=now)
    again = code_of(lambda: vat.enter_vat_rate(**given, basis_points=910, operator=operator, at=now))
    assert again == "vat_entered_already"


def test_an_agreed_price(operator: User, saran: Municipality) -> None:
    assert [code_of(lambda cents=cents: agreed.checked_price(cents)) for cents in (None, 0, 100_000_001)] == [
        "not_a_price"
    ] * 3
    given = {
        "timing": "ADVANCE",
        "years": 1,
        "reason": "Vu avec la mairie.",
        "operator": operator,
        "at": timezone.now(),
    }
    Municipality.objects.filter(pk=saran.pk).update(population=None)
    saran.refresh_from_db()
    unknown = code_of(lambda: agreed.agree_quote(municipality=saran, yearly_cents=900_000, **given))
    assert unknown == "population_missing"
    a_quote(buyer(saran), made_by_operator=True)
    own = code_of(lambda: quotes.issue_quote(municipality=saran, timing="ADVANCE", actor=operator, at=given["at"]))
    assert own == "agreed_quote_waits"


def test_steps_at_chorus_pro(operator: User, saran: Municipality) -> None:
    now = timezone.now()
    invoice = an_invoice(a_quote(buyer(saran)), issued_on=timezone.localdate(now))
    given = {"operator": operator, "at": now, "seen_on": invoice.account.municipality.day_of(now)}
    first = deposits.enter_step(invoice=invoice, state=DepositState.DEPOSITED, flow="F-1", **given)
    deposits.enter_step(invoice=invoice, state=DepositState.AVAILABLE, **given)
    back = code_of(
        lambda: deposits.take_back_step(step=first, why="Entré sur la mauvaise facture.", operator=operator, at=now)
    )
    assert back == "not_the_last_step"
    assert code_of(lambda: deposits.flow_available(flow="F-1", **given)) == "nothing_in_flow"
