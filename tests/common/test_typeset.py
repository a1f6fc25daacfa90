"""What Typst sets: whatever people have written, the document is made, and nothing of it is read as markup."""

import unicodedata
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from common.typeset import NOT_DRAWN, _odd, pdf, png, printable

TEMPLATE = b"""#let content = json(bytes(sys.inputs.content))
#set document(title: "Essai")
#set text(font: "Atkinson Hyperlegible Next", lang: "fr")
#par(content.words)"""

HOSTILE = [
    '#panic(1) #import "x": * $ x^2 $ *gras* _penché_ `code` \\ \\u{41} = titre\n- liste <étiquette> @renvoi // /* */ [x]',
    "😀🏳️‍🌈👩‍👩‍👧",
    "שלום עולם ‏مرحبا بالعالم",
    "漢字かな交じり文",
    "a\u0301\u0302\u0303\u0304\u0485\u0486 \u202eenvers\u202c \ufeff\u200b\u00ad",
    "x" * 5_000,
    "mot " * 1_250,
    "",
    "\x00\x01\x7f\x9f\u2028\u2029\n\n",
    "".join(chr(code) for code in (*range(0x20, 0x530), *range(0x2000, 0x2C00))),
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_people_write_can_be_printed(words: str) -> None:
    assert PdfReader(BytesIO(pdf(TEMPLATE, {"words": words}))).pages


def test_what_people_write_is_no_markup() -> None:
    words = "#panic(1) $x$ *gras* _penché_ \\n [y] = titre"
    assert words in PdfReader(BytesIO(pdf(TEMPLATE, {"words": words}))).pages[0].extract_text()


def test_letters_that_no_font_has_are_not_left_out_in_silence() -> None:
    assert printable("une idée pour 漢字") == f"une idée pour {NOT_DRAWN}"
    assert printable("L’été, c’est « bien » : 12 €\u202f!") == "L’été, c’est « bien » : 12 €\u202f!"


def test_emoji_are_printed_each_once_however_they_are_to_look() -> None:
    """Without their skins, genders and colours, which one font in one colour does not have."""
    assert printable("👍🏽 👩‍👩‍👧 ❤️ 🇫🇷") == "👍 👩👩👧 ❤ 🇫🇷"
    text = PdfReader(BytesIO(pdf(TEMPLATE, {"words": "Un banc 🌳, un arbre 👍🏽 !"}))).pages[0].extract_text()
    assert text.strip() == "Un banc 🌳, un arbre 👍 !"


def test_arabic_is_joined_and_runs_from_right_to_left() -> None:
    assert printable("مرحبا بالعالم") == "مرحبا بالعالم"
    text = PdfReader(BytesIO(pdf(TEMPLATE, {"words": "Un mot : مرحبا"}))).pages[0].extract_text()
    assert set("مرحبا") <= set(unicodedata.normalize("NFKC", text))
    assert drawn("بببب").width < 3 * drawn("ب").width
    # The first letter, a tall stroke, stands on the right of the second, which is low.
    both = drawn("اب")
    high = both.crop((0, 0, both.width, both.height // 3)).point(lambda light: 255 - light).getbbox()
    assert high
    assert high[0] > both.width / 2


def drawn(words: str) -> Image.Image:
    """Cut to its ink."""
    template = TEMPLATE.replace(
        b"#set text(", b"#set page(width: auto, height: auto, margin: 4pt)\n#set text(size: 60pt, "
    )
    with Image.open(BytesIO(png(template, {"words": words}))) as picture:
        grey = picture.convert("L")
    return grey.crop(grey.point(lambda light: 255 - light).getbbox())


def test_marks_that_no_font_puts_together_do_not_spoil_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.typeset._DRAWN", (range(0x20, 0x3000),))
    _odd.cache_clear()
    text = PdfReader(BytesIO(pdf(TEMPLATE, {"words": "été ✀ fini"}))).pages[0].extract_text()
    _odd.cache_clear()
    assert text.strip() == f"été {NOT_DRAWN} fini"
