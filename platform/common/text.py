"""What people type, made safe to keep: one place, used by every form field that takes words."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from unicodedata import bidirectional, category, normalize

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from common.languages import is_french
from common.refusals import Refusal

# Stands where moderation took words out: plain text, so that it is read aloud, searched and compared like any other.
BLANK = "[passage masqué]"

# Bidirectional overrides could make a text read otherwise than it is written; isolates and marks are honest. A soft
# hyphen or a space without width, as word processors and PDFs leave them, would hide its word from whoever searches.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u202a-\u202e\u2060\ufeff]")
# So would any other sign that is not seen inside a word: those that join or direct mean nothing between Latin letters.
_LATIN = "[0-9A-Za-z\u00c0-\u024f\u1e00-\u1eff]"
_IN_A_WORD = re.compile(
    f"(?<={_LATIN})[\u034f\u061c\u180e\u200c-\u200f\u2061-\u206f\ufe00-\ufe0f\U000e0000-\U000e01ef]+(?={_LATIN})"
)
# Whatever ends a line somewhere: word processors write some of these for a new line inside a paragraph.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# No-break spaces are typography: they stay.
# Single spaces are left alone: there are far more of them than of all others.
_LINE_SPACES = re.compile(r"[ \t\n]{2,}|[\t\n]")
_SPACES = re.compile(r"[ \t]{2,}|\t")
_SPACES_SEEN = re.compile(r"[^\S\n]{2,}")
_BLANK_LINES = re.compile(r"\n{3,}")
# An isolate that a line opens and never closes would turn round what the page says beside the words.
_ISOLATES, _OPEN_ISOLATE = re.compile("[\u2066-\u2069]"), "\u2066\u2067\u2068"
# What directs means nothing where no letter is written from right to left, and could turn words round.
_DIRECTIONS, _FROM_THE_RIGHT = re.compile("[\u061c\u200e\u200f\u2066-\u2069]"), frozenset({"R", "AL"})
# What shows nothing by itself: formats, marks; letters that are drawn as a space, which is what they become: fillers of
# Hangul, the empty Braille cell, two vowels of Khmer.
_UNSEEN = frozenset({"Cf", "Mn", "Me"})
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5")
_BLANK_LETTERS = re.compile(f"[{''.join(sorted(_BLANKS))}]")
# What nearly all French is written with: nothing in it is unseen, turns words round, or has another form.
_PLAIN = re.compile("[\t\n -~\xa0-\xac\xae-\u02af\u2010-\u2027\u202f-\u205e\u20a0-\u20bf]*")


def clean_text(value: str, *, one_line: bool = False) -> str:
    """NFC, no control characters, nothing unseen in a word, ordinary spaces and line ends, no trailing spaces, at most
    one blank line.
    """
    if not _PLAIN.fullmatch(value):
        value = _BLANK_LETTERS.sub(" ", _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", value)))
        value = _IN_A_WORD.sub("", normalize("NFC", value))
        value = normalize("NFC", "\n".join(map(_as_it_reads, value.split("\n"))))
    if "\n" not in value:
        # Most texts have but single spaces, which is seen sooner.
        return (_SPACES.sub(" ", value) if "  " in value or "\t" in value else value).strip()
    if one_line:
        return _LINE_SPACES.sub(" ", value).strip()
    value = "\n".join(_SPACES.sub(" ", line).strip() for line in value.split("\n"))
    return _BLANK_LINES.sub("\n\n", value).strip()


def _as_it_reads(line: str) -> str:
    """Without signs that turn words round where nothing is written from right to left, or beyond the line."""
    if not any(bidirectional(sign) in _FROM_THE_RIGHT for sign in _DIRECTIONS.sub("", line)):
        return _DIRECTIONS.sub("", line)
    depth = 0
    for sign in _ISOLATES.findall(line):
        depth += 1 if sign in _OPEN_ISOLATE else -1
        if depth < 0:
            break
    return _ISOLATES.sub("", line) if depth else line


def shows_something(cleaned: str) -> bool:
    """Of what `clean_text` gave."""
    return bool(cleaned) and (bool(_PLAIN.fullmatch(cleaned)) or visible_length(cleaned) > 0)


def is_unseen(sign: str) -> bool:
    return sign in _BLANKS or category(sign) in _UNSEEN


def visible_length(value: str) -> int:
    """How many signs a reader sees, spaces between words included: a line of spaces, zero-width signs or marks without
    letters is not an argument. The counter of the page (site.js) counts alike.
    """
    if not _PLAIN.fullmatch(value):
        value = "".join(sign for sign in value if not is_unseen(sign))
    return len(_SPACES_SEEN.sub(" ", clean_text(value)))


# Whatever ends a line somewhere, and whatever is one space too many; not the spaces of French typography.
_BREAKS = re.compile(r"[^\S\u00a0\u202f]+")


def in_one_line(value: str) -> str:
    """For subjects and summaries: no line ends, no-break spaces kept."""
    return _BREAKS.sub(" ", value).strip()


def shortened(value: str, maximum: int) -> str:
    """In one line of at most `maximum` signs, cut after a word, with "…" for what is missing; a quote is closed."""
    line = in_one_line(value)
    if len(line) <= maximum:
        return line
    cut = _cut_after_a_word(line, maximum - 1)
    if not _opens_a_quote(cut):
        return cut + "…"
    cut = _cut_after_a_word(line, maximum - 3)
    return cut + (_CLOSES[_opens_a_quote(cut)] if _opens_a_quote(cut) else "…")


# Before a capital, a quote or the end; « M. » and « art. 5 » end nothing.
_END_OF_SENTENCE = re.compile(
    r"(?:(?<=\w\w\w)\.|(?<=[»)])\.|[!?…])[\s\u00a0\u202f]?[»”)]?(?=$| +[^\W\d_a-zà-öø-ÿ]| +[«“\d–])"
)


def whole_sentences(value: str, maximum: int) -> str:
    """In one line of about `maximum` signs, cut after a sentence.

    A first sentence up to twice as long is left whole; what is one longer sentence is cut after a word.
    """
    line = in_one_line(value)
    if len(line) <= maximum:
        return line
    ends = [found.end() for found in _END_OF_SENTENCE.finditer(line)]
    if within := [end for end in ends if end <= maximum]:
        return line[: within[-1]]
    first = ends[0] if ends else len(line)
    return line[:first] if first <= 2 * maximum else shortened(line, maximum)


_CLOSES = {"«": "…\u00a0»", "“": "…”"}


def _cut_after_a_word(line: str, room: int) -> str:
    cut = line[:room]
    return (cut if line[room] == " " else cut.rpartition(" ")[0] or cut).rstrip(" \u00a0,;:.…«“")


def _opens_a_quote(line: str) -> str:
    """The sign with which the one begins that is not closed; empty where there is none."""
    return next((opens for opens, closes in (("«", "»"), ("“", "”")) if line.rfind(opens) > line.rfind(closes)), "")


def with_link(said: str, link: str) -> str:
    """A sentence of ours for a page, and after it the way to what it speaks of, if there is a link."""
    return format_html('{} <a href="{}">{}</a>', said, link, gettext("See it")) if link else said


# What a form of ours carries that nobody typed.
_NOT_TYPED = frozenset({"csrfmiddlewaretoken", "next", "back"})


def typed_words(request: HttpRequest) -> str:
    """The words of a person in what they sent, one under the other: whatever has a space in it."""
    if request.method != "POST":
        return ""
    sent = [value for name, values in request.POST.lists() if name not in _NOT_TYPED for value in values]
    words = [clean_text(str(value)) for value in sent]
    return "\n\n".join(dict.fromkeys(each for each in words if " " in each or "\n" in each))[:100_000]


def in_figures(number: float | Decimal) -> str:
    """A number as French writes it, with narrow no-break spaces: 17 316,5; in other languages as English does."""
    written = f"{number:,}".replace("-", "−")
    return written.replace(",", "\u202f").replace(".", ",") if is_french() else written


def in_euros(amount: float) -> str:
    """28 000 €, or €28,000; with its cents where there are some."""
    whole, cents = divmod(round(amount * 100), 100)
    if is_french():
        return f"{in_figures(whole)}{f',{cents:02}' if cents else ''}\u00a0€"
    return f"€{in_figures(whole)}{f'.{cents:02}' if cents else ''}"


class TextTooLong(Refusal):
    code = "text_too_long"
    status = 422

    def __init__(self, over: int, maximum: int) -> None:
        figures = {"over": in_figures(over), "most": in_figures(maximum)}
        super().__init__(gettext("%(over)s characters too many: %(most)s at most.") % figures)


class TextTooShort(Refusal):
    code = "text_too_short"
    status = 422

    def __init__(self, missing: int) -> None:
        super().__init__(
            ngettext("Add %(missing)s character.", "Add %(missing)s characters.", missing) % {"missing": missing}
        )


@dataclass(frozen=True)
class Words:
    """How long a text of people may be, counted as a reader sees it. Services refuse by it, fields ask it."""

    minimum: int = 0
    maximum: int = 0
    one_line: bool = False

    def cleaned(self, words: str, *, optional: bool = False) -> str:
        """The text as it is kept. Raises TextTooLong, TextTooShort; what is `optional` may be left out."""
        words = clean_text(words, one_line=self.one_line)
        if optional and not visible_length(words):
            return ""
        self.check(words)
        return words

    def check(self, words: str) -> None:
        # A line is kept in a column of its length; of a text what is seen counts, and the rest has a bound as well.
        most_seen = len(words) if self.one_line else max(visible_length(words), len(words) // 4)
        if most_seen > self.maximum:
            raise TextTooLong(most_seen - self.maximum, self.maximum)
        if (missing := self.minimum - visible_length(words)) > 0:
            raise TextTooShort(missing)

    def field(self, **kwargs: Any) -> "WordsField":
        """A form's field that asks for it."""
        return WordsField(minimum=self.minimum, maximum=self.maximum, **kwargs)


