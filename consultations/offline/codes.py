"""Receipts: seven signs and one that checks them, so that what is copied wrong is told, and never opens another's.

Weights are all different and none is a multiple of 31, which is prime and more than there are signs: whatever sign is
replaced by another one, and whatever two change their places, the sum is no longer a multiple of it. (One remainder has
no sign: such seven are drawn again.)
"""

import hashlib
import hmac
import re
import secrets
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal

# None that is taken for another: neither 0 and O, nor 1, I and L, nor U and V.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_MODULUS = 31
_WEIGHTS = range(LENGTH, 0, -1)  # the last sign, which checks, counts once
_BETWEEN = re.compile(r"[\s.·–—_-]+")


class ReceiptMistyped(Refusal):
    """No receipt is written so: nobody's is looked for."""

    code = "receipt_mistyped"
    status = 422
    message = _("One character of it is not as it is on the paper. Compare them one by one.")


class ReceiptTooShort(ReceiptMistyped):
    code = "receipt_incomplete"
    message = _("A receipt has eight characters, such as ABCD 2345. Type all of them.")


class ReceiptSignUnknown(ReceiptMistyped):
    code = "receipt_sign_unknown"
    message = _("A receipt never has 0, 1, I, L, O or U. Perhaps it is one that looks like it: 8, 7, J, T, Q or V.")


def draw() -> str:
    """Drawn, not made of anything: it says neither who nor what. Never of figures alone, as numbers of sheets are."""
    while True:
        signs = "".join(secrets.choice(ALPHABET) for _unused in range(LENGTH - 1))
        check = -_sum(signs) % _MODULUS
        if check < len(ALPHABET) and not signs.isdigit():
            return signs + ALPHABET[check]


def read(typed: str) -> str:
    """The signs of a receipt, whatever its case and what stands between them. Raises ReceiptMistyped."""
    signs = _BETWEEN.sub("", typed).upper()
    if len(signs) != LENGTH:
        raise ReceiptTooShort
    if not set(signs) <= set(ALPHABET):
        raise ReceiptSignUnknown
    if _sum(signs) % _MODULUS:
        raise ReceiptMistyped
    return signs


def shown(code: str) -> str:
    """As it is printed and read aloud."""
    return f"{code[:4]} {code[4:]}"


# Slow for whoever tries them all, even with the key in hand: 20,000,000,000 receipts.
_ROUNDS = 20_000


def digest_of(key: bytes, code: str) -> UUID:
    """What is kept of it, as of a password: not worked out from a copy of the city, without the key."""
    slow = hashlib.pbkdf2_hmac("sha256", code.encode(), key, _ROUNDS)
    return UUID(bytes=hmac.digest(key, slow, hashlib.sha256)[:16])


def _sum(signs: str) -> int:
    return sum(weight * ALPHABET.index(sign) for weight, sign in zip(_WEIGHTS, signs, strict=False))
