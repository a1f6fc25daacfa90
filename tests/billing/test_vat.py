"""The rates of VAT: entered by operators, from a day on; what is quoted keeps its own."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from billing.enums import Territory
from billing.models import PlanVersion, VatRate
from billing.services.plans import vat_rate
from billing.services.vat import RateInForce
from tenants.models import Municipality
from tests.billing.purchases import a_quote, buyer
from tests.billing.test_ops import ops
from tests.billing.test_purchase import read
from tests.support.pages import says

__all__ = ["ops"]
PAGE = "/ops/facturation/tva/"


def sent(**changes: str) -> dict[str, str]:
    usual = {
        "territory": "ANTILLES_REUNION",
        "from_on": timezone.localdate().isoformat(),
        "basis_points": "9,25",
        "source": "CGI, article 296, confirmé par le cabinet.",
    }
    return usual | changes


def test_a_rate_holds_from_its_day_and_touches_nothing_quoted(ops: Client, saran: Municipality) -> None:
    today = timezone.localdate()
    quote = a_quote(buyer(saran), vat_basis_points=850, territory=Territory.ANTILLES_REUNION)
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert ops.post(f"{PAGE}ajouter/", sent(from_on=tomorrow)).status_code == 302
    # Not in force yet, it may be corrected.
    assert [ops.post(f"{PAGE}ajouter/", sent(from_on=tomorrow, basis_points="9,5")).status_code for _two in "ab"] == [
        302,
        302,
    ]
    assert vat_rate(Territory.ANTILLES_REUNION, on=today) == 850
    assert vat_rate(Territory.ANTILLES_REUNION, on=today + timedelta(days=1)) == 950
    quote.refresh_from_db()
    assert (quote.vat_basis_points, quote.vat_cents) == (850, 28_900)
    assert AuditEntry.objects.filter(action="vat_entered").count() == 2
    assert "9,5 %, à venir" in read(ops.get(PAGE))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"basis_points": ""}, 422),
        ({"basis_points": "-1"}, 422),
        ({"basis_points": "30,01"}, 422),
        ({"basis_points": "8,555"}, 422),
        ({"territory": "MAINLAND", "basis_points": "0"}, 422),
        ({"territory": "MARS"}, 422),
        ({"basis_points": "99999999"}, 422),
        ({"from_on": "2026-01-01"}, 422),
        ({"from_on": f"{timezone.localdate().year + 6}-01-01"}, 422),
        ({"from_on": "9999-07-01"}, 422),
        ({"source": "CGI"}, 422),
    ],
)
def test_what_is_no_rate_is_refused_and_nothing_is_lost(
    ops: Client, changes: dict[str, str], status: int, db: Any
) -> None:
    before = VatRate.objects.count()
    answer = ops.post(f"{PAGE}ajouter/", sent(**changes))
    assert (answer.status_code, VatRate.objects.count()) == (status, before)
    assert answer.context["form"].data["source"] == sent(**changes)["source"]


def test_what_is_in_force_is_not_rewritten(ops: Client, db: Any) -> None:
    assert ops.post(f"{PAGE}ajouter/", sent()).status_code == 302
    assert ops.post(f"{PAGE}ajouter/", sent()).status_code == 302
    assert ops.post(f"{PAGE}ajouter/", sent(basis_points="9")).status_code == 409


def test_the_first_list_and_rates_are_in_french(ops: Client, db: Any) -> None:
    assert PlanVersion.objects.get(number=1).note == "Les prix du site public."
    assert "confirmed" not in read(ops.get(PAGE))


def test_a_rate_whose_day_has_not_come_is_taken_back_and_no_other(ops: Client, db: Any) -> None:
    later = VatRate.objects.create(
        territory=Territory.MAINLAND,
        from_on=timezone.localdate() + timedelta(days=40),
        basis_points=2_100,
        source="Une loi de finances",
    )
    in_force = VatRate.objects.filter(territory=Territory.MAINLAND).exclude(pk=later.pk).get()
    page = ops.get("/ops/facturation/tva/").content.decode()
    assert f"/ops/facturation/tva/{later.pk}/retirer/" in page
    assert f"/ops/facturation/tva/{in_force.pk}/retirer/" not in page
    refused = ops.post(f"/ops/facturation/tva/{in_force.pk}/retirer/", follow=True)
    assert says(refused, RateInForce)
    for _again in range(2):
        assert ops.post(f"/ops/facturation/tva/{later.pk}/retirer/").status_code == 302
    assert list(VatRate.objects.filter(territory=Territory.MAINLAND)) == [in_force]
    assert AuditEntry.objects.filter(action="vat_removed").count() == 1
