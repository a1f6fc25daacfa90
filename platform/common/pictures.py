"""Pictures that people send, made safe to show: looked at as content, never by name, and written anew.

The decoding is common.decoder's, a process of its own with bounds of memory and time, one at a time on a machine:
whatever is sent, by however many, costs one processor for some seconds and a few threads, and pages go on.
"""

import fcntl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.allowances import Used, storage
from common.aside import aside
from common.limits import Limit, consume, key_of
from common.refusals import Refusal

MAX_LOGO_BYTES = 2 * 1024 * 1024
MAX_PHOTO_BYTES = 8 * 1024 * 1024
LOGO_TOO_HEAVY = _("This picture weighs more than 2 MB. Send a smaller one, such as a PNG of 512 pixels.")
PHOTO_TOO_HEAVY = _("This picture weighs more than 8 MB. Send a smaller one.")
# A class of thirty at its computers, and not a machine.
PICTURES = Limit("pictures", "20/10m/key", "200/10m/network")

_DECODER = Path(__file__).with_name("decoder.py")
# Seconds: for the decoder, whose processor time is bounded besides, and for one's turn.
_DECODING, _WAITING = 20, 8
# Threads of a process that may wait for a picture; the others make pages.
_WAITING_THREADS = threading.BoundedSemaphore(2)


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


T = TypeVar("T")


class PictureRefused(Refusal):
    """The file cannot be used. `message` says in the reader's language what to do."""

    code = "picture_refused"
    status = 422


@dataclass(frozen=True)
class Photo:
    """A progressive JPEG of our own making."""

    content: bytes
    width: int
    height: int


def accept_logo(file: Readable) -> bytes:
    """The picture of an upload as a PNG of our own making: upright, at most 512 pixels a side, transparency kept.

    Nothing of the file itself remains but its pixels: no metadata, no place where it was taken, no
    second frame, no bytes after the end. Raises PictureRefused.
    """
    return decoded("logo", _content(file, MAX_LOGO_BYTES, LOGO_TOO_HEAVY)).content


def accept_photo(file: Readable) -> Photo:
    """The picture of an upload as a progressive JPEG: upright, at most 1,600 pixels a side and about 250 kB.

    As for a logo, nothing of the file remains but its pixels. What is transparent becomes white. Raises PictureRefused.
    """
    return decoded("photo", _content(file, MAX_PHOTO_BYTES, PHOTO_TOO_HEAVY))


def picture_digest(png: bytes) -> str:
    """Names these bytes in an address: other bytes, another name."""
    return sha256(png).hexdigest()[:20]


def count_pictures(request: HttpRequest) -> None:
    """To be called before a form with a picture is read. Raises TooMany."""
    if request.FILES:
        consume(PICTURES, request=request, key=key_of(request))


class BoundedField(forms.FileField):
    """Its bound is in the page too (site.js): what is too heavy is said before it is sent, and nothing is lost."""

    heaviest: int
    too_heavy: Any

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "data-heaviest": self.heaviest,
            "data-too-heavy": self.too_heavy,
        }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Of the city's storage, with what to say where it is used up: a form adds that of who fills it in.
        self.rooms: list[tuple[Callable[[], Used], Any]] = [(storage, NO_MORE_ROOM)]

    def clean(self, data: Any, initial: Any = None) -> Any:
        for room, said in self.rooms:
            if data and room().is_used_up:
                raise forms.ValidationError(said, code="storage")
        return super().clean(data, initial)


class LogoField(BoundedField):
    """Gives a PNG, or None. Every field of a form that takes a file is this one, PhotoField or DocumentField (a test
    says so)."""

    heaviest, too_heavy = MAX_LOGO_BYTES, LOGO_TOO_HEAVY

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        return _cleaned(accept_logo, super().clean(data, initial))


class PhotoField(BoundedField):
    """Gives a Photo, or None."""

    heaviest, too_heavy = MAX_PHOTO_BYTES, PHOTO_TOO_HEAVY

    def clean(self, data: Any, initial: Any = None) -> Photo | None:
        return _cleaned(accept_photo, super().clean(data, initial))


def _cleaned(accept: Callable[[Any], T], sent: Any) -> T | None:
    if not sent:
        return None
    try:
        return accept(sent)
    except PictureRefused as refusal:
        raise forms.ValidationError(str(refusal.message), code="picture") from refusal


# ── The decoder ──────────────────────────────────────────────────────────────

_REFUSALS = {
    "large": pgettext_lazy(
        "picture",
        "This picture has too many pixels: 6,000 a side and 12.5 million in all at most. "
        "Send a smaller one, or a JPEG.",
    ),
    "small": _("This picture is too small: at least 32 pixels a side."),
    "invisible": _("This picture is transparent all over. Choose another one."),
    "costly": _("This picture takes too long to read. Export it as a JPEG, then send it."),
    "damaged": _("This picture is damaged or not complete. Export it again, then send it."),
}
UNKNOWN = _("This file is not a picture that we can read. Send a PNG, a JPEG or a WebP.")
NO_MORE_ROOM = _(
    "This platform has no more room for pictures and documents; its team is told so. Go on without it: words are still "
    "taken."
)
BUSY = _("Many files are being sent at this moment. Choose yours and send it again in a minute.")


def _content(file: Readable, maximum: int, too_heavy: Promise) -> bytes:
    content = file.read(maximum + 1)
    if not content:
        raise PictureRefused(_("This file is empty. Choose another one."))
    if len(content) > maximum:
        raise PictureRefused(too_heavy)
    return content


def decoded(kind: str, content: bytes) -> Photo:
    with turn():
        try:
            done = subprocess.run(  # noqa: S603 (a program of ours, the file as its input)
                # -I: nothing of our environment, folders or user changes what it imports.
                [sys.executable, "-I", str(_DECODER), kind],
                input=content,
                capture_output=True,
                timeout=_DECODING,
                env={},
                cwd="/",
            )
        except subprocess.TimeoutExpired as problem:
            raise PictureRefused(_REFUSALS["costly"]) from problem
        except OSError as problem:  # no process can be had
            raise PictureRefused(BUSY) from problem
    answer, _line_end, made = done.stdout.partition(b"\n")
    match answer.decode("ascii", "replace").split():
        case ["taken", width, height] if done.returncode == 0:
            return Photo(made, int(width), int(height))
        case ["refused", "unknown"]:
            raise PictureRefused(_what_it_is(content))
        case ["refused", reason]:
            raise PictureRefused(_REFUSALS[reason])
    # It was ended by one of its bounds.
    raise PictureRefused(_REFUSALS["costly"])


def _what_it_is(content: bytes) -> Promise:
    beginning = content[:1000].lstrip().lower()
    if beginning.startswith((b"<?xml", b"<svg", b"<!--", b"<!doctype svg")) or b"<svg" in beginning:
        return _("SVG drawings are not accepted: they may carry programs. Export it as a PNG.")
    if content[4:8] == b"ftyp":
        return _("Photos in the HEIC or AVIF format cannot be read here. Export it as a JPEG, then send it.")
    return UNKNOWN


@contextmanager
def turn() -> Iterator[None]:
    """One decoder at a time on this machine. Raises PictureRefused when too many wait, or for too long."""
    if not _WAITING_THREADS.acquire(blocking=False):
        raise PictureRefused(BUSY)
    try:
        # Any file that all processes can open does for a lock.
        with aside(), _DECODER.open("rb") as lock:
            until = time.monotonic() + _WAITING
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as problem:
                    if time.monotonic() > until:
                        raise PictureRefused(BUSY) from problem
                    time.sleep(0.02)
            yield
    finally:
        _WAITING_THREADS.release()
