"""What the pages that put an API in words show of its description."""

import json
from functools import cache
from itertools import groupby
from typing import Any

from rest.limits import REQUESTS_A_MINUTE
from rest.problems import STATUSES
from rest.schema import kept_contract


@cache
def reference(site: str) -> dict[str, Any]:
    return {"groups": _operations(site), "problems": _problems(), "a_minute": REQUESTS_A_MINUTE}


def _operations(site: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """By subject, as the description has them."""
    paths = json.loads(kept_contract(site))["paths"]
    found = [
        {
            "method": method.upper(),
            "path": path,
            "tag": each["tags"][0],
            "summary": each["summary"],
            "scope": each.get("x-scope", ""),
        }
        for path, methods in paths.items()
        for method, each in methods.items()
    ]
    found.sort(key=lambda each: (each["tag"], each["path"], each["scope"] != "", each["method"]))
    return [(tag, list(those)) for tag, those in groupby(found, key=lambda each: each["tag"])]


def _problems() -> list[tuple[int, str, Any]]:
    return [(status, code, said) for status, (code, _title, said) in STATUSES.items()]
