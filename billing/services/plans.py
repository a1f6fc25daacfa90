"""What the service costs: the version in force, the price of an authority, the rate of tax where it is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts.audit import record
from accounts.models import User
from billing.documents.amounts import vat_of
from billing.enums import Territory
from billing.models import Band, PlanVersion, VatRate
from common.refusals import Refusal
from tenants.enums import AuthorityKind

# INSEE codes of departments and territories, as communes begin with them.
_TERRITORIES = {
    **dict.fromkeys(["971", "972", "974"], Territory.ANTILLES_REUNION),
    **dict.fromkeys(["973", "976"], Territory.GUYANE_MAYOTTE),
    **dict.fromkeys(["975", "977", "978", "984", "986", "987", "988", "989"], Territory.ELSEWHERE),
}

# Regions have codes of their own, which begin no commune's.
_REGIONS = {
    **dict.fromkeys(["01", "02", "04"], Territory.ANTILLES_REUNION),
    **dict.fromkeys(["03", "06"], Territory.GUYANE_MAYOTTE),
}


class OnQuotation(Refusal):
    code = "on_quotation"
    message = gettext_lazy("The price for an authority of this size is agreed with us: write to us.")


class NoPrice(Refusal):
    code = "no_price"
    message = gettext_lazy("No price list is in force on this day.")


@dataclass(frozen=True)
class Price:
    """Of one year, without tax; the tax rate in basis points (2000: 20 %)."""

    version: PlanVersion
    population: int
    yearly_cents: int
    territory: Territory
    vat_basis_points: int

    @property
    def vat_cents(self) -> int:
        return vat_of(self.yearly_cents, self.vat_basis_points)

    @property
    def total_cents(self) -> int:
        return self.yearly_cents + self.vat_cents


def version_on(day: date) -> PlanVersion:
    """The latest that has begun and is not withdrawn. Raises NoPrice."""
    found = PlanVersion.objects.filter(from_on__lte=day).exclude(withdrawn_on__lte=day).first()
    if found is None:
        raise NoPrice
    return found


def bands_of(version: PlanVersion, kind: str) -> list[Band]:
    return list(version.bands.filter(kind=kind))


def band_of(version: PlanVersion, kind: str, population: int) -> Band | None:
    bands = bands_of(version, kind)
    return next((each for each in bands if each.maximum is None or population <= each.maximum), None)


@dataclass(frozen=True)
class PriceList:
    """What these kinds of authorities pay, all alike: by population, the smallest first."""

    kinds: list[AuthorityKind]
    bands: list[Band]

    @property
    def names(self) -> str:
        return ", ".join(str(kind.label) for kind in self.kinds)


def price_lists(*, on: date) -> list[PriceList]:
    """All prices of a day: kinds that pay alike are in one list. None where no list is in force."""
    try:
        version = version_on(on)
    except NoPrice:
        return []
    bands: dict[AuthorityKind, list[Band]] = {kind: [] for kind in AuthorityKind}
    for band in version.bands.all():
        bands[AuthorityKind(band.kind)].append(band)
    alike: dict[tuple[tuple[int | None, int | None], ...], PriceList] = {}
    for kind, theirs in bands.items():
        key = tuple((band.maximum, band.yearly_cents) for band in theirs)
        alike.setdefault(key, PriceList([], theirs)).kinds.append(kind)
    return [each for each in alike.values() if each.bands]


def territory_of(buyer: "Buyer") -> Territory:
    if buyer.kind == AuthorityKind.REGION:
        return _REGIONS.get(buyer.authority_code, Territory.MAINLAND)
    code = buyer.department_code or buyer.authority_code[:3]
    return _TERRITORIES.get(code[:3], Territory.MAINLAND)


def vat_rate(territory: str, *, on: date) -> int:
    """In basis points. Raises NoPrice where the table says nothing of that day."""
    found = VatRate.objects.filter(territory=territory, from_on__lte=on).first()
    if found is None:
        raise NoPrice
    return found.basis_points


class Buyer(Protocol):
    """Who may buy: a city of the register, or an authority that signs up."""

    kind: str
    department_code: str
    population: int | None

    @property
    def authority_code(self) -> str: ...


def price_for(buyer: Buyer, *, on: date) -> Price:
    """Raises OnQuotation where the band has no price, or nobody knows how many live there; NoPrice."""
    version = version_on(on)
    population = buyer.population
    if population is None:
        raise OnQuotation
    band = band_of(version, buyer.kind, population)
    if band is None or band.yearly_cents is None:
        raise OnQuotation
    territory = territory_of(buyer)
    return Price(version, population, band.yearly_cents, territory, vat_rate(territory, on=on))


def price_shown(buyer: Buyer, *, on: date) -> Price | None:
    """The same for who only looks; None: on quotation."""
    try:
        return price_for(buyer, on=on)
    except (OnQuotation, NoPrice):
        return None


@dataclass(frozen=True)
class BandGiven:
    kind: str
    maximum: int | None
    yearly_cents: int | None


class PlanInThePast(Refusal):
    code = "plan_in_the_past"
    status = 422
    message = gettext_lazy("A price list begins today at the earliest: what was shown before stays what it was.")


class PlanChangedMeanwhile(Refusal):
    code = "plan_changed_meanwhile"

    def __init__(self, number: int) -> None:
        super().__init__(
            gettext("List %(number)s was published meanwhile. Read it above: pressed again, yours comes after it.")
            % {"number": number}
        )


def publish_version(
    *, from_on: date, bands: list[BandGiven], note: str, actor: User, at: datetime, after: int | None = None
) -> PlanVersion:
    """Other prices from a day on. What was quoted and signed keeps its own.

    `after`: the last list that its author has read. Raises PlanInThePast, PlanChangedMeanwhile.
    """
    if from_on < timezone.localdate(at):
        raise PlanInThePast
    with transaction.atomic():
        # One after the other; whoever has waited reads anew.
        list(PlanVersion.objects.select_for_update(no_key=True).order_by("number"))
        last = PlanVersion.objects.order_by("-number").first()
        if last is not None and after is not None and last.number > after:
            raise PlanChangedMeanwhile(last.number)
        version = PlanVersion.objects.create(
            number=last.number + 1 if last else 1, from_on=from_on, note=note, made_by=str(actor.pk), made_at=at
        )
        Band.objects.bulk_create(
            Band(version=version, kind=each.kind, maximum=each.maximum, yearly_cents=each.yearly_cents)
            for each in bands
        )
        record("plan_published", actor=actor, subject=version)
    return version


def withdraw_version(*, version: PlanVersion, actor: User, at: datetime) -> None:
    """No quote is made of it from today on, and the one before it is in force again; again: nothing happens."""
    with transaction.atomic():
        left = PlanVersion.objects.filter(pk=version.pk, withdrawn_on=None)
        if left.update(withdrawn_on=timezone.localdate(at)):
            record("plan_withdrawn", actor=actor, subject=version)
