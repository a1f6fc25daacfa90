"""The rules of Factur-X, EN 16931 and France, in the validator's own process; and that without it nothing leaves.

What needs the real validator stands in one test: it takes seconds to warm up, and 200 MB.
"""

import os
import re
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from billing.documents import cii, issuing, printing, validation, validator
from billing.documents.checks import Demands, problems_of_file
from billing.documents.cii_reading import Unreadable, read
from billing.documents.data import PUBLIC_NOTES
from billing.documents.validation import NotChecked, Validation
from billing.enums import Territory
from billing.models import VatRate
from tests.billing.documents import BUYER, SUBSCRIPTION, a_credit_note, an_invoice

EXEMPTION = "TVA non applicable, article 294, 1 du CGI."
INVOICE, CREDIT_NOTE = cii.write(an_invoice()), cii.write(a_credit_note())


def without(xml: bytes, pattern: bytes) -> bytes:
    changed, count = re.subn(pattern, b"", xml, count=1, flags=re.DOTALL)
    assert count == 1
    return changed


def with_(xml: bytes, old: bytes, new: bytes, *, times: int = -1) -> bytes:
    assert old in xml
    return xml.replace(old, new, times)


# What only our own checks see: found in the XML of a file, where its document has long been forgotten.
OURS = {
    "SIRET with a wrong digit": with_(INVOICE, b"21449999800018", b"21449999800019"),
    "IBAN with a wrong digit": with_(INVOICE, b"890189", b"890188"),
    "VAT number with a wrong key": with_(INVOICE, b"FR44732829320", b"FR00732829320"),
    "VAT of 80 cents less": with_(INVOICE, b"820.20", b"819.40").replace(b"4921.20", b"4920.40"),
    "VAT of a cent more": with_(INVOICE, b"820.20", b"820.21").replace(b"4921.20", b"4921.21"),
    "no date and no terms": without(INVOICE, rb"<ram:SpecifiedTradePaymentTerms>.*?</ram:SpecifiedTradePaymentTerms>"),
    "negative quantity in a credit note": with_(CREDIT_NOTE, b">2</ram:Billed", b">-2</ram:Billed"),
    "engagement number of 60 signs": with_(INVOICE, b"2026-BC-001873", b"E" * 60),
    "engagement number with spaces": with_(INVOICE, b"2026-BC-001873", b" 2026-BC-001873 "),
    "service code with a sign": with_(INVOICE, b">FINANCES<", b">FINANCES&amp;DETTE<"),
    "buyer's SIREN 1": with_(INVOICE, b'"0002">214499998<', b'"0002">1<'),
    "no payment means": without(INVOICE, rb"<ram:SpecifiedTradeSettlementPaymentMeans>.*?PaymentMeans>"),
    "credit note without source": without(
        CREDIT_NOTE, rb"<ram:InvoiceReferencedDocument>.*?</ram:InvoiceReferencedDocument>"
    ),
    "line of another amount": with_(INVOICE, b"<ram:LineTotalAmount>701.00", b"<ram:LineTotalAmount>700.00"),
    "three decimals": with_(INVOICE, b"<ram:GrandTotalAmount>4921.20", b"<ram:GrandTotalAmount>4921.200"),
    "another type": with_(INVOICE, b">380<", b">389<"),
}
# What the schema and the rules see, and our own checks do not look at.
THEIRS = {
    "XSD": with_(
        INVOICE, b"<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>", b"<ram:Currency>EUR</ram:Currency>"
    ),
    "BR-FR-05_BT-22_PMD": cii.write(an_invoice(notes=PUBLIC_NOTES[:1] + PUBLIC_NOTES[2:])),
    "BR-FR-06_BT-21_PMT": cii.write(an_invoice(notes=PUBLIC_NOTES + PUBLIC_NOTES[:1])),
    "BR-FR-20_BT-21": with_(INVOICE, b">B2B<", b">B2G<"),
    "BR-FR-08_BT-23": with_(INVOICE, b">S1<", b">A1<"),
    "BR-FR-32-GLOBALID": with_(INVOICE, b'"0009">214499998', b'"0002">214499998'),
    "BR-FR-12_BT-49": without(
        INVOICE, rb'\s<ram:URIUniversalCommunication>\s*<ram:URIID schemeID="0225">2144.*?nication>'
    ),
    "BR-FR-21_BT-49": with_(INVOICE, b'"0225">214499998', b'"0088">214499998'),
    "BR-CO-09": with_(INVOICE, b'"VA">FR', b'"VA">'),
    "BR-CL-23|FX-SCH-A-000613": with_(INVOICE, b'"C62"', b'"XXX"'),
    "BR-CL-04|FX-SCH-A": with_(INVOICE, b">EUR<", b">EUX<"),
    "BR-E-10": without(
        cii.write(an_invoice(lines=(replace(SUBSCRIPTION, rate=0),), exemption=EXEMPTION)),
        rb"<ram:ExemptionReason>.*?Reason>",
    ),
    "CII-SR-470": without(INVOICE, rb"<ram:PayeePartyCreditorFinancialAccount>.*?CreditorFinancialAccount>"),
    "BR-FR-CO-09_BT-23-1": with_(INVOICE, b">S1<", b">S2<"),
    "BR-FR-CO-05_BT-3": without(CREDIT_NOTE, rb"<ram:FormattedIssueDateTime>.*?FormattedIssueDateTime>"),
    "BR-FR-23_BT-49": with_(INVOICE, b'"0225">214499998_', b'"0225">214499998@'),
    "BR-FR-32-LEGALID": with_(INVOICE, b'"0002">214499998<', b'"0002">2144999980<'),
    "BR-FR-CO-10_BT-46-1": with_(INVOICE, b'<ram:GlobalID schemeID="0009">2144', b"<ram:GlobalID>2144"),
    "BR-CO-03": with_(
        INVOICE,
        b"<ram:DueDateTypeCode>72</ram:DueDateTypeCode>",
        b'<ram:TaxPointDate><udt:DateString format="102">20261128</udt:DateString></ram:TaxPointDate><ram:DueDateTypeCode>72</ram:DueDateTypeCode>',
    ),
    "BR-CO-14": with_(INVOICE, b'EUR">820.20', b'EUR">820.19'),
    "BR-CO-16": with_(INVOICE, b"<ram:DuePayableAmount>4921.20", b"<ram:DuePayableAmount>4921.19"),
    "BR-S-08": with_(INVOICE, b"<ram:BasisAmount>4101.00", b"<ram:BasisAmount>4100.00"),
    "BR-FR-02_BT-1": with_(INVOICE, b">F-2026-00042</ram:ID>", b"> </ram:ID>"),
    "BR-16|XSD": re.sub(rb"<ram:IncludedSupplyChainTradeLineItem>.*Item>", b"", INVOICE, flags=re.DOTALL),
    "BR-27": with_(INVOICE, b"<ram:ChargeAmount>350.50", b"<ram:ChargeAmount>-350.50"),
}
RIGHT = {
    "invoice": an_invoice(),
    "credit note": a_credit_note(),
    "already paid": an_invoice(paid=an_invoice().totals.gross, bank=None),
    "paid by card": an_invoice(paid=an_invoice().totals.gross, bank=None, by_card=True),
    "paid in part, on debits": an_invoice(paid=100, vat_on_debits=True),
    "three rates, one exempt": an_invoice(
        lines=(SUBSCRIPTION, replace(SUBSCRIPTION, rate=850), replace(SUBSCRIPTION, rate=0)), exemption=EXEMPTION
    ),
    "bare": an_invoice(service_code="", engagement_number="", contract="", period=None, due_on=None),
    "Martinique": an_invoice(
        buyer=replace(BUYER, address=replace(BUYER.address, postcode="97240", city="Le François"))
    ),
}


