"""Files that a city gives people to read: PDF and pictures, known by their content, never by name or header.

A picture is written anew (common.pictures): its pixels and nothing else. A PDF is read through by a process of its own
(common.pdf_reader), and kept as it is where it does nothing but be read.
"""

import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.pictures import BUSY, UNKNOWN, BoundedField, PictureRefused, decoded, turn
from common.refusals import Refusal

MAX_FILE_BYTES = 20 * 1024 * 1024
TOO_HEAVY = _("This file weighs more than 20 MB. Send a lighter one: a PDF can be exported in a smaller size.")
_CHUNK = 1024 * 1024
_READER = Path(__file__).with_name("pdf_reader.py")
_READING = 20  # seconds; its processor time is bounded besides


class FileKind(models.TextChoices):
    PDF = "PDF", "PDF"
    PNG = "PNG", "PNG"
    JPEG = "JPEG", "JPEG"


MEDIA_TYPES = {FileKind.PDF: "application/pdf", FileKind.PNG: "image/png", FileKind.JPEG: "image/jpeg"}


class FileRefused(Refusal):
    """The file cannot be used. `message` says in the reader's language what to do."""

    code = "file_refused"
    status = 422


@dataclass(frozen=True)
class AcceptedFile:
    """`content` stands at its beginning. `is_tagged`: of a PDF, whether it says that a screen reader finds its way."""

    kind: FileKind
    content: IO[bytes]
    size: int
    pages: int = 0
    is_tagged: bool = False

    @property
    def is_picture(self) -> bool:
        return self.kind != FileKind.PDF


def accept_file(file: Any) -> AcceptedFile:
    """A document of an upload. Raises FileRefused."""
    size = file.seek(0, 2)
    file.seek(0)
    if not size:
        raise FileRefused(_("This file is empty. Choose another one."))
    if size > MAX_FILE_BYTES:
        raise FileRefused(TOO_HEAVY)
    if file.read(5) == b"%PDF-":
        return _accept_pdf(file, size)
    file.seek(0)
    try:
        picture = decoded("document", file.read())
    except PictureRefused as refusal:
        nothing_we_read = _("This file is none that we can read. Send a PDF, a PNG, a JPEG or a WebP.")
        raise FileRefused(nothing_we_read if refusal.message == UNKNOWN else refusal.message) from refusal
    kind = FileKind.PNG if picture.content.startswith(b"\x89PNG") else FileKind.JPEG
    return AcceptedFile(kind, BytesIO(picture.content), len(picture.content))


_REFUSALS = {
    "encrypted": _("This PDF is protected by a password or against copying. Export it without protection."),
    "active": _(
        "This PDF carries programs, forms that send, or other files. Print it to a new PDF, then send that one."
    ),
    "outwards": _(
        "This PDF leads elsewhere than to web pages and mailboxes: to other files, or to an address that it opens by "
        "itself. Print it to a new PDF, then send that one."
    ),
    "damaged": _("This PDF is damaged or not complete. Export it again, then send it."),
    "costly": _("This PDF takes too long to read. Export it again, in a smaller size."),
}


def _accept_pdf(file: Any, size: int) -> AcceptedFile:
    file.seek(0)
    content = TemporaryFile()  # noqa: SIM115 (closed with what is made of it)
    while chunk := file.read(_CHUNK):
        content.write(chunk)
    content.seek(0)
    match _read_through(content).split():
        case ["taken", pages, is_tagged]:
            content.seek(0)
            return AcceptedFile(FileKind.PDF, content, size, int(pages), is_tagged == "1")
        case ["refused", reason]:
            raise FileRefused(_REFUSALS[reason])
    # It was ended by one of its bounds.
    raise FileRefused(_REFUSALS["costly"])


def _read_through(content: IO[bytes]) -> str:
    with turn():
        try:
            done = subprocess.run(  # noqa: S603 (a program of ours, the file as its input)
                # -I: nothing of our environment, folders or user changes what it imports.
                [sys.executable, "-I", str(_READER)],
                stdin=content,
                capture_output=True,
                timeout=_READING,
                env={},
                cwd="/",
            )
        except subprocess.TimeoutExpired:
            return ""
        except OSError as problem:  # no process can be had
            raise FileRefused(BUSY) from problem
    return done.stdout.decode("ascii", "replace") if done.returncode == 0 else ""


class DocumentField(BoundedField):
    """Gives an AcceptedFile, or None. `heaviest`: less than what we take elsewhere, with its own sentence."""

    def __init__(self, *, heaviest: int = MAX_FILE_BYTES, too_heavy: Any = TOO_HEAVY, **kwargs: Any) -> None:
        self.heaviest, self.too_heavy = heaviest, too_heavy
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> AcceptedFile | None:
        sent = super().clean(data, initial)
        if not sent:
            return None
        if sent.size > self.heaviest:
            raise forms.ValidationError(self.too_heavy, code="file")
        try:
            return accept_file(sent)
        except (FileRefused, PictureRefused) as refusal:
            raise forms.ValidationError(str(refusal.message), code="file") from refusal
