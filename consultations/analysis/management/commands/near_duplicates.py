"""Proposals of a file that say nearly the same: `near_duplicates FILE.jsonl --json`, `near_duplicates - < FILE`."""

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

if TYPE_CHECKING:
    from consultations.analysis.methods.duplicates import Text

_FORM = """
FILE has a JSON object a line, in UTF-8: "id" (or "ref"), "body", and "title" if there is one. Where lines have a
"type", only those of type "proposal" are compared, and those with "hidden": true are left out; so the form of
docs/import.md can be read as it is.

With --json an array is printed, nearest first: {"a": "proposal-395", "b": "proposal-447", "score": 0.992}, a being
before b in the file; without, the same as CSV with the header a,b,score. A score of 1 is the same text; from 0.6 on
nine pairs in ten say the same; of texts that are all alike each is paired with the first.
"""


class Command(BaseCommand):
    help = "Print the pairs of proposals that say nearly the same."
    # It works in a fresh checkout, where no database runs.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.epilog = _FORM
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("file", help="JSON Lines, as said below; - is standard input")
        parser.add_argument("--json", action="store_true", help="print a JSON array instead of CSV")
        parser.add_argument("--least", type=float, metavar="SCORE", help="the lowest score printed, from 0.1 to 1")

    def handle(self, *args: Any, **options: Any) -> None:
        # Loads what weighs hundreds of megabytes: only here.
        from consultations.analysis.methods.duplicates import LISTED, near_duplicates

        least = LISTED if options["least"] is None else options["least"]
        if not 0.1 <= least <= 1:
            raise CommandError("--least is from 0.1 to 1.")
        pairs = [asdict(pair) for pair in near_duplicates(list(_texts(options["file"])), least=least)]
        if options["json"]:
            # Only ASCII, so that it can be printed anywhere.
            self.stdout.write("[\n" + ",\n".join(json.dumps(pair) for pair in pairs) + "\n]" if pairs else "[]")
        else:
            table = csv.DictWriter(self.stdout, ["a", "b", "score"], lineterminator="\n")
            table.writeheader()
            table.writerows(pairs)


def _texts(name: str) -> "Iterator[Text]":
    seen: dict[str, int] = {}
    for number, line in enumerate(_lines(name), start=1):
        if not line.strip():
            continue
        text = _text(number, line)
        if text is None:
            continue
        if text.key in seen:
            raise CommandError(f"Line {number}: its id is that of line {seen[text.key]} already.")
        seen[text.key] = number
        yield text


def _text(number: int, line: bytes) -> "Text | None":
    """None for what is no proposal, or a hidden one."""
    from consultations.analysis.methods.duplicates import Text

    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as problem:
        raise CommandError(f"Line {number} is not UTF-8: convert the file first.") from problem
    except (ValueError, RecursionError) as problem:
        raise CommandError(f"Line {number} is not JSON: one object a line is expected.") from problem
    if not isinstance(row, dict):
        raise CommandError(f"Line {number} is not an object with an id and a body.")
    if row.get("type", "proposal") != "proposal" or row.get("hidden"):
        return None
    key = row.get("id", row.get("ref"))
    if isinstance(key, bool) or not isinstance(key, str | int) or key == "":
        raise CommandError(f'Line {number} has no id: a text or a number is expected under "id" or "ref".')
    title, body = row.get("title") or "", row.get("body")
    if not isinstance(body, str) or not isinstance(title, str):
        raise CommandError(f'Line {number}: a text is expected under "body", and under "title" if there is one.')
    return Text(str(key), title, body)


def _lines(name: str) -> list[bytes]:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as problem:
        raise CommandError(f"The file cannot be read: {problem.strerror}") from problem
    return content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
