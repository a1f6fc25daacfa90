"""A kept page as it lies in memory: cut where it differs from person to person, and packed for the wire only once.

Each part is compressed for itself, so that a person's own words go in between (RFC 1951: blocks may end on a byte, and
a block may hold bytes as they are).
"""

import gzip
import re
import secrets
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cache
from operator import add
from threading import Lock
from typing import Any, NamedTuple

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_TOKEN_LENGTH, get_token
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import get_conditional_response, patch_vary_headers

from common.clock import Validity

# No page is kept for longer, read or not.
KEEP_SECONDS = 3600
_FORMS_MAX = 200
# Of what a view says of its page, what is kept with it.
OWN_HEADERS = ("Content-Type", "Content-Security-Policy", "ETag")
# What differs from one form of a page to the next.
FORM_PART = b"<!--form-->"
# Nobody can type it: what people write is escaped.
HOLE = re.compile(rb"<!--hole:([a-z]+)(?::(\d+))?-->")
# The token of a form belongs to one visitor: a kept page has a NUL there, which no page has otherwise.
_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]*"')
_CUT = re.compile(rb"(<!--hole:[a-z]+(?::\d+)?-->)")
# Bytes of somebody's own part that is not worth compressing.
_SMALL = 400


class Hole(NamedTuple):
    name: str
    of: int | None


TOKEN = Hole("", None)


def mark_of(hole: Hole) -> bytes:
    """What stands in the page for it."""
    if hole == TOKEN:
        return b"\0"
    return (f"<!--hole:{hole.name}-->" if hole.of is None else f"<!--hole:{hole.name}:{hole.of}-->").encode()


def without_tokens(page: bytes) -> bytes:
    return _TOKEN.sub(b'\\1\x00"', page) if b"csrfmiddlewaretoken" in page else page


def _hole(found: re.Match[bytes]) -> Hole:
    return Hole(found[1].decode(), int(found[2]) if found[2] else None)


# The signs of a token, and the place of each among them. Of 256 values of a byte, those that make each sign as likely
# as any other; the rest is thrown away.
_SIGNS = CSRF_ALLOWED_CHARS.encode()
_SIGN_AT = bytes(_SIGNS[value % len(_SIGNS)] for value in range(256))
_PLACE_OF = bytes(max(0, _SIGNS.find(value)) for value in range(256))
_PLACE_BY_LOT = bytes(value % len(_SIGNS) for value in range(256))
_UNEVEN = bytes(range(256 - 256 % len(_SIGNS), 256))


def token_of(request: HttpRequest) -> bytes:
    """The token of this visitor's forms, masked anew, as Django's own `get_token` at a tenth of its cost.

    Whoever has the cookie already is not sent it again, as on every other page with a form, which thereby renews it.
    """
    token: bytes | None = getattr(request, "kept_token", None)
    if token is None:
        secret = request.META.get("CSRF_COOKIE")
        token = _masked(secret.encode()) if secret else get_token(request).encode()
        request.kept_token = token  # type: ignore[attr-defined]
    return token


def _masked(secret: bytes) -> bytes:
    mask = b""
    while len(mask) < len(secret):
        mask = secrets.token_bytes(2 * len(secret)).translate(_PLACE_BY_LOT, _UNEVEN)[: len(secret)]
    moved = bytes(map(add, secret.translate(_PLACE_OF), mask))
    return (mask + moved).translate(_SIGN_AT)


