"""The difference of two texts tells both of them, and reads well."""

import random

import pytest

from common.differences import difference

BEFORE = "un point d’eau, et des bancs."
AFTER = "un point d’eau, des bancs à l’ombre, et une entrée de plain-pied."


def told(before: str, after: str) -> tuple[str, str]:
    pieces = difference(before, after)
    return (
        "".join(piece.text for piece in pieces if piece.kind != "added"),
        "".join(piece.text for piece in pieces if piece.kind != "removed"),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BEFORE, AFTER),
        ("", AFTER),
        (BEFORE, ""),
        ("", ""),
        ("a", "a"),
        ("a b c", "c b a"),
        ("é\n\nà", "é\nà"),
        ("👩‍🌾 x", "👩 x"),
    ],
)
def test_both_texts_are_told_whole(before: str, after: str) -> None:
    assert told(before, after) == (before, after)


def test_random_texts_are_told_whole() -> None:
    chance = random.Random(7)
    words = ["un", "banc", "à", "l’ombre", "des", "arbres", "\n\n", ",", "eau"]
    for _unused in range(200):
        before, after = (" ".join(chance.choices(words, k=chance.randint(0, 30))) for _each in range(2))
        assert told(before, after) == (before, after)


def test_changes_are_phrases_not_crumbs() -> None:
    kinds = [piece.kind for piece in difference(BEFORE, AFTER)]
    assert kinds.count("added") <= 2
