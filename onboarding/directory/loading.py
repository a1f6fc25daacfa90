"""Writing the shipped directory to its table."""

import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from common.db import connection
from onboarding.directory.words import comparable
from onboarding.models import Authority, LoadedDirectory
from tenants.enums import AuthorityKind
from tenants.models import Municipality

SHIPPED = Path(__file__).parent / "authorities-2026.tsv.gz"
_LOCK = 0x64697265  # any constant: one load at a time
_COLUMNS = ["kind", "code", "name", "siren", "department_code", "department_name", "region", "population", "postcodes"]
_CODES = {
    AuthorityKind.COMMUNE: r"[0-9][0-9AB][0-9]{3}",
    AuthorityKind.INTERCOMMUNALITY: r"[0-9]{9}",
    AuthorityKind.DEPARTMENT: r"[0-9][0-9AB][0-9E]?",
    AuthorityKind.REGION: r"[0-9]{2,3}",
}
_LINES = {
    kind: re.compile(
        rf"{kind}\t{code}\t[^\t]{{1,120}}\t([0-9]{{9}})?\t([0-9][0-9AB][0-9]?)?\t[^\t]{{0,60}}\t[^\t]{{1,60}}"
        rf"\t[0-9]{{0,9}}\t([0-9]{{5}}( [0-9]{{5}})*)?"
    )
    for kind, code in _CODES.items()
}

Row = tuple[str | int | None, ...]


class BadDirectory(Exception):
    """The file is not a directory of authorities; the message names the first bad line."""


def load_directory(file: Path = SHIPPED) -> bool:
    """Make the table say what the file says; whether anything was to do. Raises BadDirectory, and changes nothing.

    The search goes on with the former directory until the new one is complete.
    """
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if LoadedDirectory.objects.filter(digest=digest).exists():
            return False
        found = list(_rows(content))
        # Not Django's delete(): nothing refers to these rows, and there are many.
        cursor.execute(f"DELETE FROM {Authority._meta.db_table}")  # noqa: S608
        with cursor.copy(
            f"COPY {Authority._meta.db_table} (kind, code, name, siren, department_code, department_name, "
            "region_name, population, postcodes, search_name) FROM STDIN"
        ) as copy:
            for row in found:
                copy.write_row(row)
        # What waits in their pending lists would slow every search down.
        for index in ("authority_words", "authority_postcodes"):
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])
        # Without fresh statistics the first searches would not use the indexes.
        cursor.execute(f"ANALYZE {Authority._meta.db_table}")
        _count_anew(cursor)
        LoadedDirectory.objects.all().delete()
        LoadedDirectory.objects.create(digest=digest)
    return True


def _count_anew(cursor: Any) -> None:
    """The register says how many live there now: what runs keeps its price, the next period may have another."""
    cursor.execute(
        f"UPDATE {Municipality._meta.db_table} AS city SET population = authority.population "  # noqa: S608
        f"FROM {Authority._meta.db_table} AS authority WHERE authority.kind = city.kind "
        "AND authority.code = city.authority_code AND authority.population IS DISTINCT FROM city.population "
        "AND authority.population IS NOT NULL"
    )


def _rows(content: bytes) -> Iterator[Row]:
    try:
        header, *lines = gzip.decompress(content).decode().splitlines()
    except (OSError, EOFError, ValueError) as problem:
        raise BadDirectory(f"It cannot be read: {problem}") from problem
    if header.split("\t") != _COLUMNS:
        raise BadDirectory("Line 1: these are not the columns")
    seen = set()
    for number, line in enumerate(lines, start=2):
        kind, code, name, *rest = line.split("\t") if line.count("\t") == len(_COLUMNS) - 1 else ("", "", "")
        pattern = _LINES.get(AuthorityKind(kind)) if kind in AuthorityKind.values else None
        if pattern is None or not pattern.fullmatch(line) or not (search_name := comparable(name)):
            raise BadDirectory(f"Line {number}: {line[:80]!r}")
        if (kind, code) in seen:
            raise BadDirectory(f"Line {number}: {kind} {code} is there twice")
        seen.add((kind, code))
        siren, department_code, department_name, region, population, postcodes = rest
        yield (
            kind, code, name, siren, department_code, department_name, region,
            int(population) if population else None, postcodes, search_name,
        )  # fmt: skip
