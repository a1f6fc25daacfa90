"""A city's colour is in the register, its logo in its own schema; both change together and show at once."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tenants.utils import schema_context
from PIL import Image

from accounts.models import AuditEntry
from common.pictures import picture_digest
from consultations.framing.backoffice.identity import _contrasts
from consultations.framing.models import Logo
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

PAGE = "/gestion/apparence/"


@pytest.fixture
def desk(in_saran: Municipality, visit: Callable[..., Client]) -> Client:
    return visit(in_saran, UserFactory(administrator=True), stays=True)


def upload(colour: str = "red", size: tuple[int, int] = (200, 100), kind: str = "PNG") -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return SimpleUploadedFile("n’importe quoi.exe", file.getvalue(), content_type="text/html")


def registered(city: Municipality) -> Municipality:
    with schema_context("public"):
        return Municipality.objects.get(pk=city.pk)


def test_colour_and_logo_show_on_every_page_at_once(
    desk: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    visitor = visit(in_saran, stays=True)
    assert "/logo/" not in visitor.get("/").content.decode()
    assert desk.post(PAGE, {"colour": "#2F7D4F", "logo": upload()}).status_code == 302
    logo = Logo.objects.get()
    assert logo.digest == picture_digest(bytes(logo.png))
    city = registered(in_saran)
    assert (city.colour, city.logo) == ("#2f7d4f", logo.digest)
    for client, path in ((visitor, "/"), (visitor, "/charte/"), (desk, "/gestion/")):
        page = client.get(path).content.decode()
        assert f'src="/logo/{logo.digest}.png"' in page
        assert "/couleurs/2f7d4f.css" in page
    (entry,) = AuditEntry.objects.filter(action="appearance_changed")
    assert entry.details == {"colour": "#2f7d4f", "logo": logo.digest, "fields": ["colour", "logo"]}


def test_the_logo_is_served_for_ever_under_its_digest_and_under_no_other(
    desk: Client, in_saran: Municipality, brest: Municipality, visit: Callable[..., Client]
) -> None:
    desk.post(PAGE, {"colour": "#2f7d4f", "logo": upload()})
    first = Logo.objects.get().digest
    answer = visit(in_saran, stays=True).get(f"/logo/{first}.png")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert visit(brest).get(f"/logo/{first}.png").status_code == 404
    with schema_context(in_saran.schema_name):
        desk.post(PAGE, {"colour": "#2f7d4f", "logo": upload("blue")})
        assert visit(in_saran, stays=True).get(f"/logo/{first}.png").status_code == 404
        assert visit(in_saran, stays=True).get(f"/logo/{Logo.objects.get().digest}.png").status_code == 200


def test_a_logo_is_removed_and_the_colour_kept(desk: Client, in_saran: Municipality) -> None:
    desk.post(PAGE, {"colour": "#2f7d4f", "logo": upload()})
    desk.post(PAGE, {"colour": "#2f7d4f", "without_logo": "on"})
    assert not Logo.objects.exists()
    assert registered(in_saran).logo == ""
    assert registered(in_saran).colour == "#2f7d4f"


def test_a_new_logo_wins_over_removing_the_old_one(desk: Client, in_saran: Municipality) -> None:
    desk.post(PAGE, {"colour": "#2f7d4f", "logo": upload()})
    desk.post(PAGE, {"colour": "#2f7d4f", "logo": upload("blue"), "without_logo": "on"})
    assert registered(in_saran).logo == Logo.objects.get().digest


def test_saved_twice_it_is_one_change(desk: Client) -> None:
    for _time in range(2):
        desk.post(PAGE, {"colour": "#2f7d4f", "logo": upload()})
    assert AuditEntry.objects.filter(action="appearance_changed").count() == 1


@pytest.mark.parametrize("colour", ["", "vert", "#12345", "#12345g", "red;}", "#2f7d4f\n"])
def test_what_is_no_colour_is_refused(desk: Client, in_saran: Municipality, colour: str) -> None:
    before = registered(in_saran).colour
    answer = desk.post(PAGE, {"colour": colour, "logo": upload()})
    if colour.strip() == "#2f7d4f":
        assert answer.status_code == 302  # a stray line end is no reason
        return
    assert answer.status_code == 422
    assert registered(in_saran).colour == before
    assert not Logo.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg onload='alert(1)'/>", "SVG"),
        (b"PK\x03\x04" + b"\0" * 100, "PNG"),
        (b"", "vide"),
        (b"\x89PNG" + b"\0" * (2 * 1024 * 1024), "2\u00a0Mo"),
    ],
)
def test_a_bad_picture_gets_a_sentence_and_the_colour_stays_typed(
    desk: Client, in_saran: Municipality, content: bytes, said: str
) -> None:
    answer = desk.post(PAGE, {"colour": "#2f7d4f", "logo": SimpleUploadedFile("logo.png", content)})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page or said.replace("\u00a0", " ") in page
    assert 'value="#2f7d4f"' in page
    assert registered(in_saran).logo == ""


def test_a_colour_is_looked_at_before_it_is_kept(desk: Client, in_saran: Municipality) -> None:
    before = registered(in_saran).colour
    page = desk.get(PAGE, {"colour": "#ffff00"}).content.decode()
    assert "/couleurs/ffff00.css" in page
    assert "rien n’est encore enregistré" in page
    assert registered(in_saran).colour == before
    part = desk.get(PAGE, {"colour": "#ffff00"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "/couleurs/ffff00.css" in part
    assert "/couleurs/zz" not in desk.get(PAGE, {"colour": "zz"}).content.decode()


@pytest.mark.parametrize("colour", ["ffffff", "000000", "ffff00", "0000ff", "808080", "f2a71b"])
def test_the_contrast_promised_is_kept_for_any_colour(desk: Client, colour: str) -> None:
    for label, ratio in _contrasts(f"#{colour}"):
        assert float(ratio.replace(",", ".")) >= 4.5, label
