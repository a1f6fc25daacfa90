"""What people type is kept as they meant it, without what nobody means."""

import pytest

from common.text import clean_text, shortened, typeset, visible_length


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Une  place\t ombragée ", "Une place ombragée"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\x00b\x08c\x7f", "abc"),
        ("\u202egnihton\u202c", "gnihton"),
        ("e\u0301te\u0301", "été"),
        ("e\u202e\u0301te\ufeff\u0301", "été"),
        ("dit \u2067שלום\u2069 ici", "dit \u2067שלום\u2069 ici"),
        ("dit \u2067שלום\nici", "dit שלום\nici"),
        ("fini\u2069 \u2066non", "fini non"),
        ("مرحبا 👩‍🌾", "مرحبا 👩‍🌾"),
        ("<b>gras</b> & co", "<b>gras</b> & co"),
        ("20\u202f% des gens\u00a0!", "20\u202f% des gens\u00a0!"),
        ("", ""),
    ],
)
def test_clean_text(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept
    assert clean_text(kept) == kept


def test_a_line_is_one_line_and_keeps_its_typography() -> None:
    assert clean_text("Comment vivre\u202f?", one_line=True) == "Comment vivre\u202f?"
    assert clean_text("Un\ntitre \n long", one_line=True) == "Un titre long"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Ouvrir la cour le soir", 22),
        (" ab  c ", 4),
        ("a\u00a0\u00a0! \u200b ?", 5),
        ("a\n\n\n b", 4),
        ("\u200b\u200b", 0),
        (" \n\t\u00a0", 0),
        ("é👍", 2),
        ("\u3164\u2800\u0301\ufe0f", 0),
    ],
)
def test_what_is_seen_counts_with_the_spaces_between_words(text: str, length: int) -> None:
    assert visible_length(text) == length


@pytest.mark.parametrize(
    ("typed", "set_as"),
    [
        ("C'est l'été: que faire?", "C’est l’été\u00a0: que faire\u202f?"),
        ('On dit "oui" !', "On dit «\u00a0oui\u00a0»\u202f!"),
        ("«Déjà», dit-on ; bien  sûr...", "«\u00a0Déjà\u00a0», dit-on\u202f; bien sûr…"),
        ("{name} : et demain ?", "{name}\u00a0: et demain\u202f?"),
        ("Quoi ?! (vraiment ?)", "Quoi\u202f?! (vraiment\u202f?)"),
        ("https://a.example/?q=1 à 18:30", "https://a.example/?q=1 à 18:30"),
        ("Un titre\n\n- une ligne", "Un titre\n\n- une ligne"),
        ("20\u202f% des gens\u00a0!", "20\u202f% des gens\u202f!"),
        ("", ""),
    ],
)
def test_french_prose_is_set_as_a_printer_would_and_twice_is_once(typed: str, set_as: str) -> None:
    assert typeset(typed) == set_as
    assert typeset(set_as) == set_as


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Un\u2028îlot\n frais\u00a0!", "Un îlot frais\u00a0!"),  # it fits
        ("Un îlot frais, près de la médiathèque", "Un îlot frais…"),
        ("Un îlot frais près de la médiathèque", "Un îlot frais…"),
        ("anticonstitutionnellement", "anticonstitutio…"),
    ],
)
def test_what_is_shortened_ends_after_a_word(text: str, shown: str) -> None:
    assert shortened(text, 16) == shown
