"""Documents and pictures that Typst sets, in our fonts: words are handed over as data and never read as markup."""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import typst

# Stands where a text has letters that none of our fonts has: an accessible PDF may not hold one.
NOT_DRAWN = "[…]"
# What our fonts and Typst's have signs for: Latin, Greek and Cyrillic; punctuation, currencies, arrows, mathematics.
_DRAWN = (
    range(0x20, 0x7F),
    range(0xA0, 0x0485),
    range(0x048A, 0x0500),
    range(0x1E00, 0x2041),
    range(0x2044, 0x2053),
    range(0x2054, 0x20D0),
    range(0x2190, 0x2400),
)
# Formats, and marks that go round a sign: nothing of them is seen by itself.
_UNSEEN = frozenset({"Cf", "Cc", "Me"})
# How an emoji is to look, in which skin: there is one of each, in the colour of the words.
_LOOKS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_FONTS = Path(__file__).parent / "fonts"
# A word that no line holds is broken; nobody sees the sign that allows it.
_TOO_LONG = re.compile(r"(\S{24})(?=\S)")
_HOLES = re.compile(r"\x00+")


@cache
def fonts() -> typst.Fonts:
    """Ours; letters that they lack come from those inside Typst."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(_FONTS)])


def pdf(template: bytes, content: dict[str, Any], *, exact: dict[str, str] | None = None) -> bytes:
    """An accessible PDF (PDF/UA-1) of what the template makes of `content`, and of `exact`: drawings and addresses,
    which nobody has typed, and which stay sign by sign what they are.
    """
    return _compiled(template, content, exact, format="pdf", pdf_standards=["ua-1"])


def png(template: bytes, content: dict[str, Any], *, exact: dict[str, str] | None = None, ppi: int = 72) -> bytes:
    """The first page as a picture: a point is a pixel."""
    return _compiled(template, content, exact, format="png", ppi=ppi)


# Typst remembers what it has laid out in its last ten documents.
_REMEMBERED = 10


def let_go() -> None:
    """Of what long documents have left in the memory of this process: some ten milliseconds."""
    for _unused in range(_REMEMBERED + 2):
        pdf(b'#set document(title: "-")', {})


def leaves_gaps(content: dict[str, Any]) -> bool:
    """Whether it has letters that cannot be drawn: a document says so, and where they can be read."""
    return NOT_DRAWN in json.dumps(_printable(content), ensure_ascii=False)


def _compiled(template: bytes, content: dict[str, Any], exact: dict[str, str] | None, **how: Any) -> bytes:
    inputs = {"exact": json.dumps(exact or {}), "content": json.dumps(_printable(content), ensure_ascii=False)}
    try:
        made = typst.compile(template, font_paths=fonts(), sys_inputs=inputs, **how)
    except typst.TypstError:
        # Marks upon marks that no font draws: Latin letters alone, and the same sign for the others.
        inputs["content"] = json.dumps(_printable(content, only_latin=True), ensure_ascii=False)
        made = typst.compile(template, font_paths=fonts(), sys_inputs=inputs, **how)
    return made[0] if isinstance(made, list) else made or b""


def _printable(value: Any, *, only_latin: bool = False) -> Any:
    if isinstance(value, str):
        return printable(value, only_latin=only_latin)
    if isinstance(value, dict):
        return {name: _printable(each, only_latin=only_latin) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(each, only_latin=only_latin) for each in value]
    return value


def printable(words: str, *, only_latin: bool = False) -> str:
    """With its line ends; letters that cannot be drawn leave NOT_DRAWN, once for all that follow each other."""

    def instead(found: re.Match[str]) -> str:
        sign = found[0]
        if sign.isspace():
            return " "
        return "" if unicodedata.category(sign) in _UNSEEN else "\x00"

    odd = _odd(only_latin=only_latin).sub(instead, _LOOKS.sub("", unicodedata.normalize("NFC", words)))
    return _TOO_LONG.sub("\\1\u200b", _HOLES.sub(NOT_DRAWN, odd))


@cache
def _odd(*, only_latin: bool) -> re.Pattern[str]:
    """Any sign that cannot be drawn, but for line ends."""
    drawn = (chr(code) for each in (*_DRAWN, *_beside()) for code in each)
    known = "".join(re.escape(sign) for sign in drawn if _is_drawn(sign, only_latin=only_latin))
    return re.compile(f"[^\n{known}]")


def _beside() -> list[range]:
    """What fonts beside ours have signs for, as deploy.assets.vendor has written it: Arabic, emoji."""
    runs = (run.split("-") for run in (_FONTS / "signs.txt").read_text().split())
    return [range(int(first, 16), int(last, 16) + 1) for first, last in runs]


def _is_drawn(sign: str, *, only_latin: bool) -> bool:
    code, category = ord(sign), unicodedata.category(sign)
    if category in _UNSEEN or category in ("Zl", "Zp"):
        return False
    if only_latin:
        return not category.startswith("M") and (code < 0x250 or 0x2010 <= code < 0x2040 or sign == "€")
    return True
