"""A logo is looked at as content: what is not an honest picture is refused, what is one is written anew."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from common.aside import call_with
from common.pictures import _REFUSALS, PictureRefused, _what_it_is, accept_logo, accept_photo, picture_digest

GPS, ORIENTATION, TURNED_RIGHT = 0x8825, 0x0112, 6


def file_of(picture: Image.Image, kind: str = "PNG", **options: Any) -> BytesIO:
    file = BytesIO()
    picture.save(file, kind, **options)
    file.seek(0)
    return file


def written(file: BytesIO) -> Image.Image:
    png = accept_logo(file)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    picture = Image.open(BytesIO(png))
    picture.load()
    return picture


def refusal(content: bytes) -> Any:
    with pytest.raises(PictureRefused) as refused:
        accept_logo(BytesIO(content))
    return refused.value.message


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def declared_png(width: int, height: int) -> bytes:
    """A few bytes that announce a picture of that size, all of it there: zeros deflate to nothing."""
    rows = zlib.compressobj(9)
    pixels = b"".join(rows.compress(b"\0" * (1 + width)) for _row in range(height)) + rows.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "drawing",
    [
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        '\n <?xml version="1.0"?><svg onload="alert(1)"/>',
        '\ufeff<svg xmlns="http://www.w3.org/2000/svg"/>',
    ],
)
def test_a_drawing_that_may_carry_a_script_is_refused(drawing: str) -> None:
    assert "PNG" in refusal(drawing.encode())
    assert "SVG" in refusal(drawing.encode())


def test_a_hundred_megapixels_in_a_few_bytes_are_refused() -> None:
    bomb = declared_png(10_000, 10_000)
    assert len(bomb) < 150_000
    assert refusal(bomb) == _REFUSALS["large"]


@pytest.mark.parametrize("size", [(6001, 40), (3536, 3536)])
def test_a_picture_just_too_large_is_refused(size: tuple[int, int]) -> None:
    assert refusal(declared_png(*size)) == _REFUSALS["large"]


def test_a_billion_pixels_declared_are_refused() -> None:
    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"")
    assert refusal(bomb) == _REFUSALS["large"]


def test_a_file_of_another_kind_is_refused_whatever_its_name() -> None:
    archive = BytesIO()
    archive.name = "logo.png"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("logo.png", b"x")
    assert refusal(archive.getvalue()) == _what_it_is(b"")
    assert refusal(file_of(Image.new("RGB", (64, 64)), "GIF").getvalue()) == _what_it_is(b"")
    assert refusal(b"%PDF-1.7\n") == _what_it_is(b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_cut_short_is_refused(kind: str) -> None:
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    content = file_of(noise, kind).getvalue()
    assert refusal(content[: len(content) // 2]) == _REFUSALS["damaged"] or kind == "WEBP"
    with pytest.raises(PictureRefused):
        accept_logo(BytesIO(content[: len(content) // 2]))


def test_an_empty_file_and_a_heavy_one_are_refused() -> None:
    assert "vide" in refusal(b"")
    assert "2 Mo" in refusal(b"\x89PNG" + b"\0" * (2 * 1024 * 1024))


def test_a_tiny_or_an_invisible_picture_is_refused() -> None:
    assert refusal(file_of(Image.new("RGB", (500, 31))).getvalue()) == _REFUSALS["small"]
    assert refusal(file_of(Image.new("RGBA", (64, 64), (0, 0, 0, 0))).getvalue()) == _REFUSALS["invisible"]


def test_a_printers_jpeg_becomes_a_screens_png() -> None:
    picture = written(file_of(Image.new("CMYK", (200, 100), (0, 255, 255, 0)), "JPEG"))
    assert picture.mode == "RGB"
    red, green, blue = picture.getpixel((50, 50))
    assert (red > 200, green < 60, blue < 60) == (True, True, True)


def test_where_a_photograph_was_taken_is_forgotten_and_it_stands_upright() -> None:
    photograph = Image.new("RGB", (600, 300), "white")
    photograph.paste("red", (0, 0, 300, 300))
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    exif.get_ifd(GPS).update({1: "N", 2: (47.0, 57.0, 0.0)})
    file = file_of(photograph, "JPEG", exif=exif, comment=b"secret", icc_profile=b"profile")
    assert Image.open(file).getexif().get_ifd(GPS)
    file.seek(0)

    png = accept_logo(file)
    picture = Image.open(BytesIO(png))
    assert picture.size == (256, 512)
    assert picture.getpixel((128, 100))[1] < 60  # the left half is now the upper one
    assert not dict(picture.getexif())
    assert not picture.info
    assert b"secret" not in png
    assert b"eXIf" not in png


def test_transparency_of_a_palette_is_kept() -> None:
    picture = Image.new("P", (100, 100), 0)
    picture.putpalette([0, 0, 0, 200, 30, 30])
    picture.paste(1, (50, 0, 100, 100))
    result = written(file_of(picture, transparency=0)).convert("RGBA")
    assert result.getpixel((10, 50))[3] == 0
    assert result.getpixel((90, 50)) == (200, 30, 30, 255)


def test_transparency_declared_as_one_colour_is_kept() -> None:
    picture = Image.new("RGB", (100, 100), (255, 255, 255))
    picture.paste((10, 120, 60), (50, 0, 100, 100))
    result = written(file_of(picture, transparency=(255, 255, 255))).convert("RGBA")
    assert result.getpixel((10, 50))[3] == 0
    assert result.getpixel((90, 50)) == (10, 120, 60, 255)


def test_sixteen_bits_of_grey_stay_grey() -> None:
    grey = Image.new("I;16", (64, 64), 128 * 256)
    assert written(file_of(grey)).convert("L").getpixel((30, 30)) == 128


def test_of_a_moving_picture_the_first_frame_is_taken() -> None:
    red, blue = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    for kind in ("PNG", "WEBP"):
        result = written(file_of(red, kind, save_all=True, append_images=[blue]))
        assert getattr(result, "n_frames", 1) == 1
        assert result.convert("RGB").getpixel((30, 30))[0] > 200


def test_a_large_photograph_becomes_a_light_file() -> None:
    photograph = Image.effect_noise((1200, 900), 60).convert("RGB")
    png = accept_logo(file_of(photograph, "JPEG"))
    assert Image.open(BytesIO(png)).size == (512, 384)
    assert len(png) < 200_000


def test_text_hidden_in_a_png_and_bytes_behind_it_are_gone() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    png = accept_logo(BytesIO(file_of(Image.new("RGB", (64, 64), "red"), pnginfo=notes).getvalue() + b"<?php"))
    assert b"script" not in png
    assert b"php" not in png


def test_the_same_file_gives_the_same_digest_and_another_another() -> None:
    first, again = (accept_logo(file_of(Image.new("RGB", (64, 64), "red"))) for _time in range(2))
    other = accept_logo(file_of(Image.new("RGB", (64, 64), "blue")))
    assert picture_digest(first) == picture_digest(again) != picture_digest(other)
    assert len(picture_digest(first)) == 20


# ── Photos ───────────────────────────────────────────────────────────────────


def test_a_phones_photograph_is_made_light_upright_and_forgets_where_it_was_taken() -> None:
    photograph = Image.effect_noise((600, 450), 80).convert("RGB").resize((2400, 1800))
    photograph.paste("red", (0, 0, 1200, 1800))
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    exif.get_ifd(GPS).update({1: "N", 2: (47.0, 57.0, 0.0), 3: "E", 4: (1.0, 52.0, 0.0)})
    file = file_of(photograph, "JPEG", quality=95, exif=exif, comment=b"secret", icc_profile=b"profile")
    assert Image.open(file).getexif().get_ifd(GPS)[2] == (47.0, 57.0, 0.0)
    file.seek(0)

    photo = accept_photo(file)
    picture = Image.open(BytesIO(photo.content))
    assert picture.format == "JPEG"
    assert picture.size == (photo.width, photo.height)
    assert max(picture.size) <= 1600
    assert picture.height > picture.width
    assert len(photo.content) <= 250_000
    red, green, _blue = picture.getpixel((picture.width // 2, picture.height // 4))  # the left half is the upper one
    assert (red > 200, green < 60) == (True, True)
    assert picture.info["progressive"]
    assert not dict(picture.getexif())
    assert {"exif", "icc_profile", "comment"}.isdisjoint(picture.info)
    assert b"Exif" not in photo.content
    assert b"secret" not in photo.content


def test_a_transparent_drawing_stands_on_white() -> None:
    drawing = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    drawing.paste((200, 0, 0, 255), (0, 0, 100, 100))
    picture = Image.open(BytesIO(accept_photo(file_of(drawing)).content))
    assert min(picture.getpixel((150, 50))) > 240


def test_a_wall_of_pixels_is_no_photograph() -> None:
    for content in (declared_png(6001, 5000), b"", b"<svg onload=alert(1)>"):
        with pytest.raises(PictureRefused):
            accept_photo(BytesIO(content))


def test_while_a_picture_is_decoded_its_citys_turn_is_given_back() -> None:
    steps: list[bool] = []
    call_with(steps.append, accept_logo, file_of(Image.new("RGB", (64, 64))))
    assert steps == [True, False]
    with pytest.raises(PictureRefused):
        call_with(steps.append, accept_logo, BytesIO(b"GIF89a, perhaps"))
    assert steps == [True, False] * 2
