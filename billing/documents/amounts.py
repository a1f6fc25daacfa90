"""Amounts and the one rule that rounds them. Whole cents; rates in hundredths of a percent (2000 is 20 %)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

FULL_RATE = 10_000  # hundredths of a percent in one


class Priced(Protocol):
    @property
    def net(self) -> int: ...

    @property
    def rate(self) -> int: ...


@dataclass(frozen=True)
class Tax:
    """The VAT of all that bears one rate."""

    rate: int
    base: int
    vat: int


@dataclass(frozen=True)
class Totals:
    """`taxes` has one entry a rate, the highest first. `due` is what is left to pay."""

    taxes: tuple[Tax, ...]
    net: int
    vat: int
    gross: int
    paid: int
    due: int


def vat_of(base: int, rate: int) -> int:
    """The VAT of an amount, rounded to the cent, half a cent away from zero (EN 16931, BR-CO-17).

    The base is all that a document has at this rate: lines are never rounded.
    """
    sign = -1 if base < 0 else 1
    return sign * ((2 * abs(base) * rate + FULL_RATE) // (2 * FULL_RATE))


def parts_fit(part: int, rate: int, *, net: int, vat: int) -> bool:
    """Whether a part can be taken back of what is left of an invoice: the VAT of both, each rounded by the rule, makes
    up what there is. Otherwise a cent of VAT would be left in the end, or missing.
    """
    return 0 < part <= net and vat_of(part, rate) + vat_of(net - part, rate) == vat


def fitting_parts(part: int, rate: int, *, net: int, vat: int) -> list[int]:
    """The nearest parts that fit, below and above; a round euro is never far away."""
    near = range(1, 2 * FULL_RATE)
    below = next((part - by for by in near if parts_fit(part - by, rate, net=net, vat=vat)), None)
    above = next((part + by for by in near if parts_fit(part + by, rate, net=net, vat=vat)), None)
    return [each for each in (below, above) if each is not None]


def totals_of(lines: Iterable[Priced], *, paid: int = 0) -> Totals:
    bases: dict[int, int] = {}
    for line in lines:
        bases[line.rate] = bases.get(line.rate, 0) + line.net
    taxes = tuple(Tax(rate, base, vat_of(base, rate)) for rate, base in sorted(bases.items(), reverse=True))
    net, vat = sum(tax.base for tax in taxes), sum(tax.vat for tax in taxes)
    return Totals(taxes, net, vat, net + vat, paid, net + vat - paid)


def plain(hundredths: int) -> str:
    """As machines read it: 330000 is 3300.00. Also a rate, 2000 being 20.00."""
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


def printed(cents: int) -> str:
    """As people read it in French: 330000 is « 3 300,00 € », with narrow spaces that do not break."""
    whole, _point, rest = plain(cents).partition(".")
    sign, digits = ("−", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}".replace(",", "\u202f") + f",{rest}\u00a0€"


def printed_rate(rate: int) -> str:
    """« 20 % », « 8,5 % »."""
    return plain(rate).rstrip("0").rstrip(".").replace(".", ",") + "\u00a0%"