@pytest.mark.parametrize("name", OURS)
def test_a_wrong_file_is_refused_by_our_own_checks(name: str) -> None:
    try:
        assert problems_of_file(read(OURS[name]))
    except Unreadable:
        assert name in ("three decimals", "another type")


def test_right_documents_are_made_and_wrong_files_refused_by_the_rules(tmp_path: Path) -> None:
    for name, document in RIGHT.items():
        made = issuing.make(document)
        assert made.problems == (), name
        assert made.facturx.startswith(b"%PDF")
        assert made.plain.startswith(b"%PDF")
    missed = {}
    for name, xml in THEIRS.items():
        found = [problem.code for problem in validation.rule_problems(xml)]
        if not any(re.match(name, code) for code in found):
            missed[name] = found
    assert missed == {}
    file = tmp_path / "F.pdf"
    file.write_bytes(issuing.make(an_invoice()).facturx)
    call_command("check_invoice", str(file), verbosity=0)


# ── Without an answer ────────────────────────────────────────────────────────

ANSWERS = "import json, os, socket, sys, time\nasked = socket.socket(fileno=int(sys.argv[1]))\nfor line in asked.makefile('rb'):\n"


def program(folder: Path, answer: str) -> Path:
    """A validator that answers each question so."""
    file = folder / "program.py"
    file.write_text(f"{ANSWERS}    {answer}\n")
    return file


