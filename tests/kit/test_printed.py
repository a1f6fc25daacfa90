"""What is printed: accessible, whole, and with the right address, whatever people have written."""

import re
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader

from common.qr_codes import drawing
from consultations.framing.models import Consultation, LegalIdentity, Logo
from consultations.kit.enums import Support, Variant
from consultations.kit.selectors import files
from consultations.kit.selectors.files import FILES, file_of
from consultations.kit.selectors.material import material, words
from consultations.kit.selectors.pictures import PICTURES, picture_of
from tenants.models import Municipality

PAGES = {"affiche-a3": 1, "depliant-a5": 2, "formulaire-a4": 1, "lettre-a4": 1}
MM = 72 / 25.4
SIZES = {"affiche-a3": (297, 420), "depliant-a5": (148, 210), "formulaire-a4": (210, 297), "lettre-a4": (210, 297)}
EMOJI = "😀👍🏽👩‍👩‍👧"
LONG = ("Comment faire pour que chacun, quel que soit son âge ou ses moyens, vive bien ici ? " * 3)[:200]


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return Consultation.objects.get(is_current=True)


def logo(width: int, height: int) -> bytes:
    drawn, written = Image.new("RGBA", (width, height), (0, 0, 0, 0)), BytesIO()
    ImageDraw.Draw(drawn).ellipse((0, 0, width - 1, height - 1), fill="#c2416b")
    drawn.save(written, "PNG")
    return written.getvalue()


def hostile(consultation: Consultation, city: Any) -> None:
    """Ten challenges of 200 signs, a name of 45 letters, what no font draws, a logo like a thread."""
    city.name = "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson"
    city.own_domain = "saint-remy-en-bouzemont-saint-genest-et-isson.territoires-resilients.fr"
    city.logo = "d" * 20
    Logo.objects.update_or_create(id=1, defaults={"png": logo(8, 512), "digest": city.logo})
    consultation.title = f"Łódź → Ş {EMOJI} مرحبا بالعالم 漢字 #panic(1) $x$ *y*"
    consultation.question, consultation.introduction = LONG, "mot " * 500 + "x" * 300
    consultation.commitment, consultation.decision_maker = "Le conseil répond. " * 60, "C" * 120
    consultation.who_may_answer = "Toutes les personnes. " * 13
    consultation.save()
    first = consultation.challenges.order_by("pk").first()
    assert first is not None
    consultation.challenges.exclude(pk=first.pk).update(published_at=None)
    first.question, first.label, first.summary = LONG, EMOJI, "mot " * 300
    first.guiding_questions = [LONG] * 8
    first.save()
    for number in range(9):
        first.pk, first.slug, first._state.adding = None, f"defi-{number}", True
        first.save()
    LegalIdentity.objects.update_or_create(
        id=1, defaults={"help_place": "à l’accueil, " * 20, "postal_address": "1 rue\n" * 20, "phone": "02 38 80 34 01"}
    )


def cases() -> list[tuple[str, Variant]]:
    return [(file.name, variant) for file in FILES.values() for variant in file.variants]


