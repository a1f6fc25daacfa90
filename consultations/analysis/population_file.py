"""A table of the population, as spreadsheets and statisticians give it: a line a part, its inhabitants last."""

import csv
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import AgeBand
from accounts.neighbourhoods import key_of_place
from common.books import NotABook, is_zip, rows_of_book
from common.refusals import Refusal

LINES_MAX = 300
_SPACES = re.compile(r"[\s\u00a0\u202f’']")
_TOTALS = ("total", "ensemble")
_HEADS = re.compile(
    r"ages?\b|tranches?\b|classes?\b|quartiers?\b|secteurs?\b|lieux?\b|zones?\b|libelles?\b|population\b"
)
# An Excel of before 2007, a PDF, pictures: chosen for a table by mistake.
_OTHER_KINDS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")
_NO_TABLE = gettext_lazy(
    "This file is no table that can be read here: send an .xlsx, or in your spreadsheet choose Save as, then CSV."
)
_BANDS = {
    (18, 24): AgeBand.FROM_18_TO_24,
    (25, 39): AgeBand.FROM_25_TO_39,
    (40, 59): AgeBand.FROM_40_TO_59,
    (60, 74): AgeBand.FROM_60_TO_74,
}


class FileNotRead(Refusal):
    code = "population_file"
    status = 422


@dataclass
class Read:
    total: int = 0
    ages: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    heads: bool = False  # the names of the columns were met


def read_table(content: bytes, *, listed: Mapping[str, str]) -> Read:
    """Raises FileNotRead with the line and the reason. `listed`: the city's neighbourhoods by their keys."""
    found = Read()
    for place, (number, cells, is_ambiguous) in enumerate(_lines(content), start=1):
        if place > LINES_MAX:
            raise FileNotRead(_("A table of the population has %(most)s lines at most.") % {"most": LINES_MAX})
        words = [cell.strip() for cell in cells if cell.strip()]
        if is_ambiguous:
            _one_number(words, number, listed)
        _read_line(found, words, number, listed)
    if not found.ages and not found.places:
        raise FileNotRead(_("Nothing was read: a line is a part, such as “18 to 24”, then its inhabitants."))
    return found


def _lines(content: bytes) -> Iterator[tuple[int, list[str], bool]]:
    """Of each line its number, its cells, and whether the sign between them may also stand within a number."""
    if is_zip(content):
        try:
            yield from ((number, cells, False) for number, cells in rows_of_book(content))
        except NotABook as cause:
            raise FileNotRead(_NO_TABLE) from cause
        return
    text = _text(content)
    delimiter = max(";\t,", key=text.count)
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(lines, start=1):
            yield number, cells, delimiter == ","
    except csv.Error as cause:
        raise FileNotRead(
            _(
                "Line %(number)s: a quotation mark is not closed, or a cell does not end. Correct it in your "
                "spreadsheet, then save the table again."
            )
            % {"number": number + 1}
        ) from cause


def _text(content: bytes) -> str:
    """As spreadsheets save it, on all systems: the sorts of Unicode, or what Windows had before."""
    try:
        if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return content.decode("utf-16")
        if b"\0" in content or content.startswith(_OTHER_KINDS):
            raise FileNotRead(_NO_TABLE)
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _read_line(found: Read, words: list[str], number: int, listed: Mapping[str, str]) -> None:
    """What is no part and has no number is a title, the names of the columns, or a note."""
    if not words:
        return
    count = _count(words[-1]) if len(words) > 1 else None
    is_first = not (found.heads or found.ages or found.places or found.total)
    if is_first and len(words) > 1 and (count is None or _is_year_of_heads(words, count)):
        found.heads = True
        return
    if count is None and len(words) == 1 and not (_band(words[0]) or key_of_place(words[0]) in listed):
        return
    if count is None:
        raise FileNotRead(_("Line %(number)s: its last cell is no whole number.") % {"number": number})
    _take(found, " ".join(words[:-1]), count, number, listed)


def _is_year_of_heads(words: list[str], count: int) -> bool:
    """ "Âge;2021": the names of columns, of which one is a year."""
    return 1900 <= count <= 2100 and bool(_HEADS.match(key_of_place(words[0])))


def _one_number(words: list[str], number: int, listed: Mapping[str, str]) -> None:
    """ "18-24,1,200": where commas stand between cells, another in a number makes two of it, without a word."""
    for figures in (2, 3):
        first, *others = words[-figures:] or [""]
        label = " ".join(words[:-figures])
        is_part = _band(label) or key_of_place(label) in (*listed, *_TOTALS)
        if (
            label
            and is_part
            and re.fullmatch(r"\d{1,3}", first)
            and all(re.fullmatch(r"\d{3}", each) for each in others)
        ):
            raise FileNotRead(
                _("Line %(number)s: “%(words)s” may be one number or several. Write it without a comma: %(plain)s.")
                % {"number": number, "words": ",".join([first, *others]), "plain": "".join([first, *others])}
            )


def _take(found: Read, label: str, count: int, number: int, listed: Mapping[str, str]) -> None:
    key = key_of_place(label)
    if key in _TOTALS:
        found.total = count
        return
    # A name of the list first: one may have figures in it.
    there, part = (found.places, key) if key in listed else (found.ages, _band(label))
    if not part:
        raise FileNotRead(
            _("Line %(number)s: “%(label)s” is neither an age nor a neighbourhood of your list.")
            % {"number": number, "label": label[:60]}
        )
    if part in there:
        raise FileNotRead(
            _("Line %(number)s: “%(label)s” stands there twice.") % {"number": number, "label": label[:60]}
        )
    there[part] = count


def _band(label: str) -> str:
    """ "18-24 ans", "18 à 24", "75 ans ou plus", "moins de 18 ans"; empty for what is none of ours."""
    years = [int(each) for each in re.findall(r"\d{1,3}", label)]
    is_under = bool(re.search(r"moins|<|under", label, re.IGNORECASE))
    if (years == [18] and is_under) or (len(years) == 2 and years[1] == 17):
        return AgeBand.UNDER_18
    if years == [75] and not is_under:
        return AgeBand.FROM_75
    return _BANDS.get((years[0], years[1]), "") if len(years) == 2 else ""


def _count(words: str) -> int | None:
    digits = _SPACES.sub("", words)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
