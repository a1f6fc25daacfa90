"""Cases that went wrong elsewhere, and that no other file of these tests has."""

import re
import threading
from pathlib import Path

import billing
from billing.documents import cii, issuing
from billing.documents.validation import Validation
from billing.models import Invoice
from billing.services.mailing import file_name
from tenants.models import Municipality
from tests.billing.buying import deliver, issued_at_once, subscribed
from tests.billing.documents import START, a_credit_note, an_invoice
from tests.billing.fake import FakeStripe
from tests.billing.test_documents_rules import program

__all__ = ["issued_at_once"]


def test_a_price_is_net_and_alone() -> None:
    """A gross price without an allowance is refused by some portals."""
    xml = cii.write(an_invoice()).decode()
    assert xml.count("<ram:NetPriceProductTradePrice>") == 2
    assert "GrossPrice" not in xml


def test_each_number_stands_where_a_public_buyer_looks_for_it() -> None:
    """One identifier of the buyer: the SIRET. Engagement number, service code and process have their own fields."""
    xml = re.sub(r">\s+<", "><", cii.write(an_invoice()).decode())
    buyer = xml[xml.index("<ram:BuyerTradeParty>") : xml.index("</ram:BuyerTradeParty>")]
    assert re.findall(r'<ram:GlobalID schemeID="(\d+)">(\d+)<', buyer) == [("0009", "21449999800018")]
    assert '<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">214499998<' in buyer
    assert '<ram:URIID schemeID="0225">214499998_21449999800018<' in buyer
    assert "<ram:BuyerReference>FINANCES<" in xml  # BT-10
    assert "<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>2026-BC-001873<" in xml  # BT-13
    assert "<ram:BusinessProcessSpecifiedDocumentContextParameter><ram:ID>S1<" in xml  # BT-23
    assert re.findall(r"<ram:SubjectCode>(\w+)<", xml) == ["PMT", "PMD", "AAB", "BAR"]


def test_a_credit_note_is_positive_names_its_invoice_with_its_day_and_asks_for_no_money() -> None:
    xml = re.sub(r">\s+<", "><", cii.write(a_credit_note()).decode())
    assert "<ram:TypeCode>381<" in xml
    assert "-" not in "".join(re.findall(r"Amount[^>]*>([^<]*)<", xml))
    assert "<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>F-2026-00042<" in xml
    assert ">20261128<" in xml[xml.index("<ram:InvoiceReferencedDocument>") :]
    assert "PaymentMeans" not in xml


def test_files_are_such_as_chorus_pro_takes() -> None:
    """Names of fifty signs, ten megabytes: with the longest number that there may be, and many lines."""
    for is_plain in (False, True):
        assert len(file_name(Invoice(number="F" * 20), plain=is_plain)) <= 50
    made = issuing.make(an_invoice(lines=(START,) * 60, period=None))
    assert made.problems == ()
    assert max(len(made.facturx), len(made.plain)) < 1_000_000


def test_numbers_go_on_over_months_and_years_and_are_never_given_anew(
    saran: Municipality, fake_stripe: FakeStripe, issued_at_once: None
) -> None:
    subscribed(saran, fake_stripe, years=3)
    for days in (1, 32, 334, 366):
        fake_stripe.later(days=days)
        deliver(fake_stripe, copies=2)
    rows = list(Invoice.objects.order_by("issued_on", "pk").values_list("number", "issued_on__year"))
    assert [number for number, _year in rows] == [f"FAC-{place:05d}" for place in range(1, len(rows) + 1)]
    assert len({year for _number, year in rows}) == len(rows) == 3


def test_those_who_ask_the_validator_at_once_are_answered_in_turn_by_one(tmp_path: Path) -> None:
    """Several processors in one process kill it: whoever asks while another is answered would be told so."""
    answer = (
        "import select; time.sleep(0.05); more = select.select([asked], [], [], 0)[0]; "
        "asked.sendall(json.dumps({'problems': [[str(os.getpid()), 'two' if more else 'one']]}).encode() + b'\\n')"
    )
    validation = Validation(program=program(tmp_path, answer), patience=20)
    found: list[tuple[str, str]] = []
    threads = [
        threading.Thread(
            target=lambda: found.extend((each.code, each.sentence) for each in validation.problems(b"<x/>"))
        )
        for _unused in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    validation.close()
    assert len(found) == 4
    assert len({code for code, _said in found}) == 1
    assert {said for _code, said in found} == {"one"}


def test_the_librarys_own_check_which_calls_a_wrong_invoice_right_is_not_used() -> None:
    for file in Path(billing.__file__).parent.rglob("*.py"):
        assert "xml_check_schematron" not in file.read_text(), file
        assert "generate_from_binary" not in file.read_text(), file
