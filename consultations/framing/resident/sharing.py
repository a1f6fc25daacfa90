"""How people share a public page: what it looks like elsewhere, its QR code, and the ways to send it.

A page is shared only where everyone may read it: of a city that is not open, not verified or suspended there is neither
picture nor code.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

import qrcode
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from qrcode.image.svg import SvgPathFillImage

from common.share_pictures import HEIGHT, WIDTH, ShareCard, share_picture
from common.tones import SOURCES
from consultations.framing.selectors import logo_of

_DAY = 86400


@dataclass(frozen=True)
class SharedPage:
    """`address`: where it is read; `place`: what its code hangs on and opens; `pictured_at`: what its picture hangs on,
    where that is of another page, which has another title."""

    city_url: str
    address: str
    place: str
    card: ShareCard
    width: int = WIDTH
    height: int = HEIGHT
    own_title: str = ""
    pictured_at: str = ""

    @property
    def title(self) -> str:
        return self.own_title or self.card.title

    @property
    def url(self) -> str:
        return self._absolute(self.address)

    @property
    def lasting_url(self) -> str:
        return self._absolute(self.place)

    @property
    def picture_url(self) -> str:
        return self._absolute(self.picture_path)

    @property
    def picture_path(self) -> str:
        return f"{self.pictured_at or self.place}apercu-{self.card.digest}.png"

    @property
    def code_path(self) -> str:
        return f"{self.place}code-qr.svg"

    @property
    def alt(self) -> str:
        """What the picture says."""
        said = (self.card.title, self.card.kicker)
        sentences = (each if each.endswith((".", "?", "!", "…")) else f"{each}." for each in said)
        return f"{' '.join(sentences)} {self.card.city}, {self.card.host}"

    @property
    def whatsapp(self) -> str:
        return "https://wa.me/?" + urlencode({"text": f"{self.title}\n{self.url}"}, quote_via=quote)

    @property
    def email(self) -> str:
        return "mailto:?" + urlencode({"subject": self.title, "body": f"{self.title}\n\n{self.url}"}, quote_via=quote)

    def _absolute(self, path: str) -> str:
        return self.city_url.rstrip("/") + path


def shared_page(
    request: HttpRequest, *, title: str, kicker: str, address: str, place: str, theme: str = ""
) -> SharedPage | None:
    """A page of the request's city, in the colour of its theme or of the city; None where not everyone may read it."""
    city: Any = request.tenant  # type: ignore[attr-defined]
    if not city.is_public:
        return None
    card = ShareCard(
        title=title,
        kicker=kicker,
        colour=SOURCES[theme.lower()] if theme else city.colour,
        city=city.name,
        host=city.host,
        city_colour=city.colour,
        logo=city.logo,
    )
    return SharedPage(city.url, address, place, card)


def picture_response(shared: SharedPage | None, digest: str) -> HttpResponse:
    """Its picture; at an address of former words or looks, the way to the present one.

    Whoever fetched it keeps it, nobody in between does: it may have been hidden meanwhile.
    """
    if shared is None:
        raise Http404
    if digest != shared.card.digest:
        moved = redirect(shared.picture_path)
        moved.headers["Cache-Control"] = "no-store"
        return moved
    png = share_picture(shared.place, shared.card, logo=logo_of)
    return HttpResponse(
        png, content_type="image/png", headers={"Cache-Control": f"private, max-age={365 * _DAY}, immutable"}
    )


def code_response(shared: SharedPage | None) -> HttpResponse:
    """Its QR code as a drawing, with a white edge of its own: it is read by day and by night, and printed."""
    if shared is None:
        raise Http404
    drawn = BytesIO()
    qrcode.make(shared.lasting_url, image_factory=SvgPathFillImage, error_correction=qrcode.ERROR_CORRECT_M).save(drawn)
    return HttpResponse(
        drawn.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": f"private, max-age={_DAY}"}
    )
