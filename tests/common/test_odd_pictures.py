"""Every odd file in every place that takes a picture: kept, or refused in a sentence; never an error, never a wait."""

import fcntl
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver
from django_tenants.utils import schema_context
from PIL import Image

from billing.forms import PdfField
from common import pictures
from common.files import MAX_FILE_BYTES, DocumentField
from common.pictures import LogoField, PhotoField, PictureRefused, accept_photo
from consultations.analysis.backoffice.population_forms import TableField
from consultations.contacts.backoffice.importing import ListField
from consultations.framing.models import Logo
from consultations.imports.backoffice.forms import ImportFileField
from consultations.participation.models import Draft
from onboarding.models import SignUp
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.common.test_pictures import declared_png, file_of, png_chunk
from tests.onboarding.signing_up import CHALLENGES, PLATFORM, YOU, begin
from tests.participation.test_propose import write_all

KEPT = ""
UNKNOWN, DAMAGED, LARGE = pictures._what_it_is(b""), pictures._REFUSALS["damaged"], pictures._REFUSALS["large"]

# ── Places ───────────────────────────────────────────────────────────────────


class Place(NamedTuple):
    """Where a picture is sent: `send` posts it, `has_it` says whether it was kept."""

    send: Callable[[SimpleUploadedFile], Any]
    has_it: Callable[[], bool]


@pytest.fixture(params=["sign-up", "desk", "visitor's draft", "resident's draft"])
def place(
    request: pytest.FixtureRequest, visit: Callable[..., Client], saran: Municipality, person: Callable[..., Any]
) -> Iterator[Place]:
    if request.param == "sign-up":
        visitor = visit(None)
        key = begin(visitor)
        visitor.post(f"/inscription/{key}/vous/", YOU)
        visitor.post(f"/inscription/{key}/defis/", CHALLENGES)
        address = f"/inscription/{key}/plateforme/"
        # Another answer is wrong: the page comes again, and shows what was kept.
        yield Place(
            lambda file: visitor.post(address, {**PLATFORM, "slug": "www", "logo": file}),
            lambda: bool(SignUp.objects.get(pk=key).logo),
        )
        return
    with schema_context(saran.schema_name):
        if request.param == "desk":
            desk = visit(saran, UserFactory(administrator=True), stays=True)
            yield Place(
                lambda file: desk.post("/gestion/apparence/", {"colour": "#2f7d4f", "logo": file}, follow=True),
                lambda: Logo.objects.exists(),
            )
            return
        writer = visit(saran, person() if "resident" in request.param else None, stays=True)
        review = write_all(writer)
        yield Place(
            lambda file: writer.post(review, {"details": "1", "picture": file, "picture_alt": "Une cour"}, follow=True),
            lambda: Draft.objects.get().picture is not None,
        )


# ── Files ────────────────────────────────────────────────────────────────────

SCENE = Image.effect_noise((300, 200), 60).convert("RGB")
OTHER = Image.new("RGB", (300, 200), "blue")


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    return file_of(picture, kind, **options).getvalue()


def with_chunk(chunk: bytes) -> bytes:
    """A good PNG with one more chunk behind its header."""
    png = saved(SCENE, "PNG")
    return png[:33] + chunk + png[33:]


def with_exif(exif: bytes) -> bytes:
    return saved(SCENE, "JPEG", exif=b"Exif\0\0" + exif)


