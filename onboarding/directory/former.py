"""Names and codes that lead to another authority than those that bear them: communes that are part of another one or
went into it, and what `other_names` lists.
"""

import gzip
from bisect import bisect_left
from functools import cache
from pathlib import Path

from onboarding.directory.other_names import OTHER_NAMES, Key
from onboarding.directory.words import comparable
from tenants.enums import AuthorityKind

SHIPPED = Path(__file__).parent / "former-2026.tsv.gz"


def commune_of_code(code: str) -> tuple[str, str]:
    """The code of the commune that it belongs to now, and its name, which may be unknown; both "" for no such code."""
    return _by_code().get(code, ("", ""))


def authorities_of_name(beginning: str, *, at_most: int) -> list[tuple[Key, str, bool]]:
    """((kind, code), name, whether that is the whole name) of those that have a name which begins so."""
    names = _by_name()
    first = bisect_left(names, (beginning,))
    found = []
    for compared, name, key in names[first : first + at_most]:
        if not compared.startswith(beginning):
            break
        found.append((key, name, compared == beginning))
    return found


@cache
def _rows() -> list[tuple[str, str, str]]:
    _header, *lines = gzip.decompress(SHIPPED.read_bytes()).decode().splitlines()
    return [(code, name, commune) for code, name, commune in (line.split("\t") for line in lines)]


@cache
def _by_code() -> dict[str, tuple[str, str]]:
    return {code: (commune, name) for code, name, commune in _rows() if code != commune}


@cache
def _by_name() -> list[tuple[str, str, Key]]:
    parts = [((AuthorityKind.COMMUNE, commune), name) for _code, name, commune in _rows() if name]
    return sorted((comparable(name), name, key) for key, name in [*parts, *OTHER_NAMES])
