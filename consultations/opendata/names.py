"""What people and rows are called in files that anybody takes along.

Names are made with a key of the city, which never leaves it (tenants.keys): nobody works out from one who it is, nor
which row of another consultation is by the same person. Within a consultation they stay the same, whenever it is read.
"""

import hashlib
import hmac
from base64 import b32encode
from typing import Any

# No vowels: no name is a word. No figures either: none is taken for a number (import_lines.author).
_LETTERS = "bcdfghjklmnpqrstvwxz"
_LENGTH = 10
_ID_BYTES = 10


class Names:
    """Of one consultation. `url`: where the city is."""

    def __init__(self, key: bytes, *, consultation: int, url: str) -> None:
        self._key, self._consultation, self._url = key, consultation, url.rstrip("/")

    def of(self, table: str, pk: int | None) -> str | None:
        """What a row of a table is called, there and wherever another one refers to it."""
        if pk is None:
            return None
        return b32encode(self._derived(f"{table}:{pk}")[:_ID_BYTES]).decode().lower()

    def author(self, row: Any) -> str | None:
        """A pseudonym for who wrote it, whatever name they show on the site; None for somebody who has left."""
        if row.author_id is not None:
            return self._pseudonym(f"person:{row.author_id}")
        return self._pseudonym(f"name:{row.imported_author}") if row.imported_author else None

    def person(self, pk: int | None) -> str | None:
        return self._pseudonym(f"person:{pk}") if pk is not None else None

    def address(self, path: str) -> str:
        return f"{self._url}{path}"

    def _pseudonym(self, said: str) -> str:
        number = int.from_bytes(self._derived(said)[:16], "big")
        letters = []
        for _each in range(_LENGTH):
            number, place = divmod(number, len(_LETTERS))
            letters.append(_LETTERS[place])
        return "".join(letters)

    def _derived(self, said: str) -> bytes:
        return hmac.digest(self._key, f"{self._consultation}:{said}".encode(), hashlib.sha256)
