"""Pictures of the kit, one for each kind of place on networks and screens."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from common import typeset
from consultations.framing.models import Consultation
from consultations.kit.enums import Support
from consultations.kit.selectors.files import content_of, kept, source_of
from consultations.kit.selectors.material import material, until, words


@dataclass(frozen=True)
class Picture:
    """`has_qr`: it is looked at from afar, on a screen, and not on the telephone that would scan it."""

    name: str
    width: int
    height: int
    support: Support
    label: Any
    has_qr: bool = False

    @property
    def size(self) -> str:
        return f"{self.width} × {self.height}"


PICTURES = {
    each.name: each
    for each in (
        Picture("carre", 1080, 1080, Support.INSTAGRAM, pgettext_lazy("picture", "Square: Instagram, Facebook")),
        Picture("portrait", 1080, 1350, Support.INSTAGRAM, pgettext_lazy("picture", "Upright: Instagram, Facebook")),
        Picture(
            "story", 1080, 1920, Support.INSTAGRAM, pgettext_lazy("picture", "Story: Instagram, Facebook, WhatsApp")
        ),
        Picture(
            "paysage", 1200, 630, Support.FACEBOOK, pgettext_lazy("picture", "Landscape: Facebook, LinkedIn, your site")
        ),
        Picture("large", 1600, 900, Support.SHORT, pgettext_lazy("picture", "Wide: X, Bluesky, Mastodon")),
        Picture(
            "ecran", 1920, 1080, Support.SCREEN, pgettext_lazy("picture", "Screen of a reception hall"), has_qr=True
        ),
    )
}


def picture_of(picture: Picture, consultation: Consultation, city: Any) -> bytes:
    content, exact = material(consultation, city, support=picture.support)
    content |= {"width": picture.width, "height": picture.height, "qr": picture.has_qr}
    content["document"] = content["title"]
    return kept(
        source_of("picture"), content_of(content), exact, lambda *made: typeset.png(made[0], made[1], exact=made[2])
    )


def alt_of(consultation: Consultation, city: Any) -> str:
    """What the pictures show, for whoever posts them: people who do not see them read that."""
    question = words(consultation.question or consultation.title)
    said = _("%(city)s consults its inhabitants: “%(question)s”") % {"city": city.name, "question": question}
    last = until(consultation)
    return f"{said}, {last}. {city.host}" if last else f"{said}. {city.host}"
