"""Prices are dated versions, which the public site, the sign-up and quotes read alike."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from billing.enums import Territory
from billing.models import Band, PlanVersion
from billing.services.plans import (
    BandGiven,
    NoPrice,
    PlanInThePast,
    price_lists,
    price_shown,
    publish_version,
    territory_of,
    version_on,
)
from tenants.enums import AuthorityKind
from tests.accounts.factories import UserFactory

Visit = Callable[..., Client]


def a_version(cents: int, *, from_on: date, kinds: Any = AuthorityKind) -> PlanVersion:
    bands = [BandGiven(kind, maximum, cents if maximum else None) for kind in kinds for maximum in (20_000, None)]
    return publish_version(from_on=from_on, bands=bands, note="", actor=UserFactory(operator=True), at=timezone.now())


def landing(visit: Visit) -> str:
    return visit(None).get("/").content.decode()


def test_the_public_site_has_the_prices_of_the_day_and_no_others(visit: Visit, db: None) -> None:
    today = timezone.localdate()
    assert "3\u202f400\u00a0€" in landing(visit)
    a_version(123_400, from_on=today + timedelta(days=1))
    assert "1\u202f234\u00a0€" not in landing(visit)
    a_version(432_150, from_on=today)
    page = landing(visit)
    assert "4\u202f321,50\u00a0€" in page
    assert "3\u202f400\u00a0€" not in page
    assert page.count('class="prices') == 1


def test_kinds_that_pay_otherwise_have_a_list_of_their_own(visit: Visit, db: None) -> None:
    version = a_version(123_400, from_on=timezone.localdate())
    Band.objects.filter(version=version, kind=AuthorityKind.REGION, maximum=20_000).update(yearly_cents=999_900)
    first, second = price_lists(on=timezone.localdate())
    assert AuthorityKind.REGION not in first.kinds
    assert second.kinds == [AuthorityKind.REGION]
    assert landing(visit).count('class="prices') == 2


def test_where_no_list_is_in_force_the_site_says_so(visit: Visit, db: None) -> None:
    PlanVersion.objects.update(withdrawn_on=timezone.localdate())
    assert "tarif est en cours de renouvellement" in landing(visit)
    assert price_shown(an_authority(), on=timezone.localdate()) is None
    with pytest.raises(NoPrice):
        version_on(timezone.localdate())


def test_the_public_site_asks_as_much_with_many_versions(visit: Visit, db: None) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            landing(visit)
        return len(captured)

    landing(visit)
    before = queries()
    for days in range(5):
        a_version(100_000 + days, from_on=timezone.localdate())
    assert queries() == before


def an_authority(**said: Any) -> Any:
    usual = {"kind": "COMMUNE", "authority_code": "45302", "department_code": "45", "population": 16_412}
    return SimpleNamespace(**usual | said)


def test_a_sign_up_reads_the_price_of_its_own_band_and_place(visit: Visit, db: None) -> None:
    page = visit(None).get("/inscription/?collectivite=COMMUNE-45284").content.decode()
    assert "5\u202f900\u00a0€ HT" in page
    in_martinique = price_shown(an_authority(department_code="972", authority_code="97209"), on=timezone.localdate())
    assert in_martinique is not None
    assert (in_martinique.yearly_cents, in_martinique.vat_cents) == (340_000, 28_900)
    assert price_shown(an_authority(population=300_001), on=timezone.localdate()) is None
    assert price_shown(an_authority(population=None), on=timezone.localdate()) is None


@pytest.mark.parametrize(
    ("kind", "code", "department", "where"),
    [
        ("COMMUNE", "45302", "45", Territory.MAINLAND),
        ("COMMUNE", "2A004", "2A", Territory.MAINLAND),
        ("COMMUNE", "97209", "972", Territory.ANTILLES_REUNION),
        ("COMMUNE", "97302", "973", Territory.GUYANE_MAYOTTE),
        ("COMMUNE", "98735", "987", Territory.ELSEWHERE),
        ("DEPARTMENT", "976", "976", Territory.GUYANE_MAYOTTE),
        # Codes of regions are of two digits, and Réunion's is that of a mainland department.
        ("REGION", "04", "", Territory.ANTILLES_REUNION),
        ("REGION", "03", "", Territory.GUYANE_MAYOTTE),
        ("REGION", "24", "", Territory.MAINLAND),
    ],
)
def test_the_tax_is_that_of_the_place(kind: str, code: str, department: str, where: Territory) -> None:
    assert territory_of(an_authority(kind=kind, authority_code=code, department_code=department)) == where


PAGE = "/ops/facturation/tarifs/"


def lists(**changes: str) -> dict[str, str]:
    usual = {kind.lower(): "1 000 : 390\n20 000 : 3 500,50 €\nAu-delà : sur devis" for kind in AuthorityKind}
    return {"from_on": timezone.localdate().isoformat(), "note": "Révision de l’année", **usual, **changes}


@pytest.fixture
def ops(visit: Visit, db: None) -> Client:
    return visit(None, UserFactory(operator=True))


def test_operators_publish_a_list_and_withdraw_it(ops: Client, visit: Visit) -> None:
    assert "10 000 : 1 900" in ops.get(PAGE).content.decode().replace(" ", " ")
    assert ops.post(f"{PAGE}publier/", lists()).status_code == 302
    version = PlanVersion.objects.get(number=2)
    bands = version.bands.filter(kind=AuthorityKind.COMMUNE).values_list("maximum", "yearly_cents")
    assert list(bands) == [(1_000, 39_000), (20_000, 350_050), (None, None)]
    assert "3 500,50 €" in landing(visit)
    assert ops.post(f"{PAGE}{version.pk}/retirer/").status_code == 302
    assert "3 400 €" in landing(visit)
    assert ops.post(f"{PAGE}{version.pk}/retirer/").status_code == 302
    done = AuditEntry.objects.filter(action__startswith="plan_").order_by("pk").values_list("action", flat=True)
    assert list(done) == ["plan_published", "plan_withdrawn"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("commune", "1 000 : 390"),  # and those beyond?
        ("commune", "20 000 : 390\n1 000 : 500\nau-delà : sur devis"),
        ("commune", "1 000 : 390\n1 000 : 500\nau-delà : sur devis"),
        ("region", "mille : 390\nau-delà : sur devis"),
        ("region", "1 000 : beaucoup\nau-delà : sur devis"),
        ("region", "1 000 : 99 999 999\nau-delà : sur devis"),
        ("region", ""),
        ("from_on", "2026-01-01"),
    ],
)
def test_a_list_that_leaves_somebody_without_a_price_or_changes_the_past_is_refused(
    ops: Client, name: str, typed: str
) -> None:
    answer = ops.post(f"{PAGE}publier/", lists(**{name: typed}))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name])
    assert PlanVersion.objects.count() == 1
    with pytest.raises(PlanInThePast):
        a_version(1, from_on=timezone.localdate() - timedelta(days=1))
