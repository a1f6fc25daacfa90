"""A program of its own, run by common.pictures: reads a picture, writes one of our own making.

It knows nothing of us: no settings, no database, no secret. Whatever a file makes the decoders do ends with it, within
its bounds of memory and time. Input: the file. Output: a first line, `taken WIDTH HEIGHT` and then the picture, or
`refused REASON`.
"""

import os
import resource
import sys
from contextlib import suppress
from io import BytesIO

MEMORY, SECONDS = 512 * 1024 * 1024, 10


def bound_oneself() -> None:
    """macOS knows no bound of memory; it has the others."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    os.nice(10)  # pages come first


if __name__ == "__main__":
    bound_oneself()

from PIL import Image, ImageOps  # noqa: E402
from PIL.JpegImagePlugin import JpegImageFile  # noqa: E402

FORMATS = ("PNG", "JPEG", "WEBP")
MIN_SIDE, MAX_SIDE, MAX_PIXELS = 32, 6000, 12_500_000
# What phones take: a plain JPEG is decoded at a half, a quarter, an eighth of its size.
MAX_SCALED_SIDE, MAX_SCALED_PIXELS = 12_000, 80_000_000
# Sides and qualities that are tried until a photo is light enough for a page.
PHOTO_WEIGHT = 250 * 1000
PHOTO_TRIES = ((1600, 82), (1600, 74), (1600, 64), (1280, 68), (1280, 56), (1024, 56), (800, 50))
# Twice the largest place that a page gives it.
LOGO_SIDE = 512
DOCUMENT_SIDE = 4000
# A logo is seen on every page: one heavier than this is brought to 256 colours.
HEAVY = 48 * 1024


class Refused(Exception):
    pass


def logo(content: bytes) -> tuple[bytes, tuple[int, int]]:
    picture = _fitted(_opened(content), side=LOGO_SIDE, decoded_side=2 * LOGO_SIDE)
    if picture.mode == "RGBA":
        least, most = picture.getchannel("A").getextrema()
        if most == 0:
            raise Refused("invisible")
        if least == 255:
            picture = picture.convert("RGB")
    png = _as_png(picture)
    if len(png) > HEAVY:
        png = min(png, _as_png(picture.quantize(256, method=Image.Quantize.FASTOCTREE)), key=len)
    return png, picture.size


def photo(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """The best that is light enough; else the lightest."""
    picture = _on_white(_fitted(_opened(content), side=PHOTO_TRIES[0][0], decoded_side=PHOTO_TRIES[0][0]))
    jpeg = b""
    for side, quality in PHOTO_TRIES:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        picture.info = {}  # else comments and profiles would go along
        written = BytesIO()
        picture.save(written, "JPEG", quality=quality, progressive=True, optimize=True)
        jpeg = written.getvalue()
        if len(jpeg) <= PHOTO_WEIGHT:
            break
    return jpeg, picture.size


def document(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """A plan or a poster, to be read: its own size up to what fits a large screen several times; PNG stays PNG."""
    opened = _opened(content)
    is_drawn = opened.format == "PNG"
    picture = _fitted(opened, side=DOCUMENT_SIDE, decoded_side=DOCUMENT_SIDE)
    if is_drawn:
        return _as_png(picture), picture.size
    picture = _on_white(picture)
    picture.info = {}
    written = BytesIO()
    picture.save(written, "JPEG", quality=88, progressive=True, optimize=True)
    return written.getvalue(), picture.size


def _opened(content: bytes) -> Image.Image:
    """The picture with its header read, not yet its pixels: a few bytes can announce a wall of them."""
    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise Refused("large") from problem
    except MemoryError:
        raise
    except Exception as problem:
        raise Refused("unknown") from problem
    (width, height), side, pixels = picture.size, MAX_SIDE, MAX_PIXELS
    if isinstance(picture, JpegImageFile) and not picture.info.get("progressive"):
        side, pixels = MAX_SCALED_SIDE, MAX_SCALED_PIXELS
    if max(width, height) > side or width * height > pixels:
        raise Refused("large")
    if min(width, height) < MIN_SIDE:
        raise Refused("small")
    return picture


def _fitted(picture: Image.Image, *, side: int, decoded_side: int) -> Image.Image:
    picture.draft("RGB", (decoded_side, decoded_side))
    picture.load()
    if picture.mode.startswith("I"):
        # 16 bits of grey: Pillow would cut them to white.
        picture = picture.convert("I").point(lambda grey: grey / 256).convert("L")
    upright = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    with suppress(Exception):  # no one knows which way up it was meant: as it is
        upright = ImageOps.exif_transpose(upright)
    upright.thumbnail((side, side), Image.Resampling.LANCZOS)
    return upright


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _as_png(picture: Image.Image) -> bytes:
    # Else the profile and the comments of the file would go along.
    picture.info = {}
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def main() -> None:
    make = {"logo": logo, "photo": photo, "document": document}[sys.argv[1]]
    try:
        content, (width, height) = make(sys.stdin.buffer.read())
    except Refused as refusal:
        answer = f"refused {refusal}\n".encode()
    except MemoryError:
        answer = b"refused costly\n"
    except Exception:  # whatever decoders raise on files that are broken, or made to break them
        answer = b"refused damaged\n"
    else:
        answer = f"taken {width} {height}\n".encode() + content
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
