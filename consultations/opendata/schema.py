"""What the columns of a table are, as programs read it: Table Schema (specs.frictionlessdata.io/table-schema)."""

from typing import Any

from consultations.opendata.registry import NO, YES, Column, Kind, Table


def schema_of(table: Table) -> dict[str, Any]:
    """Of its CSV. Its JSON has the same names: moments there say their distance from UTC, flags are true or false."""
    found: dict[str, Any] = {
        "fields": [_field(each) for each in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    refers = [each for each in table.columns if each.of]
    if refers:
        found["foreignKeys"] = [
            {"fields": each.name, "reference": {"resource": each.of, "fields": "identifiant"}} for each in refers
        ]
    return found


def _field(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column.name, "description": str(column.meaning), **_type(column.kind)}
    limits: dict[str, Any] = {}
    if column.required:
        limits["required"] = True
    if column.codes is not None:
        limits["enum"] = [str(label) for label in column.codes.labels]
    return {**found, "constraints": limits} if limits else found


def _type(kind: Kind) -> dict[str, Any]:
    match kind:
        case Kind.ADDRESS:
            return {"type": "string", "format": "uri"}
        case Kind.MOMENT:
            return {"type": "datetime", "format": "%Y-%m-%d %H:%M"}
        case Kind.FLAG:
            return {"type": "boolean", "trueValues": [YES], "falseValues": [NO]}
    return {"type": kind.value}


def kind_in_words(column: Column) -> str:
    return str(_WORDS[column.kind])


_WORDS = {
    Kind.TEXT: "texte",
    Kind.ADDRESS: "adresse",
    Kind.NUMBER: "nombre entier",
    Kind.DAY: "jour",
    Kind.MOMENT: "jour et heure",
    Kind.FLAG: "oui ou non",
}
