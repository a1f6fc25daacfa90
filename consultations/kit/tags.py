"""The tag of a short address (`/v/a12`): which support, of which consultation, and put up where.

It is worked out and kept nowhere: a poster is printed long before anybody scans it, and needs no row until then.
"""

import re

from consultations.kit.enums import Support

_TAG = re.compile(r"([a-z]{1,2})([1-9]\d{0,17})(?:-([1-9]\d{0,17}))?")


def tag_of(support: Support, consultation: int, spot: int = 0) -> str:
    return f"{support.value}{consultation}" + (f"-{spot}" if spot else "")


def parsed(tag: str) -> tuple[Support, int, int] | None:
    """The support, the numbers of the consultation and of the place (0: of none); None for what is no tag."""
    found = _TAG.fullmatch(tag.lower())
    if found is None or found[1] not in Support.values:
        return None
    return Support(found[1]), int(found[2]), int(found[3] or 0)
