"""The price list: per year, by population, without VAT. Read by the public site and the sign-up.

One table on purpose: the quote bears the price that the city was shown.
"""

from dataclasses import dataclass
from decimal import Decimal

VAT = Decimal("0.20")


@dataclass(frozen=True)
class Band:
    """Authorities of at most `most` inhabitants (None: any) pay `yearly` euros a year (None: on quotation)."""

    maximum: int | None
    yearly: int | None

    @property
    def with_vat(self) -> Decimal | None:
        if self.yearly is None:
            return None
        price = self.yearly * (1 + VAT)
        return price.quantize(Decimal(1) if price == price.to_integral() else Decimal("0.01"))


BANDS = (
    Band(1_000, 390),
    Band(3_500, 890),
    Band(10_000, 1_900),
    Band(20_000, 3_400),
    Band(50_000, 5_900),
    Band(100_000, 8_900),
    Band(300_000, 12_900),
    Band(None, None),
)


def band_of(population: int | None) -> Band:
    """The band of a population; the last, on quotation, where it is unknown."""
    if population is None:
        return BANDS[-1]
    return next(band for band in BANDS if band.maximum is None or population <= band.maximum)
