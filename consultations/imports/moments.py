"""Days and moments as other platforms and spreadsheets write them. What may be two days is asked for, never guessed."""

import re
from datetime import datetime, timedelta

ORDERS = ("day", "month")
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_FIGURES = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{2,4})(?:[ T,à]+(\d{1,2})[:h](\d{2})?(?::(\d{2}))?)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")


class Unsure(Exception):
    """A day that may be read in two ways: `why` is "order" or "serial"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def written_moment(text: str, *, order: str = "", serial: bool = False) -> str:
    """As ISO 8601; noon where only a day is known. What is none stays as it is, for the engine to say so. Raises
    Unsure: of 03/04/2024 without `order`, of 45352 where no `serial` numbers are said to be days."""
    text = text.strip()
    if found := _ISO.fullmatch(text):
        year, month, day, hour, minute, second, zone = found.groups()
        zone = {"UTC": "Z", None: ""}.get(zone, zone)
        return f"{year}-{month}-{day}T{int(hour or 12):02}:{minute or '00'}:{second or '00'}{zone}"
    if found := _FIGURES.fullmatch(text):
        return _in_order(found, order) or text
    if _SERIAL.fullmatch(text):
        if not serial:
            raise Unsure("serial")
        moment = datetime(1899, 12, 30) + timedelta(days=float(text))  # noqa: DTZ001 (the city's hours)
        return moment.strftime("%Y-%m-%dT%H:%M:%S" if "." in text else "%Y-%m-%dT12:00:00")
    return text


def _in_order(found: re.Match[str], order: str) -> str:
    """Empty for a day that no calendar has, or a year of two figures."""
    one, two, three, hour, minute, second = found.groups()
    if len(one) == 4 and len(three) <= 2:
        year, month, day = one, two, three
    elif len(three) == 4 and len(one) <= 2:
        year = three
        if int(one) > 12 or int(two) > 12:  # there is but one way
            day, month = (one, two) if int(one) > 12 else (two, one)
            if order and (order == "day") != (int(one) > 12):
                return ""
        elif one == two:
            day = month = one
        elif not order:
            raise Unsure("order")
        else:
            day, month = (one, two) if order == "day" else (two, one)
    else:
        return ""
    return f"{year}-{int(month):02}-{int(day):02}T{int(hour or 12):02}:{minute or '00'}:{second or '00'}"
