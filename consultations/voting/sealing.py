"""How ballots are found and read: only with the key of their vote (tenants.keys), which the close destroys.

A ballot has the keyed hash of its voter for a name. What is in it is encrypted with the name as its context, so that no
ballot can stand in another's place, and always has the same length.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# Numbers of items go from 1 to this: a bit for each.
MOST_ITEMS = 200
_MASK, _NONCE, RECEIPT_LENGTH = 32, 12, 10
# Thirty-two signs, five bits each; none that looks like another one.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Choice:
    """Numbers of items; of what is confirmed, its receipt and the minute."""

    items: frozenset[int]
    receipt: str = ""
    at: datetime | None = None


def name_of(key: bytes, voter: str) -> UUID:
    """Of the ballot of a voter, or of a code: nobody finds it without the key, nor its voter by it."""
    return UUID(bytes=_derived(key, f"name:{voter}")[:16])


def order_of(key: bytes, voter: str, items: Collection[int]) -> list[int]:
    """The same for the same voter, another for another."""
    return sorted(items, key=lambda number: _derived(key, f"order:{voter}:{number}"))


def new_receipt() -> str:
    """Drawn, not made of anything: it says neither who nor what."""
    return drawn(RECEIPT_LENGTH)


def drawn(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _unused in range(length))


def as_drawn(typed: str) -> str:
    """What somebody copied from paper, whatever its case and spaces, and letters taken for figures."""
    return "".join(sign for sign in typed.upper().translate(_READ_AS) if sign in ALPHABET)


def seal(key: bytes, ballot: UUID, choice: Choice, *, is_draft: bool) -> bytes:
    mask = sum(1 << number for number in choice.items)
    minute = int((choice.at - _EPOCH).total_seconds() // 60) if choice.at else 0
    plain = mask.to_bytes(_MASK, "big") + choice.receipt.ljust(RECEIPT_LENGTH).encode() + minute.to_bytes(4, "big")
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(key).encrypt(nonce, plain, _context(ballot, is_draft))


def unseal(key: bytes, ballot: UUID, sealed: bytes | memoryview, *, is_draft: bool) -> Choice:
    """Raises cryptography.exceptions.InvalidTag for what is not this ballot."""
    sealed = bytes(sealed)
    plain = _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _context(ballot, is_draft))
    mask = int.from_bytes(plain[:_MASK], "big")
    items = frozenset(number for number in range(1, MOST_ITEMS + 1) if mask >> number & 1)
    receipt = plain[_MASK : _MASK + RECEIPT_LENGTH].decode().strip()
    minute = int.from_bytes(plain[-4:], "big")
    at = datetime.fromtimestamp(_EPOCH.timestamp() + 60 * minute, tz=UTC) if minute else None
    return Choice(items, receipt, at)


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(_derived(key, "seal"))


def _context(ballot: UUID, is_draft: bool) -> bytes:
    return ballot.bytes + (b"draft" if is_draft else b"vote")


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, purpose.encode(), hashlib.sha256)