class WordsField(forms.CharField):
    """A text field of people's words. Counts like the page's counter: line ends as one sign."""

    def __init__(
        self, *, rows: int = 0, minimum: int = 0, maximum: int, autocomplete: str = "", **kwargs: object
    ) -> None:
        self.minimum, self.maximum, self.one_line = minimum, maximum, not rows
        # No maxlength: a browser would cut what is pasted, without a word.
        attrs: dict[str, object] = {"data-counter": f"{minimum}-{maximum}"}
        if minimum:
            attrs["minlength"] = minimum
        if autocomplete:
            attrs["autocomplete"] = autocomplete
        kwargs.setdefault("widget", forms.Textarea({"rows": rows, **attrs}) if rows else forms.TextInput(attrs))
        super().__init__(strip=False, **kwargs)  # type: ignore[arg-type]

    def to_python(self, value: object) -> str:
        return clean_text(super().to_python(value) or "", one_line=self.one_line)

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value:
            return
        try:
            Words(self.minimum, self.maximum, self.one_line).check(value)
        except (TextTooLong, TextTooShort) as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal


# ── What leads somewhere ─────────────────────────────────────────────────────

_SCHEME = re.compile(r"\b(?:https?|ftp|mailto|tel)\b|://|\bwww\b", re.I)
# Signs on both sides of a dot: saran.fr, but neither « St. Jean » nor « S.I.V.O.M. ».
_DOTTED = re.compile(r"[^\W_]\.[^\W_]{2,}")
_WESTERN = re.compile("[ -~À-ÿ]*")  # nothing in it looks like a dot but dots