def exif_of(kind: int, count: int, value: bytes) -> bytes:
    """One entry: the orientation, as something that it never is."""
    return b"II*\0\x08\0\0\0" + struct.pack("<HHHI4sI", 1, 0x0112, kind, count, value, 0)


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a plain JPEG": (lambda: saved(SCENE, "JPEG"), KEPT),
    "a turned JPEG": (lambda: with_exif(exif_of(3, 1, b"\x06\0\0\0")), KEPT),
    "an orientation of 99": (lambda: with_exif(exif_of(3, 1, b"\x63\0\0\0")), KEPT),
    "an orientation in words": (lambda: with_exif(exif_of(2, 4, b"haut")), KEPT),
    "an orientation elsewhere": (lambda: with_exif(exif_of(3, 9_000, b"\xff\xff\xff\x7f")), KEPT),
    "an orientation by nought": (lambda: with_exif(exif_of(5, 1, b"\x1a\0\0\0") + b"\1\0\0\0\0\0\0\0"), KEPT),
    "EXIF that is none": (lambda: with_exif(b"\0" * 40), KEPT),
    "EXIF that turns in circles": (lambda: with_exif(b"II*\0\x08\0\0\0\1\0\x69\x87\4\0\1\0\0\0\x08\0\0\0\x08\0\0\0"), KEPT),
    "a PNG with broken EXIF": (lambda: with_chunk(png_chunk(b"eXIf", b"MM\0*\xff\xff")), KEPT),
    "a profile of 1 MB": (lambda: saved(SCENE, "JPEG", icc_profile=os.urandom(1_000_000)), KEPT),
    "a profile that is none": (lambda: saved(SCENE, "PNG", icc_profile=b"profile"), KEPT),
    "a profile that unpacks to 60 MB": (
        lambda: with_chunk(png_chunk(b"iCCP", b"p\0\0" + zlib.compress(b"\0" * 60_000_000, 9))),
        UNKNOWN,
    ),
    "a text that unpacks to 60 MB": (
        lambda: with_chunk(png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 60_000_000, 9))),
        UNKNOWN,
    ),
    "a moving PNG": (lambda: saved(SCENE, "PNG", save_all=True, append_images=[OTHER]), KEPT),
    "a moving WebP": (lambda: saved(SCENE, "WEBP", save_all=True, append_images=[OTHER]), KEPT),
    "a moving GIF": (lambda: saved(SCENE, "GIF", save_all=True, append_images=[OTHER]), UNKNOWN),
    "two pictures in a JPEG": (lambda: saved(SCENE, "MPO", save_all=True, append_images=[OTHER]), KEPT),
    "16 bits of grey": (lambda: saved(Image.new("I;16", (300, 200), 30_000), "PNG"), KEPT),
    "1 bit": (lambda: saved(SCENE.convert("1"), "PNG"), KEPT),
    "grey and transparent": (lambda: saved(SCENE.convert("LA"), "PNG"), KEPT),
    "a palette and transparent": (lambda: saved(SCENE.quantize(16), "PNG", transparency=bytes(range(16))), KEPT),
    "a printer's JPEG": (lambda: saved(SCENE.convert("CMYK"), "JPEG"), KEPT),
    "a printer's JPEG with a broken profile": (lambda: saved(SCENE.convert("CMYK"), "JPEG", icc_profile=b"x" * 200), KEPT),
    "a grey JPEG": (lambda: saved(SCENE.convert("L"), "JPEG"), KEPT),
    "a program behind a PNG": (lambda: saved(SCENE, "PNG") + b"<?php system($_GET[0]); ?>", KEPT),
    "an archive behind a JPEG": (lambda: saved(SCENE, "JPEG") + b"PK\x03\x04" + b"\0" * 400, KEPT),
    "a drawing in a JPEG's comment": (lambda: saved(SCENE, "JPEG", comment=b"<svg onload=alert(1)>"), KEPT),
    "half a PNG": (lambda: saved(SCENE, "PNG")[:9_000], DAMAGED),
    "half a JPEG": (lambda: saved(SCENE, "JPEG")[:5_000], DAMAGED),
    "half a WebP": (lambda: saved(SCENE, "WEBP", lossless=True)[:9_000], "image"),
    "a header alone": (lambda: b"\x89PNG\r\n\x1a\n", UNKNOWN),
    "a size that lies": (lambda: b"\x89PNG\r\n\x1a\n" + saved(SCENE, "PNG")[8:16] + b"\0\0\x0f\xff" + saved(SCENE, "PNG")[20:], "image"),
    "a wall in PNG": (lambda: declared_png(6_000, 4_000), LARGE),
    "a wall in WebP": (lambda: saved(Image.new("RGB", (4_990, 4_990)), "WEBP", lossless=True, method=0), LARGE),
    "a wall in a progressive JPEG": (lambda: saved(Image.new("L", (4_000, 4_000)), "JPEG", progressive=True), LARGE),
    "a phone's 24 million pixels": (lambda: saved(Image.new("RGB", (6_000, 4_000), "red"), "JPEG"), KEPT),
    "as much as is taken": (lambda: saved(Image.new("RGBA", (3_500, 3_570), (9, 9, 9, 99)), "WEBP", method=0), KEPT),
    "a drawing": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG"),
    "an iPhone's photo": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99, "HEIC"),
    "a page": (lambda: b"<!doctype html><script>alert(1)</script>", UNKNOWN),
    "noise": (lambda: os.urandom(5_000), UNKNOWN),
    "32 by 5,000 points": (lambda: saved(Image.new("RGB", (32, 5_000), "red"), "PNG"), KEPT),
    "a point": (lambda: saved(Image.new("RGB", (1, 1)), "PNG"), pictures._REFUSALS["small"]),
}  # fmt: skip


@pytest.mark.parametrize("field", [LogoField, PhotoField])
@pytest.mark.parametrize("name", FILES)
def test_it_is_kept_or_refused_in_a_sentence(in_saran: Municipality, field: type[forms.Field], name: str) -> None:
    says = FILES[name][1]
    said, kept = "", None
    try:
        kept = field().clean(SimpleUploadedFile("photo.jpg", made(name), content_type="image/jpeg"))
    except forms.ValidationError as refusal:
        (said,) = refusal.messages
    assert (kept is not None) == (says == KEPT)
    assert str(says) in said


