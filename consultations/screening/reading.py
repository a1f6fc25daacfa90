"""A text as an eye reads it: without what is invisible, and with one sign for all that look like it."""

import unicodedata

# Letters that look like others and that Unicode does not take apart: Cyrillic, Greek, small capitals, strokes.
_LOOK_ALIKES = dict(
    zip(
        "аеорсухікмнтвѕԁɡҽոօհАЕОРСУХІКМНТВЅЈԌοαεικνρτυχΟΑΕΙΚΝΡΤΥΧΒΗΜΖᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢıøłđØŁĐʟ",
        "aeopcyxikmhtbsdgenohAEOPCYXIKMHTBSJGoaeiknptuxOAEIKNPTYXBHMZabcdefghijklmnoprstuvwyzioldOLDl",
        strict=True,
    )
)
_SIGNS = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "⁄": "/", "∕": "/",
    "\t": " ", "\r": " ", "•": "*", "∙": "·", "●": "*", "█": "*", "▪": "*", "×": "x", "¡": "i", "＠": "@",
}  # fmt: skip
# Letters on a dark ground or as halves of flags: each range begins with A.
_LETTER_RANGES = (0x1F150, 0x1F170, 0x1F1E6)


def _folded(sign: str) -> str:
    """A sign without accent and disguise; nothing for one that cannot be seen."""
    if sign in _SIGNS:
        return _SIGNS[sign]
    for first in _LETTER_RANGES:
        if first <= ord(sign) < first + 26:
            return chr(ord(sign) - first + ord("A"))
    parts = (_LOOK_ALIKES.get(part, part) for part in unicodedata.normalize("NFKD", _LOOK_ALIKES.get(sign, sign)))
    return "".join(_SIGNS.get(part, part) for part in parts if not _unseen(part))


def _unseen(sign: str) -> bool:
    return unicodedata.category(sign) in ("Mn", "Me", "Cf", "Cc") and sign != "\n"


class _Table(dict[int, str]):
    """For str.translate: what a sign becomes is worked out once; nobody fills our memory with rare signs."""

    def __missing__(self, code: int) -> str:
        if len(self) > 10_000:
            self.clear()
        self[code] = _folded(chr(code))
        return self[code]


_TABLE = _Table()


class Reading:
    """`shown` is the text as it is read, `plain` the same in small letters; both have the same places.

    Where something is in them is told in places of the text as it was given by `place`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.shown = text.translate(_TABLE)
        self._places: list[int] | None = None
        if len(self.shown) != len(text) or not text.isascii():
            self._places = [index for index, sign in enumerate(text) for _each in _TABLE[ord(sign)]]
        self.plain = self.shown.lower()
        if len(self.plain) != len(self.shown):
            self.plain = "".join(sign.lower()[:1] for sign in self.shown)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a passage, which is not empty, is in the given text, marks of its last letter included."""
        if self._places is None:
            return start, end
        first, after = self._places[start], self._places[end - 1] + 1
        while after < len(self.text) and unicodedata.combining(self.text[after]):
            after += 1
        return first, after