class Cut:
    """A page, cut at its holes and tokens."""

    __slots__ = ("_packed", "_whole", "has_token", "holes", "parts")

    def __init__(self, page: bytes) -> None:
        self.parts: list[bytes] = []
        # By their place among the parts.
        self.holes: dict[int, Hole] = {}
        for token, between in enumerate(page.split(b"\0")):
            if token:
                self._leave(TOKEN)
            for number, piece in enumerate(_CUT.split(between)):
                if found := HOLE.fullmatch(piece) if number % 2 else None:
                    self._leave(_hole(found))
                elif piece:
                    self.parts.append(piece)
        self.has_token = TOKEN in self.holes.values()
        self._packed: list[bytes | None] | None = None
        self._whole: bytes | None = None

    def _leave(self, hole: Hole) -> None:
        self.holes[len(self.parts)] = hole
        self.parts.append(b"")

    def filled(self, fill: Callable[[Hole], bytes]) -> list[bytes]:
        parts = self.parts.copy()
        for number, hole in self.holes.items():
            parts[number] = fill(hole)
        return parts

    def packed(self, parts: Sequence[bytes], whole: bytes) -> bytes:
        """`parts`: this page's, filled; `whole`: all of them. As gzip."""
        self.pack()
        if self._whole is not None:  # it holds nothing of anybody's
            return self._whole
        body = [_header()]
        for number, ready in enumerate(self._packed or ()):
            part = parts[number]
            if ready is None:
                ready = _deflated(part) if len(part) >= _SMALL else _stored(part)
                # Words that follow may lie at a distance from those before it.
                assert self.holes[number] is not TOKEN or len(part) == CSRF_TOKEN_LENGTH
            body.append(ready)
        body.append(b"\x03\x00" + struct.pack("<II", zlib.crc32(whole), len(whole) & 0xFFFFFFFF))
        return b"".join(body)

    def pack(self) -> None:
        """Compress what is the same for all, once."""
        if not self.holes and self._whole is None:
            self._whole = gzip.compress(b"".join(self.parts), 6, mtime=0)
        elif self.holes and self._packed is None:
            self._packed = self._pack()

    def _pack(self) -> list[bytes | None]:
        """What is the same for all, compressed; None where something goes in between.

        A token is as long as any other, so that what follows it may refer to what stands before it: in its place are
        signs that no page has, to which nothing refers. After any other hole everything begins anew.
        """
        packed: list[bytes | None] = []
        packer = zlib.compressobj(6, wbits=-15)
        for number, part in enumerate(self.parts):
            hole = self.holes.get(number)
            if hole is None:
                packed.append(packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH))
                continue
            packed.append(None)
            if hole is TOKEN:
                packer.compress(b"\0" * CSRF_TOKEN_LENGTH)
                packer.flush(zlib.Z_SYNC_FLUSH)
            else:
                packer = zlib.compressobj(6, wbits=-15)
        return packed


def _header() -> bytes:
    """With a name of another length each time, as Django's own: lengths tell nothing of a token (BREACH)."""
    return b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"a" * (1 + secrets.randbelow(100)) + b"\0"


def _deflated(part: bytes) -> bytes:
    packer = zlib.compressobj(1, wbits=-15)
    return packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH)


def _stored(part: bytes) -> bytes:
    return b"\x00" + struct.pack("<HH", len(part), len(part) ^ 0xFFFF) + part if part else b""


class Dependency(NamedTuple):
    """On something that may change soon (common.pagecache.depends_on)."""

    look: Callable[[], object] | None = None
    shows: object = None
    in_holes: bool = False

    def leaves_it_alone(self) -> bool:
        """Whether a change of it leaves the page as it was made, but for its holes if it is seen there."""
        return self.look() == self.shows if self.look else self.in_holes


class KeptPage:
    """A page made as for a visitor, and until when it is known to hold (common.pagecache)."""

    __slots__ = (
        *("cut", "headers", "is_framed", "scopes", "soon", "known_at", "of_view"),
        *("for_all", "for_most", "for_visitors", "make_form", "of_forms", "parts", "validity", "whole"),
    )

    def __init__(
        self,
        made: HttpResponse,
        *,
        scopes: dict[str, Dependency] | None,
        soon: int,
        known_at: float,
        validity: Validity,
        of_view: Any = None,
        make_form: Callable[[Any], str] | None = None,
    ) -> None:
        # Where it has several forms, `whole` is what they have in common, and these are kept here, by what says which.
        content, self.make_form = without_tokens(made.content), make_form
        self.whole = content if make_form else b""
        self.of_forms: dict[str, KeptPage] = {}
        self.cut = Cut(content if make_form is None else b"")
        # What it is, and what it may do, where its view says so; whether other sites may show it in a frame.
        self.headers = {name: made.headers[name] for name in OWN_HEADERS if name in made.headers}
        self.is_framed = bool(getattr(made, "xframe_options_exempt", False))
        # What it depends on; None: on everything.
        self.scopes = scopes
        self.soon, self.known_at = soon, known_at
        # Until when, for time alone; all of its forms have the same, and all that is made for them counts.
        self.validity = validity
        # The match of its address, and what its view was called with. Whether somebody without any role came to it so.
        self.of_view: tuple[Any, dict[str, Any]] | None = of_view
        self.for_all = False
        self.for_visitors: Cut | None = None
        # For those who have nothing of their own on it: no holes but those that the page has once.
        self.for_most: Cut | None = None
        # Fillings of its holes that are the same for many.
        self.parts: dict[str, bytes] = {}

    def form(self, name: str) -> "KeptPage | None":
        """The page as this reader gets it, if it was made."""
        return self if self.make_form is None else self.of_forms.get(name)

    def emptied(self) -> "KeptPage":
        """The same with nothing that filled its holes. Another one: some reader may have this one in hand."""
        page = copy(self)
        page.for_most, page.for_visitors, page.parts = None, None, {}
        page.of_forms = {}
        return page

    def with_form(self, name: str, part: bytes) -> "KeptPage":
        if self.make_form is None:
            return self
        form = copy(self)
        form.make_form, form.whole, form.of_forms = None, b"", {}
        form.for_most, form.for_visitors, form.parts = None, None, {}
        form.cut = Cut(self.whole.replace(FORM_PART, without_tokens(part), 1))
        if len(self.of_forms) >= _FORMS_MAX:
            self.of_forms.clear()
        self.of_forms[name] = form
        return form

    def holds(self, *, soon: int, at: float) -> None:
        """It was found to be as it should, `at` a moment when so much had changed."""
        self.soon, self.known_at = max(self.soon, soon), max(self.known_at, at)