def text_of(made: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


@pytest.mark.parametrize("is_hostile", [False, True], ids=["usual", "hostile"])
def test_each_file_is_accessible_and_has_its_size(
    consultation: Consultation, in_saran: Municipality, is_hostile: bool
) -> None:
    if is_hostile:
        hostile(consultation, in_saran)
    for name, variant in cases():
        made = file_of(FILES[name], consultation, in_saran, variant=variant)
        with pikepdf.open(BytesIO(made)) as pdf:
            assert pdf.Root.MarkInfo.Marked, name
            assert "/StructTreeRoot" in pdf.Root, name
            assert str(pdf.Root.Lang).startswith("fr"), name
            assert pdf.Root.ViewerPreferences.DisplayDocTitle, name
            with pdf.open_metadata() as said:
                assert said["pdfuaid:part"] == "1", name
                assert said["dc:title"], name
            assert len(pdf.pages) == PAGES.get(name, len(pdf.pages)), name
            _figures_say_what_they_are(pdf, name)
            if name in SIZES:
                assert _cut(pdf.pages[0], variant) == pytest.approx([MM * each for each in SIZES[name]], abs=0.5), name


def _figures_say_what_they_are(pdf: pikepdf.Pdf, name: str) -> None:
    figures = [each for each in pdf.objects if _is_figure(each)]
    assert figures, name
    assert all(str(each.get("/Alt", "")) for each in figures), name


def _is_figure(each: Any) -> bool:
    return isinstance(each, pikepdf.Dictionary) and each.get("/S") == pikepdf.Name.Figure


def _cut(page: Any, variant: Variant) -> list[float]:
    box = [float(each) for each in (page.trimbox if variant == Variant.PRESS else page.mediabox)]
    if variant == Variant.PRESS:
        bled = [float(each) for each in page.obj.BleedBox]
        assert [round((a - b) / MM) for a, b in zip(box, bled, strict=True)] == [3, 3, -3, -3]
    return [box[2] - box[0], box[3] - box[1]]


def test_what_people_wrote_is_printed_as_far_as_a_font_has_it(
    consultation: Consultation, in_saran: Municipality
) -> None:
    hostile(consultation, in_saran)
    text = text_of(file_of(FILES["affiche-a3"], consultation, in_saran, variant=Variant.OFFICE))
    for said in ("Łódź", "→", "Ş", "😀", "panic(1) $x$ *y*", "Isson"):
        assert said in text
    assert words(f"Une idée {EMOJI} !") == "Une idée 😀👍👩👩👧 !"
    assert words("Une idée 漢字 !") == "Une idée\u202f!"
    assert words("漢字"), "of what nothing is left, that it was there is said"


def test_pictures_take_the_same(consultation: Consultation, in_saran: Municipality) -> None:
    hostile(consultation, in_saran)
    for picture in (PICTURES["story"], PICTURES["ecran"]):
        assert picture_of(picture, consultation, in_saran).startswith(b"\x89PNG")


@pytest.mark.parametrize("size", [(512, 8), (8, 512), (512, 512)])
def test_a_logo_stays_in_its_place_however_wide_or_tall(
    consultation: Consultation, in_saran: Municipality, size: tuple[int, int]
) -> None:
    in_saran.logo = "e" * 20
    Logo.objects.update_or_create(id=1, defaults={"png": logo(*size), "digest": in_saran.logo})
    for name, pages in PAGES.items():
        made = file_of(FILES[name], consultation, in_saran, variant=Variant.OFFICE)
        assert len(PdfReader(BytesIO(made)).pages) == pages


def test_a_poster_is_made_once_as_long_as_nothing_changes(
    consultation: Consultation, in_saran: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    monkeypatch.setattr(files.typeset, "pdf", lambda *given, **named: made.append(1) or b"%PDF-")
    for _time in range(2):
        file_of(FILES["affiche-a3"], consultation, in_saran, variant=Variant.OFFICE)
    assert len(made) == 1
    consultation.question = "Et maintenant ?"
    file_of(FILES["affiche-a3"], consultation, in_saran, variant=Variant.OFFICE)
    assert len(made) == 2


def test_low_on_ink_no_ground_is_printed_in_colour(consultation: Consultation, in_saran: Municipality) -> None:
    content, exact = material(consultation, in_saran, support=Support.POSTER, variant=Variant.SPARING)
    content |= {"width": 300, "height": 420, "qr": False, "document": "Essai"}
    made = files.typeset.png(files.source_of("picture"), files.content_of(content), exact=exact)
    with Image.open(BytesIO(made)) as picture:
        colours = picture.convert("RGB").getcolors(1_000_000)
    white = sum(count for count, colour in colours or [] if min(colour) > 250)
    assert white > 0.6 * 300 * 420


def test_a_code_says_its_address_in_as_many_dark_modules() -> None:
    """Read back without a camera: the path of each row, against the matrix of the same code."""
    import qrcode

    address = "https://saran.territoires-resilients.fr/v/a12"
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=2)
    code.add_data(address)
    matrix = code.get_matrix()
    drawn = [[False] * len(matrix) for _row in matrix]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", drawing(address)):
        for place in range(int(x), int(x) + int(width)):
            drawn[int(y)][place] = True
    assert drawn == matrix