@lru_cache(maxsize=1)
def made(name: str) -> bytes:
    """For the two fields, which take it one after the other: some take long to make."""
    return FILES[name][0]()


# What a page does is the same for each kind of end.
ENDS = ["a plain JPEG", "half a PNG", "a wall in PNG", "a page"]


@pytest.mark.parametrize("name", ENDS)
def test_each_place_keeps_it_or_refuses_it_in_that_sentence(place: Place, name: str) -> None:
    make, says = FILES[name]
    response = place.send(SimpleUploadedFile("photo.jpg", make(), content_type="image/jpeg"))
    assert response.status_code in (200, 422)
    assert place.has_it() == (says == KEPT)
    assert str(says) in response.content.decode()


# ── Bounds ───────────────────────────────────────────────────────────────────


def test_every_field_that_takes_a_file_is_one_of_these() -> None:
    for urls in ("config.urls.public", "config.urls.tenant"):
        assert get_resolver(urls).url_patterns  # all forms are known now
    asked, found = [forms.BaseForm], {}
    while asked:
        for form in asked.pop().__subclasses__():
            asked.append(form)
            for name, field in getattr(form, "base_fields", {}).items():
                if isinstance(field, forms.FileField):
                    found[f"{form.__module__}.{form.__qualname__}.{name}"] = field
    ours = {name: field for name, field in found.items() if not name.startswith("django.")}
    assert len(ours) == 13
    assert {type(field) for field in ours.values()} == {
        LogoField,
        PhotoField,
        DocumentField,
        PdfField,
        TableField,
        ImportFileField,
        ListField,
    }
    for name, field in ours.items():
        # A browser says it before it sends (site.js): what is far too heavy would be refused with all that was typed.
        assert 0 < field.widget.attrs["data-heaviest"] <= MAX_FILE_BYTES, name
        assert field.widget.attrs["data-too-heavy"], name


@pytest.mark.parametrize("resource", ["memory", "time"])
def test_a_file_that_costs_too_much_is_given_up(resource: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """The decoder with next to nothing to spend."""
    program = pictures._DECODER.read_text()
    if resource == "memory":
        program = program.replace("512 * 1024 * 1024", "140 * 1024 * 1024")
    else:
        program = program.replace("SECONDS = 512 * 1024 * 1024, 10", "SECONDS = 512 * 1024 * 1024, 1").replace(
            "def main() -> None:\n", "def main() -> None:\n    while True:\n        pass\n"
        )
    assert program != pictures._DECODER.read_text()
    frugal = tmp_path / "decoder.py"
    frugal.write_text(program)
    monkeypatch.setattr(pictures, "_DECODER", frugal)
    with pytest.raises(PictureRefused) as refused:
        accept_photo(BytesIO(saved(Image.new("RGBA", (3_500, 3_500)), "WEBP")))
    # Some decoders say themselves that they lack memory, as of a file that is damaged.
    assert refused.value.message in (pictures._REFUSALS["costly"], DAMAGED)


def test_the_decoder_has_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: asked.append((args, kwargs)) or run(*args, **kwargs))
    accept_photo(BytesIO(saved(SCENE, "PNG")))
    ((arguments,), options) = asked[0]
    assert arguments[:2] == [sys.executable, "-I"]
    assert options["env"] == {}


def test_one_picture_is_decoded_at_a_time_and_few_threads_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    with pictures._DECODER.open("rb") as elsewhere, monkeypatch.context() as hurry:
        hurry.setattr(pictures, "_WAITING", 0.1)
        fcntl.flock(elsewhere, fcntl.LOCK_EX)
        with pytest.raises(PictureRefused) as refused:
            accept_photo(BytesIO(saved(SCENE, "PNG")))
        assert refused.value.message == pictures.BUSY
    assert accept_photo(BytesIO(saved(SCENE, "PNG"))).width == 300
    with pictures._WAITING_THREADS, pictures._WAITING_THREADS, pytest.raises(PictureRefused):
        accept_photo(BytesIO(saved(SCENE, "PNG")))


def test_pictures_are_counted_wherever_they_are_sent(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = tuple(rate for rate in pictures.PICTURES.rates if rate.per == "network")
    monkeypatch.setattr(pictures.PICTURES, "rates", tuple(type(rate)(2, rate.seconds, rate.per) for rate in rates))
    answers = [place.send(SimpleUploadedFile("photo.png", b"GIF89a")) for _time in range(3)]
    assert [answer.status_code for answer in answers[:2]] != [429, 429]
    assert answers[2].status_code == 429
    assert "Réessayez" in answers[2].content.decode()
