"""One rule rounds, and what a document says is the same wherever it is written."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pytest

from billing.documents import cii
from billing.documents.amounts import fitting_parts, parts_fit, plain, printed, printed_rate, totals_of, vat_of
from billing.documents.checks import RATES, compare
from billing.documents.cii_reading import Unreadable, read
from billing.documents.data import Document, Line, Period, Reference
from tests.billing.documents import BANK, SELLER, a_credit_note, an_invoice

DRAWN = Random(1)  # the same every time
WORDS = (
    "Abonnement",
    "tranche 3",
    "Forêt d’Orléans",
    "<b>&amp;</b>",
    "# *x* @y $z$ ]",
    "«\u00a0ÉŒ\u00a0»",
    "Łódź",
    '"',
)


@pytest.mark.parametrize(
    ("base", "rate", "vat"),
    [
        (275_000, 2000, 55_000),
        (3, 2000, 1),  # 0.6 of a cent
        (2, 2000, 0),  # 0.4
        (5, 1000, 1),  # half a cent, up
        (15, 1000, 2),  # half a cent, up and not to the even one
        (100, 850, 9),
        (12_345, 210, 259),
        (-5, 1000, -1),
        (99_999, 0, 0),
    ],
)
def test_vat_is_rounded_to_the_cent_half_up(base: int, rate: int, vat: int) -> None:
    assert vat_of(base, rate) == vat


def test_vat_is_that_of_exact_arithmetic() -> None:
    for _ in range(3000):
        base, rate = DRAWN.randrange(-(10**9), 10**9), DRAWN.choice(sorted(RATES))
        exact = (Decimal(base) * rate / 10_000).quantize(Decimal(1), ROUND_HALF_UP)
        assert vat_of(base, rate) == exact, (base, rate)


def test_totals_round_once_a_rate_whatever_the_order_of_lines() -> None:
    for _ in range(300):
        lines = [a_line() for _ in range(DRAWN.randint(1, 9))]
        totals = totals_of(lines, paid=7)
        assert totals.net == sum(line.net for line in lines)
        assert totals.vat == sum(tax.vat for tax in totals.taxes)
        assert totals.gross == totals.net + totals.vat == totals.due + 7
        shuffled = DRAWN.sample(lines, len(lines))
        assert totals_of(shuffled, paid=7) == totals
        assert abs(totals.vat - sum(vat_of(line.net, line.rate) for line in lines)) <= len(lines)


def test_one_cent_three_times_bears_the_vat_of_three_cents() -> None:
    """Line by line it would be nothing."""
    assert totals_of([replace(a_line(), quantity=1, unit_price=1, rate=2000)] * 3).vat == 1


@pytest.mark.parametrize("rate", [2000, 850, 550, 210, 0])
def test_parts_that_fit_make_up_the_whole_to_the_cent_and_one_is_never_far(rate: int) -> None:
    """Each document rounds its own VAT: all the parts of an invoice have, together, that of the invoice."""
    for _each in range(200):
        net = left = DRAWN.randrange(1, 500_000)
        vat = vat_left = vat_of(net, rate)
        parts = []
        while left:
            part = min(left, DRAWN.randrange(1, net + 1))
            if not parts_fit(part, rate, net=left, vat=vat_left):
                near = fitting_parts(part, rate, net=left, vat=vat_left)
                part = min(near, key=lambda each: abs(each - part))
                assert part in near
            parts.append(part)
            left, vat_left = left - part, vat_left - vat_of(part, rate)
            assert vat_left == vat_of(left, rate)
        assert (sum(parts), sum(vat_of(part, rate) for part in parts)) == (net, vat)


def test_a_part_that_would_leave_a_cent_is_told_with_the_nearest_that_do_not() -> None:
    # 0.02 of 1.00 € bears no VAT, and the 0.98 that stay all of it, 0.20; 0.06 would bear 0.01, and 0.92 then 0.18.
    assert parts_fit(2, 2000, net=100, vat=20)
    assert not parts_fit(6, 2000, net=98, vat=20)
    assert fitting_parts(6, 2000, net=98, vat=20) == [5, 8]
    assert fitting_parts(1, 2000, net=98, vat=20) == [3]
    assert not parts_fit(0, 2000, net=98, vat=20)
    assert not parts_fit(99, 2000, net=98, vat=20)
    assert parts_fit(98, 2000, net=98, vat=20)


def test_amounts_are_written_for_machines_and_for_people() -> None:
    assert [plain(cents) for cents in (0, 5, 330_000, -250)] == ["0.00", "0.05", "3300.00", "-2.50"]
    assert printed(123_456_789) == "1\u202f234\u202f567,89\u00a0€"
    assert printed(-50) == "−0,50\u00a0€"
    assert [printed_rate(rate) for rate in (2000, 850, 210, 0)] == ["20\u00a0%", "8,5\u00a0%", "2,1\u00a0%", "0\u00a0%"]


def test_what_is_written_is_read_back_and_written_the_same() -> None:
    for _ in range(100):
        document = a_document()
        content = cii.write(document)
        stated = read(content)
        assert stated.document == document
        assert stated.totals == document.totals
        assert stated.nets == tuple(line.net for line in document.lines)
        assert cii.write(stated.document) == content


def test_an_invoice_that_was_paid_before_says_so_to_machines() -> None:
    gross = an_invoice().totals.gross
    assert b">S1<" in cii.write(an_invoice())
    assert b">S1<" in cii.write(an_invoice(paid=gross - 1))
    assert b">S2<" in cii.write(an_invoice(paid=gross))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_invoice_that_declares_entities_is_not_read(encoding: str) -> None:
    said = cii.write(an_invoice()).decode().partition("?>")[2]
    declared = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]>{said}'
    with pytest.raises(Unreadable, match="DOCTYPE"):
        read(declared.encode(encoding))


def test_amounts_that_differ_by_a_cent_are_told_apart() -> None:
    totals = an_invoice().totals
    assert compare(totals, totals) == []
    assert [found.code for found in compare(totals, replace(totals, vat=totals.vat + 1))] == ["TOTALS"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"<a/>",
        b"\x00\x01",
        b'<?xml version="1.0" encoding="no such"?><a/>',
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"),
    ],
)
def test_what_is_no_invoice_is_not_read(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(content)


def a_line() -> Line:
    return Line(
        reference=DRAWN.choice(["", "ABO-3"]),
        name=DRAWN.choice(WORDS),
        description=DRAWN.choice(["", *WORDS]),
        quantity=DRAWN.randint(1, 12),
        unit_price=DRAWN.randint(1, 10**7),
        rate=DRAWN.choice(sorted(RATES)),
        period=DRAWN.choice([None, a_period()]),
    )


def a_period() -> Period:
    start = date(2026, 1, 1) + timedelta(days=DRAWN.randrange(800))
    return Period(start, start + timedelta(days=DRAWN.randrange(366)))


def a_document() -> Document:
    """Of any shape that our XML can say; right or wrong is not asked."""
    lines = tuple(a_line() for _ in range(DRAWN.randint(1, 5)))
    return DRAWN.choice([an_invoice, a_credit_note])(
        lines=lines,
        seller=replace(SELLER, name=DRAWN.choice(WORDS), phone=""),
        exemption="Article 294 du CGI" if any(line.rate == 0 for line in lines) else "",
        service_code=DRAWN.choice(["", "FINANCES"]),
        engagement_number=DRAWN.choice(["", "2026-1"]),
        contract=DRAWN.choice(["", "D-1"]),
        bank=DRAWN.choice([None, BANK, replace(BANK, bic=""), replace(BANK, holder="Payeur & fils")]),
        due_on=DRAWN.choice([None, date(2027, 1, 1)]),
        terms=DRAWN.choice(["", "À réception"]),
        period=DRAWN.choice([None, a_period()]),
        paid=DRAWN.choice([0, 1, totals_of(lines).gross]),
        corrects=DRAWN.choice([None, Reference("F-1", date(2026, 1, 31))]),
        vat_on_debits=DRAWN.choice([True, False]),
    )
