"""Pictures that people send, made safe to show: looked at as content, never by name, and written anew."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from PIL import Image, ImageOps

_FORMATS = ("PNG", "JPEG", "WEBP")
_MOST_BYTES = 2 * 1024 * 1024
MOST_PHOTO_BYTES = 8 * 1024 * 1024
_MOST_SIDE, _MOST_PIXELS, _LEAST_SIDE = 6000, 25_000_000, 32
# What phones take: a plain JPEG is decoded at a half or a quarter of its size, whatever it announces.
_MOST_PHOTO_SIDE, _MOST_PHOTO_PIXELS = 12_000, 80_000_000
# Sides and qualities that are tried until the photo is light enough for a page.
_PHOTO_WEIGHT = 250 * 1000
_PHOTO_TRIES = ((1600, 82), (1600, 74), (1600, 64), (1280, 68), (1280, 56), (1024, 56), (800, 50))
# Twice the largest place that a page gives it.
_LOGO_SIDE = 512
# A logo is seen on every page: one heavier than this is brought to 256 colours.
_HEAVY = 48 * 1024
# What Pillow's decoders raise on files that are broken, or are made to break them.
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, OverflowError, IndexError, MemoryError)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class PictureRefused(Exception):
    """The file cannot be used. `message` says in the reader's language what to do."""

    def __init__(self, message: object) -> None:
        super().__init__(message)
        self.message = message


def accept_logo(file: _Readable) -> bytes:
    """The picture of an upload as a PNG of our own making: upright, at most 512 pixels a side, transparency kept.

    Nothing of the file itself remains but its pixels: no metadata, no place where it was taken, no
    second frame, no bytes after the end. Raises PictureRefused.
    """
    content = file.read(_MOST_BYTES + 1)
    if not content:
        raise PictureRefused(_("This file is empty. Choose another one."))
    if len(content) > _MOST_BYTES:
        raise PictureRefused(_("This picture weighs more than 2 MB. Send a smaller one, such as a PNG of 512 pixels."))
    picture = _opened(content)
    _check_size(picture)
    try:
        return _written(_fitted(picture, side=_LOGO_SIDE))
    except _UNREADABLE as problem:
        raise PictureRefused(_("This picture is damaged or not complete. Export it again, then send it.")) from problem


@dataclass(frozen=True)
class Photo:
    """A progressive JPEG of our own making."""

    content: bytes
    width: int
    height: int


def accept_photo(file: _Readable) -> Photo:
    """The picture of an upload as a progressive JPEG: upright, at most 1,600 pixels a side and about 250 kB.

    As for a logo, nothing of the file remains but its pixels. What is transparent becomes white. Raises PictureRefused.
    """
    content = file.read(MOST_PHOTO_BYTES + 1)
    if not content:
        raise PictureRefused(_("This file is empty. Choose another one."))
    if len(content) > MOST_PHOTO_BYTES:
        raise PictureRefused(_("This picture weighs more than 8 MB. Send a smaller one."))
    picture = _opened(content)
    if picture.format == "JPEG" and not picture.info.get("progressive"):
        _check_size(picture, side=_MOST_PHOTO_SIDE, pixels=_MOST_PHOTO_PIXELS)
    else:
        _check_size(picture)
    try:
        return _as_photo(_on_white(_fitted(picture, side=_PHOTO_TRIES[0][0])))
    except _UNREADABLE as problem:
        raise PictureRefused(_("This picture is damaged or not complete. Export it again, then send it.")) from problem


def picture_digest(png: bytes) -> str:
    """Names these bytes in an address: other bytes, another name."""
    return sha256(png).hexdigest()[:20]


def _opened(content: bytes) -> Image.Image:
    """The picture with its header read, not yet its pixels."""
    try:
        return Image.open(BytesIO(content), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise PictureRefused(_TOO_LARGE) from problem
    except _UNREADABLE as problem:
        beginning = content[:1000].lstrip().lower()
        if beginning.startswith((b"<?xml", b"<svg", b"<!--", b"<!doctype svg")) or b"<svg" in beginning:
            raise PictureRefused(
                _("SVG drawings are not accepted: they may carry programs. Export it as a PNG.")
            ) from problem
        raise PictureRefused(
            _("This file is not a picture that we can read. Send a PNG, a JPEG or a WebP.")
        ) from problem


_TOO_LARGE = pgettext_lazy(
    "picture", "This picture has too many pixels: 6,000 a side and 25 million in all at most. Send a smaller one."
)


def _check_size(picture: Image.Image, *, side: int = _MOST_SIDE, pixels: int = _MOST_PIXELS) -> None:
    """By what the header declares: a few bytes can announce a wall of pixels."""
    width, height = picture.size
    if max(width, height) > side or width * height > pixels:
        raise PictureRefused(_TOO_LARGE)
    if min(width, height) < _LEAST_SIDE:
        raise PictureRefused(_("This picture is too small: at least 32 pixels a side."))


def _fitted(picture: Image.Image, *, side: int) -> Image.Image:
    # A JPEG is decoded no larger than is useful.
    picture.draft("RGB", (2 * _LOGO_SIDE, 2 * _LOGO_SIDE) if side == _LOGO_SIDE else (side, side))
    picture.load()
    if picture.mode.startswith("I"):
        # 16 bits of grey: Pillow would cut them to white.
        picture = picture.convert("I").point(lambda grey: grey / 256).convert("L")
    upright = ImageOps.exif_transpose(picture.convert("RGBA" if picture.has_transparency_data else "RGB"))
    upright.thumbnail((side, side), Image.Resampling.LANCZOS)
    return upright


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _as_photo(picture: Image.Image) -> Photo:
    """The best that is light enough; else the lightest."""
    photo = None
    for side, quality in _PHOTO_TRIES:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        picture.info = {}  # else comments and profiles would go along
        written = BytesIO()
        picture.save(written, "JPEG", quality=quality, progressive=True, optimize=True)
        photo = Photo(written.getvalue(), *picture.size)
        if len(photo.content) <= _PHOTO_WEIGHT:
            break
    assert photo is not None, "there is at least one try"
    return photo


def _written(picture: Image.Image) -> bytes:
    if picture.mode == "RGBA":
        least, most = picture.getchannel("A").getextrema()
        if most == 0:
            raise PictureRefused(_("This picture is transparent all over. Choose another one."))
        if least == 255:
            picture = picture.convert("RGB")
    png = _as_png(picture)
    if len(png) > _HEAVY:
        png = min(png, _as_png(picture.quantize(256, method=Image.Quantize.FASTOCTREE)), key=len)
    return png


def _as_png(picture: Image.Image) -> bytes:
    # Else the profile and the comments of the file would go along.
    picture.info = {}
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
