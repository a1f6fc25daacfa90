"""Rebuild onboarding/directory/authorities-2026.tsv.gz from the npm package named below.

    python -m deploy.assets.directory

One line an authority, its fields separated by tabs, the first line names them; sorted, and compressed
without a date, so that the same package always gives the same file. For another vintage: change the
package and the file's name here and in onboarding/directory/loading.py.
"""

import gzip
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.assets.npm import packed

PACKAGE = "@etalab/decoupage-administratif@6.0.0"
TARGET = Path(__file__).parents[2] / "onboarding/directory/authorities-2026.tsv.gz"
COLUMNS = ["kind", "code", "name", "siren", "department_code", "department_name", "region", "population", "postcodes"]

Row = dict[str, Any]


def rows(files: dict[str, bytes]) -> Iterator[Row]:
    """Communes, groups with their own taxes, departments, regions. Nothing that is only a part of a commune."""
    read = {name: json.loads(files[f"data/{name}.json"]) for name in ("communes", "epci", "departements", "regions")}
    departments = {each["code"]: each for each in read["departements"]}
    regions = {each["code"]: each["nom"] for each in read["regions"]}
    communes = {each["code"]: each for each in read["communes"] if each["type"] == "commune-actuelle"}
    people: Counter[tuple[str, str]] = Counter()
    for commune in communes.values():
        for level in ("departement", "region"):
            people[level, commune[level]] += commune.get("population", 0)

    def within(department: str) -> Row:
        return {
            "department_code": department,
            "department_name": departments[department]["nom"],
            "region": regions[departments[department]["region"]],
        }

    for code, each in communes.items():
        yield {
            "kind": "COMMUNE", "code": code, "name": each["nom"], "siren": each.get("siren"),
            "population": each.get("population"), "postcodes": " ".join(each.get("codesPostaux", [])),
            **within(each["departement"]),
        }  # fmt: skip
    for each in read["epci"]:
        # A group may spread over several departments: it is told by that of its largest commune.
        largest = max(each["membres"], key=lambda member: (member["populationMunicipale"], member["code"]))
        yield {
            "kind": "INTERCOMMUNALITY", "code": each["code"], "name": each["nom"], "siren": each["code"],
            "population": each["populationMunicipale"], **within(communes[largest["code"]]["departement"]),
        }  # fmt: skip
    for code, each in departments.items():
        yield {
            "kind": "DEPARTMENT", "code": code, "name": each["nom"],
            "population": people["departement", code] or None, **within(code),
        }  # fmt: skip
    for code, name in regions.items():
        yield {
            "kind": "REGION", "code": code, "name": name, "region": name,
            "population": people["region", code] or None,
        }  # fmt: skip


def written(found: Iterator[Row]) -> bytes:
    lines = sorted([_field(row.get(column)) for column in COLUMNS] for row in found)
    return "".join("\t".join(line) + "\n" for line in [COLUMNS, *lines]).encode()


def _field(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        content = written(rows(packed(PACKAGE, Path(name))))
    TARGET.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
