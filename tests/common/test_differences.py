"""The difference of two texts tells both of them, and reads well."""

import random
import re
from html import unescape

import pytest
from django.template.loader import render_to_string

from common.differences import Piece, difference

BEFORE = "un point d’eau, et des bancs."
AFTER = "un point d’eau, des bancs à l’ombre, et une entrée de plain-pied."
SHADE = "Des arbres partout dans la ville, plantés en hiver."
BENCH = "Un banc par rue, avec dossier et accoudoirs."
START = "On commence par les lieux qui existent."


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
        (" \n a ", "a\n\n"),
        ("\n\n", " "),
    ],
)
def test_both_texts_are_told_whole(before: str, after: str) -> None:
    assert told(before, after) == (before, after)


def test_random_texts_are_told_whole() -> None:
    chance = random.Random(7)
    words = ["un", "banc", "à", "l’ombre", "des", "arbres", "\n\n", ",", "eau", "\n", "  ", "."]
    for _unused in range(200):
        before, after = (" ".join(chance.choices(words, k=chance.randint(0, 30))) for _each in range(2))
        assert told(before, after) == (before, after)


def test_texts_edited_at_random_are_told_whole() -> None:
    chance = random.Random(11)
    paragraphs = [SHADE, BENCH, START, BEFORE, AFTER, "Oui.", ""]
    for _unused in range(150):
        old = chance.choices(paragraphs, k=chance.randint(1, 8))
        new = [each.replace(chance.choice("ae "), chance.choice(["", " très ", "\n"])) for each in old]
        chance.shuffle(new)
        before, after = "\n\n".join(old), "\n\n".join(new[chance.randint(0, 1) :])
        assert told(before, after) == (before, after)


def test_changes_are_phrases_not_crumbs() -> None:
    kinds = [piece.kind for piece in difference(BEFORE, AFTER)]
    assert kinds.count("added") <= 2


def test_what_came_does_not_stick_to_what_went() -> None:
    assert difference("Ouvert jusqu’à 22 h l’été", "Ouvert jusqu’à 21 h 30 l’été") == [
        Piece("same", "Ouvert jusqu’à "),
        Piece("removed", "22 h"),
        Piece("added", "21 h 30", gap=True),
        Piece("same", " l’été"),
    ]


def test_a_new_sentence_is_told_as_a_sentence() -> None:
    assert difference("Le premier. Le dernier.", "Le premier. Un autre. Le dernier.")[1] == Piece("added", " Un autre.")


def test_a_moved_paragraph_is_told_as_moved_in_both_places() -> None:
    pieces = difference("\n\n".join([START, SHADE, BENCH]), "\n\n".join([BENCH, START, SHADE]))
    assert [(piece.kind, piece.text) for piece in pieces if piece.moved] == [("added", BENCH), ("removed", BENCH)]
    assert all(piece.moved or piece.is_blank for piece in pieces if piece.kind != "same")


def test_in_a_moved_paragraph_that_changed_only_the_change_is_new() -> None:
    changed = BENCH.replace("dossier", "un haut dossier")
    pieces = difference("\n\n".join([START, SHADE, BENCH]), "\n\n".join([changed, START, SHADE]))
    assert [piece.text for piece in pieces if piece.kind == "added" and not piece.moved] == [" un haut", "\n\n"]


def test_a_rewritten_paragraph_leaves_the_others_alone() -> None:
    pieces = difference("\n\n".join([SHADE, BENCH, START]), "\n\n".join([SHADE, "Rien de tout cela ?", START]))
    assert [piece.kind for piece in pieces] == ["same", "removed", "added", "same"]
    assert pieces[1].text == BENCH


def test_the_page_shows_the_words_of_the_text_and_no_space_more() -> None:
    page = render_to_string("common/components/_diff.html", {"pieces": difference(BEFORE, AFTER)})
    said = re.sub(r"<del.*?</del>|<span.*?</span>", "", page.partition('<p class="diff">')[2], flags=re.DOTALL)
    assert unescape(re.sub(r"<[^>]*>", "", said)).removesuffix("\n") == AFTER
