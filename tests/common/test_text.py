"""What people type is kept as they meant it, without what nobody means."""

import html
import re

import pytest

from common import text
from common.text import TextTooLong, Words, WordsField, clean_text, shortened, typeset, visible_length, whole_sentences
from common.web_addresses import with_links


def test_addresses_in_a_text_are_links_and_every_sign_of_it_stays() -> None:
    for typed, address, link in [
        ("(voir http://x.fr/). Suite", "http://x.fr/", "http://x.fr/"),
        ("https://fr.wikipedia.org/wiki/Banc_(meuble), et", "https://fr.wikipedia.org/wiki/Banc_(meuble)", None),
        ("« https://saran.fr/a?b=1&c=2 » !", "https://saran.fr/a?b=1&c=2", None),
        ("[https://saran.fr/plan];", "https://saran.fr/plan", None),
        ("à www.saran.fr…", "www.saran.fr", "http://www.saran.fr"),
        ("mairie@saran.fr, ou <mairie@saran.fr>.", "mairie@saran.fr", "mailto:mairie@saran.fr"),
        ('http://x.fr/"onclick="alert(1) <b>', "http://x.fr/", None),
    ]:
        made = with_links(typed)
        assert html.unescape(re.sub("</?a[^>]*>", "", made)) == typed
        link = link or address
        assert f'<a href="{html.escape(link)}">{html.escape(address)}</a>' in made
    for typed in ("http://", "www.", "(http://).", "a@b", "12:30", "<b>"):
        assert with_links(typed) == html.escape(typed)
    assert with_links("www.saran.fr", "#123456").startswith('<a class="m-link" style="color:#123456" href="http://')


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Une  place\t ombragée ", "Une place ombragée"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("a \x0b\x0b\x0c\x85 b", "a\n\nb"),
        ("biblio\u00adthèque, mé\u200bdia\u2060thè\u00adque", "bibliothèque, médiathèque"),
        ("b\u200ca\u200dn\ufe0fc\u034fs \u200e2\u200f0", "bancs 20"),
        ("\u2067 deux \u200f R\u00e9sident \u2069", "deux R\u00e9sident"),
        ("שלום \u200f!", "שלום \u200f!"),
        ("La\u3164maire\u2800de\uffa0tous\u17b4", "La maire de tous"),
        ("e\u0301\u200cte\u0301", "été"),
        ("می\u200cخواهم ❤\ufe0f", "می\u200cخواهم ❤\ufe0f"),
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
    assert clean_text("Un\x0btitre\x85long", one_line=True) == "Un titre long"


def test_a_text_may_be_as_long_as_it_is_seen_to_be() -> None:
    words = Words(2, 10)
    assert words.cleaned("❤\ufe0f" * 10) == "❤\ufe0f" * 10
    with pytest.raises(TextTooLong):
        words.cleaned("x" * 11)
    with pytest.raises(TextTooLong):  # nothing is seen of it, but it fills the table
        words.cleaned("xy" + "\ufe0f" * 50)
    with pytest.raises(TextTooLong):  # a column is no longer than that
        Words(2, 10, one_line=True).cleaned("❤\ufe0f" * 10)


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
        ("60 000 € en 2026, 20 %", "60\u00a0000\u00a0€ en 2026, 20\u00a0%"),
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
        ("Sur «\u00a0Un îlot frais\u00a0»", "Sur «\u00a0Un îlot…\u00a0»"),  # a quote that is opened is closed
        ("Sur «\u00a0Un\u00a0» îlot frais", "Sur «\u00a0Un\u00a0» îlot…"),
        ("Sur un beau «\u00a0îlot\u00a0»", "Sur un beau…"),
    ],
)
def test_what_is_shortened_ends_after_a_word(text: str, shown: str) -> None:
    assert shortened(text, 16) == shown


def test_a_refusal_writes_its_figures_as_french_does() -> None:
    said = str(TextTooLong(1200, 2000).message)
    assert said == "Trop long de 1\u202f200\u00a0: 2\u202f000 signes au plus."


@pytest.mark.parametrize("rows", [0, 8])
def test_no_field_of_words_has_the_browser_cut_what_is_pasted(rows: int) -> None:
    assert "maxlength" not in WordsField(rows=rows, maximum=120).widget.attrs


def test_the_short_way_of_plain_words_says_what_the_long_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sign that is plain, alone, in a word and between spaces."""
    signs = [chr(each) for each in range(0x110000) if text._PLAIN.fullmatch(chr(each))]
    assert 700 < len(signs) < 1000
    words = [word for sign in signs for word in (sign, f"a{sign}b", f" a {sign}\n{sign} b ")]
    short = [(clean_text(word), clean_text(word, one_line=True), visible_length(word)) for word in words]
    monkeypatch.setattr(text, "_PLAIN", re.compile("(?!)"))
    assert [(clean_text(word), clean_text(word, one_line=True), visible_length(word)) for word in words] == short


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Une rue. Un pont à refaire.", "Une rue."),
        ("M. Roy vient. Il dit : tout va bien.", "M. Roy vient."),
        ("Qui ? Tout le monde, sans rien payer.", "Qui ?"),
        ("Pas besoin de tout savoir : ce que vous voyez. Et puis", "Pas besoin de tout savoir : ce que vous voyez."),
        ("mot " * 20, "mot mot mot mot mot mot…"),
    ],
)
def test_what_is_cut_ends_with_a_sentence(text: str, shown: str) -> None:
    assert whole_sentences(text, 24) == shown
