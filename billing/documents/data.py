"""What the documents say. Plain values that nothing here checks (checks.py does).

Money is whole cents, rates hundredths of a percent, texts one line each and never markup. An empty text is none.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing.documents.amounts import Totals, totals_of


class Kind(StrEnum):
    """By the codes of UNTDID 1001. Both have positive amounts."""

    INVOICE = "380"
    CREDIT_NOTE = "381"


@dataclass(frozen=True)
class Address:
    """`country` is two letters of ISO 3166. Overseas departments are in "FR" for the post, and keep their SIRET."""

    line1: str
    postcode: str
    city: str
    line2: str = ""
    line3: str = ""
    country: str = "FR"


@dataclass(frozen=True)
class Party:
    """A seller or a buyer. `electronic_address` is that of the French directory (scheme 0225), by SIREN first.

    `legal_form`: « SAS au capital de 10 000 €, RCS Nantes 732 829 320 ». `phone` is printed only.
    """

    name: str
    siren: str
    siret: str
    address: Address
    electronic_address: str
    vat_number: str = ""
    legal_form: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""


def public_address(siret: str) -> str:
    """The electronic address of a public body, by SIREN and SIRET."""
    return f"{siret[:9]}_{siret}"


@dataclass(frozen=True)
class Period:
    """Both days are in it."""

    start: date
    end: date


@dataclass(frozen=True)
class Line:
    """`unit_price` is without VAT. A part of a year is a line of its own price: nothing is ever rounded here."""

    reference: str
    name: str
    quantity: int
    unit_price: int
    rate: int
    description: str = ""
    period: Period | None = None

    @property
    def net(self) -> int:
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class BankAccount:
    """IBAN and BIC without spaces. `holder`, where that is not the seller: banks hold the name against the IBAN."""

    iban: str
    bic: str = ""
    holder: str = ""


@dataclass(frozen=True)
class Note:
    """A mention of an invoice, by its code of UNTDID 4451."""

    code: str
    text: str


# What the law has every invoice to a public buyer say, and what it is for the tax administration (BAR).
PUBLIC_NOTES = (
    Note(
        "PMT",
        "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 € "
        "(articles L. 2192-13 et D. 2192-35 du code de la commande publique).",
    ),
    Note(
        "PMD",
        "En cas de retard, intérêts moratoires au taux des opérations principales de refinancement de la Banque "
        "centrale européenne, majoré de huit points (articles L. 2192-13 et R. 2192-31 du code de la commande "
        "publique).",
    ),
    Note("AAB", "Pas d’escompte pour paiement anticipé."),
    Note("BAR", "B2B"),
)
# No day can be said: the term runs from one that nobody knows yet.
PUBLIC_TERMS = (
    "Paiement dans les 30 jours à compter de la mise à disposition de la facture sur Chorus Pro, ou de l’exécution "
    "de la prestation si elle est postérieure (article R. 2192-10 du code de la commande publique)."
)
# The mention that is no field of the XML: décret 2022-1299.
VAT_ON_DEBITS = "Option pour le paiement de la taxe d’après les débits."


@dataclass(frozen=True)
class Reference:
    """The invoice that a credit note corrects."""

    number: str
    issued_on: date


@dataclass(frozen=True)
class Document:
    """An invoice or a credit note.

    `delivered_on` is the day of the service, or on which it begins. `paid` is what had been paid before it was issued;
    an invoice paid in full says so (`by_card`: how), and `due_on` is then the day of the payment. Otherwise a public
    buyer's has none: `terms` say from when the days count (EN 16931, BR-CO-25: one or the other). `exemption` says why
    lines at the rate 0 bear no VAT. `contract` is the quote's number.
    """

    kind: Kind
    number: str
    issued_on: date
    delivered_on: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    due_on: date | None = None
    terms: str = PUBLIC_TERMS
    service_code: str = ""
    engagement_number: str = ""
    contract: str = ""
    period: Period | None = None
    bank: BankAccount | None = None
    paid: int = 0
    by_card: bool = False
    corrects: Reference | None = None
    vat_on_debits: bool = False
    exemption: str = ""
    notes: tuple[Note, ...] = PUBLIC_NOTES

    @property
    def totals(self) -> Totals:
        return totals_of(self.lines, paid=self.paid)

    @property
    def is_paid(self) -> bool:
        return 0 < self.totals.gross == self.paid


@dataclass(frozen=True)
class Quote:
    """`included` and `mentions` are sentences; `total_over_years` is without VAT, renewals included.

    `threshold` says how that compares with the amount from which competition is needed.
    """

    number: str
    issued_on: date
    valid_until: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    included: tuple[str, ...]
    mentions: tuple[str, ...]
    years: int
    total_over_years: int
    threshold: str
    exemption: str = ""

    @property
    def totals(self) -> Totals:
        return totals_of(self.lines)


@dataclass(frozen=True)
class Receipt:
    """One payment of one invoice. `means` is said in words: « virement », « carte bancaire ». `left` is still due."""

    number: str
    received_on: date
    amount: int
    means: str
    reference: str
    invoice: Reference
    invoice_total: int
    left: int
    seller: Party
    buyer: Party


@dataclass(frozen=True)
class LatePart:
    """What one payment paid late: interest on `cents`, from the day after the term to that of the payment."""

    cents: int
    from_on: date
    paid_on: date
    days: int
    interest: int


@dataclass(frozen=True)
class Statement:
    """What late payment of one invoice costs by law, part by part. `rate`: of a year, the eight points included."""

    number: str
    issued_on: date
    due_on: date
    invoice: Reference
    invoice_total: int
    term_on: date
    paid_on: date
    ecb_rate: int
    ecb_on: date
    ecb_source: str
    rate: int
    parts: tuple[LatePart, ...]
    fixed: int
    engagement_number: str
    bank: BankAccount | None
    seller: Party
    buyer: Party

    @property
    def interest(self) -> int:
        return sum(part.interest for part in self.parts)
