"""What of a page or a mail in English is French of ours: neither people's words, marked as French, nor the city's."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]
# Each is in most French sentences, and in hardly any English one.
_FRENCH = frozenset(
    [
        "le",
        "la",
        "les",
        "des",
        "du",
        "une",
        "un",
        "vous",
        "votre",
        "vos",
        "pour",
        "avec",
        "est",
        "et",
        "dans",
        "sur",
        "aux",
        "cette",
        "ce",
        "ces",
        "qui",
        "que",
        "ne",
        "pas",
        "sont",
        "par",
        "il",
        "elle",
        "nous",
        "notre",
        "leur",
        "plus",
        "sans",
        "chaque",
        "tous",
        "toutes",
    ]
)
_WORD = re.compile(r"[^\W\d_]+")
# Said aloud or shown, of all that tags say.
_SHOWN = ("alt", "aria-label", "placeholder", "title", "data-confirm", "content")
_ALONE = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Reader(HTMLParser):
    """Texts that are not inside of an element in French, and what tags say."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []
        self.said: list[str] = []

    @property
    def _is_french(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_french = given["lang"] == "fr" if "lang" in given else self._is_french
        if not is_french:
            self.said += [given[name] for name in _SHOWN if given.get(name)]
            if tag == "input" and given.get("type") in ("submit", "button"):
                self.said.append(given.get("value", ""))
        if tag not in _ALONE:
            self.open.append((tag, is_french or tag in ("script", "style", "textarea")))

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if not data.strip() or self._is_french:
            return
        # In the title of a page nothing can be marked: titles that people gave stand there as they are.
        (self.said if self.open and self.open[-1][0] == "title" else self.texts).append(_plain(data))


def _plain(words: str) -> str:
    return " ".join(words.replace("\u202f", "\u00a0").split())


@cache
def _of_catalogues() -> frozenset[str]:
    """All French of three words or more, without what it fills in."""
    found = set()
    for path in ROOT.glob("**/locale/fr/LC_MESSAGES/django.po"):
        if ".venv" in path.parts:
            continue
        for entry in polib.pofile(str(path)):
            for said in (entry.msgstr, *entry.msgstr_plural.values()):
                words = _plain(said)
                if len(_WORD.findall(words)) >= 3 and "%(" not in words and words != _plain(entry.msgid):
                    found.add(words)
    return frozenset(found)


def french_of(texts: list[str], said: list[str]) -> Iterator[str]:
    for text in texts:
        words = [word.lower() for word in _WORD.findall(text)]
        if sum(word in _FRENCH for word in words) >= 2 or text in _of_catalogues():
            yield text
    yield from (each for each in map(_plain, said) if each in _of_catalogues())


def french_left(page: str) -> list[str]:
    """What of ours is in French on a page that is in English."""
    reader = _Reader()
    reader.feed(page)
    return list(french_of(reader.texts, reader.said))


def french_in_mail(body: str, *, written: Iterable[str] = ()) -> list[str]:
    """The same of the text of a mail, without what people wrote that stands in it."""
    for words in written:
        body = body.replace(words, "")
    return list(french_of([_plain(line) for line in body.splitlines() if line.strip()], []))


# What nobody writes to the public: in plain English it is said otherwise.
_QUAINT = re.compile(
    r"[^.>]*\b(?:anew|whoever|meanwhile|for good|for ever|unwanted mail|in one press|take back|taken back"
    r"|else than|rather (?:give|get)|come in to|kept in the page|speaks? of|lets you in|you are in"
    r"|one (?:can|need|must|may|knows|sees|votes|begins|will))\b[^.<]*",
    re.IGNORECASE,
)


def quaint_in(text: str) -> list[str]:
    return [words.strip() for words in _QUAINT.findall(text)]
