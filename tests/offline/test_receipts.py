"""Receipts: no sign copied wrong opens another's, only digests are kept, and those made ahead wait for their sheets."""

from itertools import permutations

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consultations.framing.models import Consultation
from consultations.offline import codes
from consultations.offline.limits import RECEIPT_TRIES, RECEIPTS_UNKNOWN
from consultations.offline.models import Receipt
from consultations.offline.services.receipts import entry_under, receipts_to_print, reserve_sheets
from consultations.offline.services.refusals import ReceiptUnknown
from tenants.models import Municipality
from tests.offline.factories import entered, printed

CODES = st.builds(codes.draw)


@given(CODES)
def test_every_sign_mistyped_and_every_two_exchanged_are_recognised(code: str) -> None:
    assert codes.read(code) == code
    for place, right in enumerate(code):
        for sign in codes.ALPHABET:
            if sign != right:
                with pytest.raises(codes.ReceiptMistyped):
                    codes.read(code[:place] + sign + code[place + 1 :])
    for one, other in permutations(range(codes.LENGTH), 2):
        signs = list(code)
        signs[one], signs[other] = signs[other], signs[one]
        if signs != list(code):
            with pytest.raises(codes.ReceiptMistyped):
                codes.read("".join(signs))


@given(CODES)
def test_it_is_read_as_people_type_it(code: str) -> None:
    for typed in (codes.shown(code), code.lower(), f" {code[:2]}-{code[2:]}. ", "\u00a0".join(code)):
        assert codes.read(typed) == code


def test_what_is_no_receipt_says_why() -> None:
    for typed, refusal in {
        "": codes.ReceiptTooShort,
        "ABCD 234": codes.ReceiptTooShort,
        "ABCD 23456": codes.ReceiptTooShort,
        "0BCD 2345": codes.ReceiptSignUnknown,
        "ABCD 234É": codes.ReceiptSignUnknown,
        "ABCD 234\u0660": codes.ReceiptSignUnknown,
    }.items():
        with pytest.raises(refusal):
            codes.read(typed)
    assert not set("01ILOU") & set(codes.ALPHABET)
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 30


def test_no_network_alone_keeps_a_city_from_its_receipts() -> None:
    """What a whole city may try is more than any one network may."""
    (city,) = RECEIPTS_UNKNOWN.rates
    for rate in RECEIPT_TRIES.rates:
        assert city.amount / city.seconds > 5 * rate.amount / rate.seconds


def test_what_is_printed_opens_nothing_yet_and_stands_nowhere_else(in_saran: Municipality) -> None:
    first, second = printed(3), printed(2)
    assert [number for number, _code in first + second] == [1, 2, 3, 4, 5]
    assert len({code for _number, code in first + second}) == 5
    # Neither the signs nor anything they are worked out from without the key.
    kept = {str(each) for row in Receipt.objects.values_list() for each in row}
    assert not kept & {codes.read(code) for _number, code in first}
    assert Receipt.objects.get(sheet=1).digest != codes.digest_of(b"", codes.read(first[0][1]))
    with pytest.raises(ReceiptUnknown):
        entry_under(first[0][1])


def test_made_again_receipts_are_others_and_only_the_last_open(in_saran: Municipality) -> None:
    """What was drawn for a file that was never kept is on no paper."""
    consultation = Consultation.objects.get(is_current=True)
    ((number, lost),) = printed(1)
    (kept,) = receipts_to_print(consultation=consultation, sheets=[number], at=timezone.now())
    made = entered(sheet=number)
    assert entry_under(kept).pk == made.entry.pk
    with pytest.raises(ReceiptUnknown):
        entry_under(lost)


def test_numbers_that_somebody_has_typed_are_left_out(in_saran: Municipality) -> None:
    entered(sheet=3)
    entered(sheet=1_900_000_000)
    reserved = reserve_sheets(
        consultation=Consultation.objects.get(is_current=True), count=5, after=1, at=timezone.now()
    )
    assert list(reserved) == [4, 5, 6, 7, 8]


def test_what_is_typed_before_its_sheet_is_made_is_opened_by_it(in_saran: Municipality) -> None:
    consultation = Consultation.objects.get(is_current=True)
    (number,) = reserve_sheets(consultation=consultation, count=1, after=0, at=timezone.now())
    made = entered(sheet=number)
    assert made.code == ""
    (code,) = receipts_to_print(consultation=consultation, sheets=[number], at=timezone.now())
    assert entry_under(code).pk == made.entry.pk


def test_no_receipt_is_taken_for_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter("2" * 7 + "3" * 7 + "A" * 7 + "B" * 7)
    monkeypatch.setattr(codes.secrets, "choice", lambda signs: next(drawn))
    assert codes.draw().startswith(("AAAA", "BBBB"))
