"""Rebuild onboarding/directory/authorities-2026.tsv.gz and former-2026.tsv.gz from the npm package named below.

    python -m deploy.assets.directory

One line an authority, or a commune that is part of one, its fields separated by tabs, the first line names
them; sorted, and compressed without a date, so that the same package always gives the same files. For another
vintage: change the package and the files' names here and in onboarding/directory/loading.py and former.py.
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
FOLDER = Path(__file__).parents[2] / "onboarding/directory"
TARGET, FORMER = FOLDER / "authorities-2026.tsv.gz", FOLDER / "former-2026.tsv.gz"
READ = ("communes", "epci", "ept", "departements", "regions")
COLUMNS = ["kind", "code", "name", "siren", "department_code", "department_name", "region", "population", "postcodes"]
FORMER_COLUMNS = ["code", "name", "commune"]

# Departments and regions of INSEE's map that are no authority of their own, since another one holds their powers:
# Paris and Corsica are one body each, Alsace since 2021 (below), Martinique and Guyane since 2015 (their
# region), Mayotte and the overseas collectivities (their department); nobody lives in the last two.
NOT_DEPARTMENTS = {"75", "2A", "2B", "67", "68", "972", "973", "984", "989"}
NOT_REGIONS = {"06", "975", "977", "978", "984", "986", "987", "988", "989"}
# Code of INSEE for local authorities with a department's powers (COG, "CTCD").
ALSACE = {"code": "6AE", "name": "Collectivité européenne d’Alsace", "departments": ("67", "68"), "region": "44"}
# Since 2015 the Rhône's department ends where this metropolis begins.
LYON, RHONE = "200046977", "69"

Row = dict[str, Any]


def rows(files: dict[str, bytes]) -> Iterator[Row]:
    """Communes, groups with their own taxes and those of greater Paris, departments, regions: what has a council."""
    read = {name: json.loads(files[f"data/{name}.json"]) for name in READ}
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
    for each in [*read["epci"], *read["ept"]]:
        # A group may spread over several departments: it is told by that of its largest commune.
        largest = max(each["membres"], key=lambda member: (member["populationMunicipale"], member["code"]))
        yield {
            "kind": "INTERCOMMUNALITY", "code": each["code"], "name": each["nom"], "siren": each["code"],
            "population": each["populationMunicipale"], **within(communes[largest["code"]]["departement"]),
        }  # fmt: skip
        if each["code"] == LYON:
            people["departement", RHONE] -= each["populationMunicipale"]
    for code, each in departments.items():
        if code not in NOT_DEPARTMENTS:
            yield {
                "kind": "DEPARTMENT", "code": code, "name": each["nom"],
                "population": people["departement", code] or None, **within(code),
            }  # fmt: skip
    yield {
        "kind": "DEPARTMENT", "code": ALSACE["code"], "name": ALSACE["name"], "region": regions[ALSACE["region"]],
        "population": sum(people["departement", code] for code in ALSACE["departments"]),
    }  # fmt: skip
    for code, name in regions.items():
        if code not in NOT_REGIONS:
            yield {
                "kind": "REGION", "code": code, "name": name, "region": name,
                "population": people["region", code] or None,
            }  # fmt: skip


def former(files: dict[str, bytes]) -> Iterator[Row]:
    """Delegated and associated communes by name and code; of those that left nothing but their code, the code."""
    communes = json.loads(files["data/communes.json"])
    present = {each["code"]: each for each in communes if each["type"] == "commune-actuelle"}
    named = [each for each in communes if each["type"] in ("commune-deleguee", "commune-associee")]
    for each in named:
        if each["nom"] != present[each["chefLieu"]]["nom"]:
            yield {"code": each["code"], "name": each["nom"], "commune": each["chefLieu"]}
    known = present.keys() | {each["code"] for each in named}
    for commune in present.values():
        for code in commune.get("anciensCodes", []):
            if code not in known:
                yield {"code": code, "commune": commune["code"]}


def written(found: Iterator[Row], columns: list[str] = COLUMNS) -> bytes:
    lines = sorted([_field(row.get(column)) for column in columns] for row in found)
    return "".join("\t".join(line) + "\n" for line in [columns, *lines]).encode()


def _field(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        files = packed(PACKAGE, Path(name))
    contents = {TARGET: written(rows(files)), FORMER: written(former(files), FORMER_COLUMNS)}
    for target, content in contents.items():
        target.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
