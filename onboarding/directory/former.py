"""Communes that are part of another one, or went into it: names and codes that lead to the one with the council."""

import gzip
from bisect import bisect_left
from functools import cache
from pathlib import Path

from onboarding.directory.words import comparable

SHIPPED = Path(__file__).parent / "former-2026.tsv.gz"


def commune_of_code(code: str) -> tuple[str, str]:
    """The code of the commune that it belongs to now, and its name, which may be unknown; both "" for no such code."""
    return _by_code().get(code, ("", ""))


def communes_of_name(beginning: str, *, at_most: int) -> list[tuple[str, str, bool]]:
    """(code of the commune, name of the former one, whether that is its whole name) of those whose names begin so."""
    names = _by_name()
    first = bisect_left(names, (beginning,))
    found = []
    for compared, name, commune in names[first : first + at_most]:
        if not compared.startswith(beginning):
            break
        found.append((commune, name, compared == beginning))
    return found


@cache
def _rows() -> list[tuple[str, str, str]]:
    _header, *lines = gzip.decompress(SHIPPED.read_bytes()).decode().splitlines()
    return [(code, name, commune) for code, name, commune in (line.split("\t") for line in lines)]


@cache
def _by_code() -> dict[str, tuple[str, str]]:
    return {code: (commune, name) for code, name, commune in _rows() if code != commune}


@cache
def _by_name() -> list[tuple[str, str, str]]:
    return sorted((comparable(name), name, commune) for _code, name, commune in _rows() if name)