@pytest.mark.parametrize(
    "answer",
    [
        "os.kill(os.getpid(), 9)",
        "time.sleep(60)",
        "asked.sendall(b'all is well\\n')",
        "asked.sendall(b'{}\\n')",
        "asked.sendall(b'null\\n')",
        "asked.sendall(b'{\"problems\": [1]}\\n')",
        "asked.sendall(b'{\"problems\"')",
        "raise MemoryError",
        "[asked.sendall(b' ') or time.sleep(0.02) for _ in range(10**6)]",
    ],
)
def test_a_validator_that_does_not_answer_has_checked_nothing(tmp_path: Path, answer: str) -> None:
    checker = Validation(program=program(tmp_path, answer), patience=0.5)
    with pytest.raises(NotChecked):
        checker.problems(INVOICE)


def test_an_answer_that_comes_too_late_is_not_that_to_the_next_question(tmp_path: Path) -> None:
    echo = "asked.sendall(json.dumps({'problems': [['XML', json.loads(line)['xml']]]}).encode() + b'\\n')"
    checker = Validation(program=program(tmp_path, f"time.sleep(2 * (b'slow' in line)); {echo}"), patience=0.5)
    with pytest.raises(NotChecked):
        checker.problems(b"slow")
    checker._patience = 30
    assert [found.sentence for found in checker.problems(b"quick")] == ["quick"]
    checker.close()


def test_the_validator_ends_when_nobody_asks_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, its = socket.socketpair()
    monkeypatch.setattr(validator, "IDLE", 0.01)
    monkeypatch.setattr(validator, "Validator", lambda: SimpleNamespace(problems=lambda xml: [("READ", xml)]))
    monkeypatch.setattr(sys, "argv", ["validator.py", str(its.detach())])
    monkeypatch.setattr(os, "nice", lambda by: 0)
    monkeypatch.setattr(os, "_exit", sys.exit)
    ours.sendall(b'{"xml": "<a/>"}\n')
    with pytest.raises(SystemExit) as end:
        validator.main()
    assert end.value.code == 0
    assert ours.recv(100) == b'{"problems": [["READ", "<a/>"]]}\n'
    assert ours.recv(100) == b""
    ours.close()


def test_a_validator_that_is_absent_has_checked_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotChecked):
        Validation(program=tmp_path / "absent.py").problems(INVOICE)


def test_after_a_crash_the_next_question_is_answered_by_another_process(tmp_path: Path) -> None:
    answer = "asked.sendall(json.dumps({'problems': [['PID', str(os.getpid())]]}).encode() + b'\\n')"
    checker = Validation(program=program(tmp_path, answer))
    first, again = (checker.problems(INVOICE)[0].sentence for _ in range(2))
    assert first == again  # it is kept
    os.kill(int(first), 9)
    with suppress(NotChecked):  # its end may be seen before the question or by it
        checker.problems(INVOICE)
    assert checker.problems(INVOICE)[0].sentence != first
    checker.close()


def test_without_a_check_an_invoice_is_not_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(validation, "_validation", Validation(program=tmp_path / "absent.py"))
    with pytest.raises(NotChecked):
        issuing.make(an_invoice())


def test_a_file_whose_container_or_xml_says_less_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "rule_problems", lambda xml: [])
    bare = printing.invoice_pdf(an_invoice(), xml=INVOICE)
    assert {found.code for found in issuing.check(bare)} == {"CONTAINER"}
    assert [found.code for found in issuing.make(an_invoice(exemption=EXEMPTION)).problems] == ["LOST"]


def test_the_command_says_what_is_wrong_and_what_could_not_be_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "F.pdf"
    with pytest.raises(CommandError, match="No such file"):
        call_command("check_invoice", str(file))
    file.write_bytes(b"x")
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("check_invoice", str(file))
    assert "NO_XML" in capsys.readouterr().out
    monkeypatch.setattr(issuing, "check_xml", _not_checked)
    monkeypatch.setattr(issuing, "xml_of", lambda pdf: INVOICE)
    with pytest.raises(CommandError, match="could not be checked") as refusal:
        call_command("check_invoice", str(file))
    assert refusal.value.returncode == 2


def test_the_command_knows_the_rates_that_operators_have_entered(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(issuing, "rule_problems", lambda xml: [])
    file, lines = tmp_path / "F.pdf", (replace(SUBSCRIPTION, rate=2_250),)
    file.write_bytes(issuing.make(an_invoice(lines=lines), demands=Demands(rates=frozenset({2_250}))).facturx)
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("check_invoice", str(file))
    assert "RATE: " in capsys.readouterr().out
    VatRate.objects.create(
        territory=Territory.MAINLAND, from_on=date(2027, 1, 1), basis_points=2_250, source="Une loi de finances"
    )
    call_command("check_invoice", str(file))


def _not_checked(xml: bytes, demands: object) -> None:
    raise NotChecked("Absent")
