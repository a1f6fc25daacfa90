"""Receipts: no sign copied wrong opens another's, only digests are kept, and those made ahead wait for their sheets."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consultations.framing.models import Consultation
from consultations.offline import codes
from consultations.offline.limits import RECEIPT_TRIES, RECEIPTS_UNKNOWN
from consultations.offline.models import Receipt
from consultations.offline.services.receipts import entry_under, print_receipts
from consultations.offline.services.refusals import ManySheets, ReceiptUnknown
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

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


def test_a_run_of_sheets_goes_on_where_the_last_ended(in_saran: Municipality) -> None:
    consultation = Consultation.objects.get(is_current=True)
    by, at = UserFactory(), timezone.now()
    first = print_receipts(consultation=consultation, amount=3, by=by, at=at)
    second = print_receipts(consultation=consultation, amount=2, by=by, at=at + timedelta(minutes=1))
    assert [number for number, _code in first + second] == [1, 2, 3, 4, 5]
    assert len({code for _number, code in first + second}) == 5
    # Neither the signs nor anything they are worked out from without the key.
    kept = {str(each) for row in Receipt.objects.values_list() for each in row}
    assert not kept & {codes.read(code) for _number, code in first}
    assert Receipt.objects.get(sheet=1).digest != codes.digest_of(b"", codes.read(first[0][1]))
    with pytest.raises(ReceiptUnknown):
        entry_under(first[0][1])
    for amount in (0, 2001):
        with pytest.raises(ManySheets):
            print_receipts(consultation=consultation, amount=amount, by=by, at=at)
