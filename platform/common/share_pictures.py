"""The picture of a page where people share it (Open Graph): its title, set by Typst in 1200 × 630.

Made on first request, by one at a time, and kept in Redis: one picture a page, replaced once the page says or looks
otherwise. Which page may have one is for the caller to say, at each request.
"""

import json
import re
import time
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import typst
from django.core.cache import caches

from common.tones import INK, INK_SOFT, PAPER, tones
from common.typeset import fonts

WIDTH, HEIGHT = 1200, 630

_HERE = Path(__file__).parent
_TEMPLATE = (_HERE / "share_picture.typ").read_bytes()
_TYPST = version("typst")
_MARK = (_HERE / "templates/common/illustrations/city_mark.svg").read_text()
_DAYS_KEPT = 30
# Seconds that one waits for another's making of the very same picture; it takes a twentieth of one.
_WAITING = 3
# A word that no line holds is broken; nobody sees the sign that allows it.
_TOO_LONG = re.compile(r"(\S{24})(?=\S)")
# What our fonts and Typst's have signs for: Latin, Greek and Cyrillic; punctuation, currencies, arrows, mathematics.
_DRAWN = (range(0x0530), range(0x1E00, 0x2300))
# « 22 h » stays on one line.
_UNIT = re.compile(r"(?<=\d) (?=\w{1,2}\b)")


@dataclass(frozen=True)
class ShareCard:
    """All that a picture shows. Colours are "#rrggbb"; `logo` is the digest of the city's, or empty."""

    title: str
    kicker: str
    colour: str
    city: str
    host: str
    city_colour: str
    logo: str = ""

    @property
    def digest(self) -> str:
        """Names the picture in its address: other words, other looks, another name."""
        says = json.dumps(asdict(self), sort_keys=True).encode()
        return blake2b(_TEMPLATE + _TYPST.encode() + says, digest_size=10).hexdigest()


def share_picture(page: str, card: ShareCard, *, logo: Callable[[str], bytes | None]) -> bytes:
    """The PNG of a page, kept or made. `page` names it within the city; `logo` gives the picture of a digest."""
    if kept := _kept(page, card):
        return kept
    store, making = caches["default"], f"{_key(page)}|making"
    is_first = store.add(making, card.digest, _WAITING)
    until = time.monotonic() + _WAITING
    while not is_first and time.monotonic() < until:
        time.sleep(0.02)
        if kept := _kept(page, card):
            return kept
        is_first = store.add(making, card.digest, _WAITING)
    png = drawn(card, logo=logo(card.logo) if card.logo else None)
    store.set(_key(page), {"digest": card.digest, "png": b64encode(png).decode()}, _DAYS_KEPT * 86400)
    store.delete(making)
    return png


def forget_share_picture(page: str) -> None:
    caches["default"].delete(_key(page))


def _key(page: str) -> str:
    return f"share-picture|{page}"


def _kept(page: str, card: ShareCard) -> bytes | None:
    found = caches["default"].get(_key(page))
    return b64decode(found["png"]) if found and found["digest"] == card.digest else None


def drawn(card: ShareCard, *, logo: bytes | None = None) -> bytes:
    """The picture as a PNG."""
    title, kicker = _drawable(card.title), _drawable(card.kicker)
    if not any(sign.isalnum() for sign in title):  # in letters that no font of ours has: what it belongs to is named
        title, kicker = kicker, ""
    shown = {
        "title": _TOO_LONG.sub("\\1\u200b", _UNIT.sub("\u00a0", title)),
        "kicker": kicker,
        "city": card.city,
        "host": card.host,
        "tones": tones(card.colour)[0],
        "paper": PAPER,
        "ink": INK,
        "soft": INK_SOFT,
        "mark": as_svg(logo) if logo else city_drawing(tones(card.city_colour)[0]["mark"]),
    }
    inputs = {"shown": json.dumps(shown, ensure_ascii=False)}
    png = typst.compile(_TEMPLATE, font_paths=fonts(), format="png", ppi=144, sys_inputs=inputs)
    assert isinstance(png, bytes)
    return png


def _drawable(words: str) -> str:
    """Without the signs that would leave a hole, and without the hole."""
    signs = [sign for sign in words if any(ord(sign) in drawn for drawn in _DRAWN)]
    return " ".join("".join(sign for sign in signs if unicodedata.category(sign) not in ("Cf", "Me")).split())


def city_drawing(colour: str) -> str:
    """What stands for a city without a logo."""
    return _MARK.replace("currentColor", colour)


def as_svg(png: bytes) -> str:
    """Words are all that Typst takes. A PNG says its size in its first bytes."""
    width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))
    drawing = f'<image width="{width}" height="{height}" href="data:image/png;base64,{b64encode(png).decode()}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{drawing}</svg>'
