"""How long what is typed about meetings may be, and within which bounds."""

import re
from datetime import timedelta

from common.text import Words

TITLE = Words(5, 120, one_line=True)
TEXT = Words(0, 4000)
PLACE = Words(0, 120, one_line=True)
ADDRESS = Words(0, 200, one_line=True)
ACCESS = Words(0, 300, one_line=True)
WHY = Words(10, 500)
REPORT = Words(30, 20_000)
NAME = Words(2, 80, one_line=True)

MOST_SEATS = 5000
# Longer, it is several; farther, a slip of the keyboard.
LONGEST = timedelta(days=3)
AT_MOST_AHEAD = timedelta(days=2 * 365)
# Before it begins, those who signed up are reminded.
REMINDED = timedelta(days=1)

_PHONE = re.compile(r"\+?[0-9][0-9 .()/-]{4,22}[0-9]")


def is_phone(typed: str) -> bool:
    return _PHONE.fullmatch(typed) is not None
