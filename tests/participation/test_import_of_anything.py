"""Whatever a file holds: each line is imported as it is written or reported, and the others are imported."""

import json
import random
from typing import Any

import pytest

from common.text import clean_text
from consultations.framing.models import Challenge
from consultations.participation.importing import import_consultation
from consultations.participation.models import Argument, Proposal, Source
from tests.participation.test_import import LINES, lines

VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 10**400, 1.5, 1e999, "", " ", "x", "c1", "p1", "a1", "true", "for", [], {}, ["p1"],
    "\x00", "\ud800", "\udfff", "\u200b", "\ufeff", "\u202e", "\ufffd", "\x1b[2J", "é\u0301" * 40, "x" * 60_000, "𝓬" * 301,
    "<p>", "<script>", "<a href='", "&#0;", "&#xD800;", "&nbsp;", "<p " * 2000, "https://a.example/", "http://[", "//",
    "0001-01-01", "9999-12-31T23:59:59-12:00", "2024-03-31T02:30:00", "2024-02-30T00:00Z", "٢٠٢٤-03-01T10:00:00Z",
    {"for": 1, "mixed": 2, "against": 3}, {"for": 1}, {"for": 2**63, "mixed": 0, "against": 0}, {"\x00": 0},
]  # fmt: skip
BYTES = [b"\x00", b"\xff", b"\xe9", b"\xef\xbb\xbf", b"[" * 5000, b'"', b"}", b"\\ud83d", b"\\u0000", b",", b"NaN"]


def spoiled(chance: random.Random, entry: dict[str, Any]) -> bytes:
    """A line with something done to it: a value, a field, bytes anywhere."""
    entry = dict(entry)
    name = chance.choice(list(entry))
    done = chance.randrange(6)
    if done == 0:
        entry.pop(name)
    elif done == 1:
        entry[chance.choice([name.title(), f"{name} ", "hidden", "tally", "votes", "\x00"])] = chance.choice(VALUES)
    elif done < 5:
        entry[name] = chance.choice(VALUES)
    raw = json.dumps(entry, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    if done == 5:
        place = chance.randrange(len(raw))
        raw = raw[:place] + chance.choice(BYTES) + raw[place + chance.choice([0, 1, 5]) :]
    return raw.replace(b"\n", b"")


@pytest.mark.parametrize("seed", range(12))
def test_each_line_is_imported_as_it_is_written_or_reported(in_saran: Any, seed: int) -> None:
    chance = random.Random(seed)
    sent = lines()
    for _each in range(120):
        sent.insert(chance.randrange(1, len(sent) + 1), spoiled(chance, chance.choice(LINES)))
    report = import_consultation(sent)
    reported = {error["line"] for error in report.errors}
    assert report.lines == len(sent)
    assert report.created.total() + report.existing.total() + len(report.errors) == len(sent)
    assert all(error["reason"].encode().strip().endswith((b".", b"?")) for error in report.errors)
    noted = {note["line"] for note in report.notes}
    for number, raw in enumerate(sent, start=1):
        if number not in reported | noted and number > 1:
            _is_there(json.loads(raw))


def _is_there(entry: dict[str, Any]) -> None:
    """Word for word, but for what nobody sees."""
    model, fields = KEPT[entry["type"]]
    row = model.objects.get(import_ref=entry["ref"])
    for name, field in fields.items():
        assert seen(getattr(row, field)) == seen(entry.get(name, ""))
    assert (getattr(row, "status", "PUBLISHED") == "HIDDEN") == entry.get("hidden", False)
    assert getattr(row, "imported_votes", 0) == entry.get("votes", 0)
    tally = getattr(row, "imported_tally", None)
    assert (tally and list(tally.values())) == (list(entry["tally"].values()) if "tally" in entry else None)


def seen(words: str) -> str:
    return "".join(sign for sign in clean_text(words) if sign not in "\u200b\ufeff\u202e")


KEPT: dict[str, tuple[Any, dict[str, str]]] = {
    "challenge": (Challenge, {"title": "question"}),
    "proposal": (
        Proposal, {"title": "title", "body": "solution", "rationale": "problem", "author": "imported_author"}
    ),
    "argument": (Argument, {"body": "text", "author": "imported_author"}),
    "source": (Source, {"title": "title", "url": "url", "author": "imported_author"}),
}  # fmt: skip