class Slot:
    """The place of a page in this process, the lock of whoever makes it, and how many are there."""

    __slots__ = ("lock", "page", "readers")

    def __init__(self) -> None:
        self.lock = Lock()
        self.readers = 0
        self.page: KeptPage | None = None


def kept_slot(key: str) -> Slot | None:
    found: Slot | None = _pages().get(key)
    return found


@cache
def _pages() -> Any:
    """One for all threads: it has one lock and one memory in any case, and they need not look for their own."""
    return caches.create_connection("pages")


@contextmanager
def slot_of(key: str) -> Iterator[Slot]:
    """The same one for all who want this page now. Where nothing came to be kept, it goes with the last of them."""
    with _coming_and_going:
        slot = kept_slot(key)
        if slot is None:
            slot = Slot()
            _pages().set(key, slot, KEEP_SECONDS)
        slot.readers += 1
    try:
        yield slot
    finally:
        with _coming_and_going:
            slot.readers -= 1
            if slot.page is None and not slot.readers:
                _pages().delete(key)


_coming_and_going = Lock()


class Memory(LocMemCache):
    """This process's memory, things as they are: no copies."""

    # Django's, unknown to its stubs.
    _lock: Any
    _cache: Any
    _has_expired: Any
    _delete: Any
    _set: Any

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(key):
                self._delete(key)
                return default
            self._cache.move_to_end(key, last=False)
            return self._cache[key]

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            self._set(key, value, timeout)


class KeptResponse(HttpResponse):
    """A kept page, filled. Whoever changes its content has it compressed like any other."""

    parts: list[bytes] | None = None
    cut: Cut

    def __init__(self, cut: Cut, parts: list[bytes], **kwargs: Any) -> None:
        super().__init__(b"".join(parts), **kwargs)
        self.cut, self.parts = cut, parts

    @property
    def content(self) -> bytes:
        return super().content

    @content.setter
    def content(self, value: Any) -> None:
        self.parts = None
        HttpResponse.content.fset(self, value)  # type: ignore[attr-defined]


_ACCEPTS_GZIP = re.compile(r"\bgzip\b")
_REFUSES_GZIP = re.compile(r"\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)")


def _unchanged(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or not isinstance(response, HttpResponse):
        return response
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response


class PackingMiddleware(GZipMiddleware):
    """Django's compression, but for kept pages, which are compressed already. Who has it already is only told so."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.has_header("ETag") and (unchanged := _unchanged(request, response)) is not response:
            return unchanged
        encodings = request.META.get("HTTP_ACCEPT_ENCODING", "")
        if _REFUSES_GZIP.search(encodings):  # Django reads the word alone
            patch_vary_headers(response, ("Accept-Encoding",))
            return response
        if not isinstance(response, KeptResponse) or response.parts is None:
            return super().process_response(request, response)
        if _ACCEPTS_GZIP.search(encodings):
            response.content = response.cut.packed(response.parts, response.content)
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))
        return response
