"""A table of the population, as spreadsheets and statisticians give it: a line a part, its inhabitants last."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO

from django.utils.translation import gettext as _

from accounts.enums import AgeBand
from accounts.neighbourhoods import key_of_place
from common.refusals import Refusal

LINES_MAX = 300
_SPACES = re.compile(r"[\s\u00a0\u202f’']")
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


def read_table(content: bytes, *, listed: Mapping[str, str]) -> Read:
    """Raises FileNotRead with the line and the reason. `listed`: the city's neighbourhoods by their keys."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    delimiter = max(";\t,", key=text.count)
    found = Read()
    for number, cells in enumerate(csv.reader(StringIO(text), delimiter=delimiter), start=1):
        if number > LINES_MAX:
            raise FileNotRead(_("A table of the population has %(most)s lines at most.") % {"most": LINES_MAX})
        words = [cell.strip() for cell in cells if cell.strip()]
        if not words:
            continue
        count = _count(words[-1]) if len(words) > 1 else None
        if count is None and number == 1:
            continue  # the names of the columns
        if count is None:
            raise FileNotRead(_("Line %(number)s: its last cell is no whole number.") % {"number": number})
        _take(found, " ".join(words[:-1]), count, number, listed)
    if not found.ages and not found.places:
        raise FileNotRead(_("Nothing was read: a line is a part, such as “18 to 24”, then its inhabitants."))
    return found


def _take(found: Read, label: str, count: int, number: int, listed: Mapping[str, str]) -> None:
    key = key_of_place(label)
    if key in ("total", "ensemble"):
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
