"""What the pages that put an API in words show of its description."""

import json
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from rest.limits import REQUESTS_A_MINUTE
from rest.problems import EXPLAINED, STATUSES
from rest.schema import kept_contract


@cache
def reference(site: str) -> dict[str, Any]:
    return {"groups": _operations(site), "problems": explained(), "a_minute": REQUESTS_A_MINUTE}


def _operations(site: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """By subject, as the description has them."""
    contract = json.loads(kept_contract(site))
    paths, described = contract["paths"], contract["components"]["schemas"]
    found = [
        {
            "method": method.upper(),
            "path": path,
            "tag": each["tags"][0],
            "summary": each["summary"],
            "scope": each.get("x-scope", ""),
            "needs_key": bool(each.get("security")),
            "about": each.get("description", ""),
            **_parts(each, described),
        }
        for path, methods in paths.items()
        for method, each in methods.items()
    ]
    found.sort(key=lambda each: (each["tag"], each["path"], each["scope"] != "", each["method"]))
    return [(tag, list(those)) for tag, those in groupby(found, key=lambda each: each["tag"])]


def explained() -> list[tuple[int, str, Any]]:
    """Each problem that a `type` leads to, by its status."""
    usual = [(status, code, said) for status, (code, _title, said) in STATUSES.items()]
    return sorted([*usual, *((status, code, said) for code, (status, said) in EXPLAINED.items())], key=itemgetter(0))


def _part(name: str, schema: dict[str, Any], is_needed: bool, about: str = "") -> dict[str, Any]:
    """A parameter or a field: its name, what it may be, what it is."""
    words = (about or schema.get("description", "")).partition("\n")[0]
    choices = [str(each) for each in schema.get("enum", ()) if each]
    return {
        "name": name,
        "is_needed": is_needed,
        "kind": " | ".join(choices) or schema.get("format") or schema.get("type", ""),
        "about": "" if words.startswith("* `") else words,
    }


def _parts(operation: dict[str, Any], described: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What may be asked in the address, sent in the body, and what comes back, at the first level."""

    def fields(content: dict[str, Any]) -> list[dict[str, Any]]:
        schema = content.get("application/json", {}).get("schema", {})
        if "$ref" in schema:
            schema = described[schema["$ref"].rpartition("/")[2]]
        needed = schema.get("required", ())
        return [_part(name, each, name in needed) for name, each in schema.get("properties", {}).items()]

    asked = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
    answers = operation["responses"].items()
    given: dict[str, Any] = next((each for status, each in answers if status.startswith("2")), {})
    found = fields(given.get("content", {}))
    if (page := next((each for each in found if each["name"] == "results"), None)) is not None:
        content = given["content"]["application/json"]["schema"]
        rows = described[content["$ref"].rpartition("/")[2]]["properties"]["results"]["items"]
        found = fields({"application/json": {"schema": rows}}) or [page]
    return {
        "asked": [
            _part(each["name"], each["schema"], each.get("required", False), each.get("description", ""))
            for each in asked
        ],
        "sent": fields(operation.get("requestBody", {}).get("content", {})),
        "given": found,
    }
