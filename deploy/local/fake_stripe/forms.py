"""Parameters as Stripe's library writes them: `items[0][price]=price_1`."""

import re
from typing import Any
from urllib.parse import parse_qsl


def decode(text: str) -> dict[str, Any]:
    """The parameters of a body or of a query, nested; lists as the library numbers them, or as `expand[]`."""
    found: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        *path, last = re.findall(r"[^\[\]]+", key) + ([""] if key.endswith("[]") else [])
        inner = found
        for name in path:
            inner = inner.setdefault(name, {})
        inner[last or str(len(inner))] = value
    return found
