"""The files of the kit: each made of what the consultation says at that moment, and kept by what it is made of."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache as cache_in_process
from hashlib import blake2b
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from common import typeset
from common.db import connection
from consultations.framing.models import Consultation
from consultations.kit.enums import Support, Variant
from consultations.kit.selectors.material import Content, challenges_in_words, material
from consultations.kit.selectors.stages import is_over, may_propose

_FOLDER = Path(__file__).parents[1] / "print"
_COMMON = (_FOLDER / "common.typ").read_bytes()
_DAYS_KEPT = 30
_POINTS = 72 / 25.4
_EDGE, _BLEED = 10 * _POINTS, 3 * _POINTS


@cache_in_process
def source_of(template: str) -> bytes:
    return _COMMON + (_FOLDER / f"{template}.typ").read_bytes()


@dataclass(frozen=True)
class File:
    """`name` stands in its address and names what is downloaded. `width`, `height`: of a page, in millimetres."""

    name: str
    support: Support
    template: str
    width: int
    height: int
    label: Any
    title: Callable[[str], str]
    variants: tuple[Variant, ...] = (Variant.OFFICE, Variant.PRESS, Variant.SPARING)

    @property
    def preview_ppi(self) -> int:
        return round(_PREVIEW_PIXELS * 25.4 / self.height)

    @property
    def source(self) -> bytes:
        return source_of(self.template)


FILES = {
    each.name: each
    for each in (
        File(
            "affiche-a3",
            Support.POSTER,
            "poster",
            297,
            420,
            pgettext_lazy("file to print", "Poster, A3"),
            lambda title: _("Poster: %(title)s") % {"title": title},
        ),
        File(
            "depliant-a5",
            Support.FLYER,
            "flyer",
            148,
            210,
            pgettext_lazy("file to print", "Flyer, A5, both sides"),
            lambda title: _("Flyer: %(title)s") % {"title": title},
        ),
        File(
            "formulaire-a4",
            Support.FORM,
            "form",
            210,
            297,
            pgettext_lazy("file to print", "Paper form, A4, without a number"),
            lambda title: _("Paper form: %(title)s") % {"title": title},
        ),
        File(
            "lettre-a4",
            Support.LETTER,
            "letter",
            210,
            297,
            pgettext_lazy("file to print", "Letter, A4"),
            lambda title: _("Letter: %(title)s") % {"title": title},
        ),
        File(
            "diaporama",
            Support.SLIDES,
            "slides",
            339,
            190,
            pgettext_lazy("file to print", "Slides for a public meeting, 16:9"),
            lambda title: _("Slides: %(title)s") % {"title": title},
            (Variant.PROJECTED, Variant.SPARING),
        ),
    )
}


def is_offered(file: File, consultation: Consultation) -> bool:
    """A paper form is for proposals; nothing makes known what is over."""
    return may_propose(consultation) if file.support == Support.FORM else not is_over(consultation)


def file_of(file: File, consultation: Consultation, city: Any, *, variant: Variant, spot: int = 0) -> bytes:
    """The PDF, kept or made: a twentieth of a second."""
    content, exact = material(consultation, city, support=file.support, variant=variant, spot=spot)
    content["document"] = file.title(content["title"])
    return kept(file.source, content_of(content), exact, lambda *made: printed(*made, variant=variant))


# Of previews: a sheet is about as high as a card of the page.
_PREVIEW_PIXELS = 440


def preview_of(file: File, consultation: Consultation, city: Any) -> bytes:
    """Its first page as a small picture, kept in the same way."""
    content, exact = material(consultation, city, support=file.support)
    content["document"] = content["title"]
    return kept(
        file.source + b"\n// preview",
        content_of(content),
        exact,
        lambda *made: typeset.png(made[0], made[1], exact=made[2], ppi=file.preview_ppi),
    )


def content_of(content: Content) -> Content:
    return {
        "sheets": [{"number": "", "receipt": ""}],
        **content,
        "document_subject": _("Subject: %(title)s") % {"title": content["title"]},
        "challenges_head": _("%(challenges)s, a place for you")
        % {"challenges": challenges_in_words(len(content["challenges"])).capitalize()},
    }


def kept(source: bytes, content: Content, exact: dict[str, str], make: Callable[..., bytes]) -> bytes:
    """By all that it is made of: other words, other looks, another file."""
    says = json.dumps([content, exact], sort_keys=True).encode()
    digest = blake2b(source + version("typst").encode() + says, digest_size=16).hexdigest()
    key = f"kit|{connection.schema_name}|{digest}"
    if there := cache.get(key):
        return b64decode(there)
    made = make(source, content, exact)
    cache.set(key, b64encode(made).decode(), _DAYS_KEPT * 86400)
    return made


def printed(source: bytes, content: Content, exact: dict[str, str], *, variant: Variant) -> bytes:
    made = typeset.pdf(source, content, exact=exact)
    return _with_boxes(made) if variant == Variant.PRESS else made


def _with_boxes(made: bytes) -> bytes:
    """Where the sheet is cut and how far its colours go, said to the machines of a print shop."""
    written = BytesIO()
    with pikepdf.open(BytesIO(made)) as pdf:
        for page in pdf.pages:
            left, low, right, high = map(float, page.mediabox)
            for name, cut in (("/TrimBox", _EDGE), ("/BleedBox", _EDGE - _BLEED)):
                page.obj[name] = pikepdf.Array([left + cut, low + cut, right - cut, high - cut])
        pdf.save(written, deterministic_id=True)
    return written.getvalue()