def leads_somewhere(words: str) -> bool:
    """Whether a mail program, or a reader, would see a link or an address in it: no name is one."""
    plain = words
    if not _WESTERN.fullmatch(words):
        plain = "".join(sign for sign in normalize("NFKC", words) if category(sign) != "Cf")
        plain = re.sub("[。․‧∙｡]", ".", plain)
    return "@" in plain or _SCHEME.search(plain) is not None or _DOTTED.search(plain) is not None


# ── French typography ─────────────────────────────────────────────────────────

_TYPOGRAPHY = (
    (re.compile(r"(?<=\w)'"), "’"),
    (re.compile(r'"([^"\n]*)"'), "« \\1 »"),
    (re.compile(r"\.{3}"), "…"),
    (re.compile(r"(?<=[^\s\u00a0\u202f]) {2,}"), " "),
    # An address such as https://… or 18:30 has no space after its colon.
    (re.compile(r"(?<=[\w)}»%…])[ \u00a0\u202f]*([;!?]+)(?=[\s\u00a0\u202f)»]|$)"), "\u202f\\1"),
    (re.compile(r"(?<=[\w)}»%…])[ \u00a0\u202f]*:(?=[\s\u00a0\u202f]|$)"), "\u00a0:"),
    (re.compile(r"«[ \u00a0\u202f]*"), "«\u00a0"),
    (re.compile(r"[ \u00a0\u202f]*»"), "\u00a0»"),
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d)|[€%])"), "\u00a0"),
)


def typeset(text: str) -> str:
    """French prose as a printer sets it: ’ and « », no-break spaces before ; : ! ? », after «, and in
    60 000 €. Twice is once.
    """
    for pattern, wanted in _TYPOGRAPHY:
        text = pattern.sub(wanted, text)
    return text


def whole_number(typed: str) -> int:
    """Of an address or a form; 0, which counts nothing and names no row, for what is none.

    Up to eighteen digits, as PostgreSQL's bigint holds: numbers of an installation's rows may begin at 10^12 (`CELL`).
    """
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else 0
