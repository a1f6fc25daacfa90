"""What a city looks like: its colour in the register, its logo in its own schema."""

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile, mark_of
from common.pictures import picture_digest
from consultations.framing.models import Logo
from tenants.models import Municipality
from tenants.services import set_appearance


def seed_logo(*, municipality: Municipality, png: bytes) -> None:
    """Give a new city the picture of its sign-up. It has one already: that one is left, and the register told of it."""
    with transaction.atomic():
        logo, _created = Logo.objects.get_or_create(pk=Logo.ONLY, defaults={"png": png, "digest": picture_digest(png)})
        set_appearance(municipality=municipality, logo=logo.digest)


def revision_of(municipality: Municipality) -> str:
    """Of the colour and the logo, as its pages have them."""
    return mark_of(municipality.colour, municipality.logo)


def change_appearance(
    *,
    municipality: Municipality,
    actor: User,
    colour: str,
    logo: bytes | None = None,
    without_logo: bool = False,
    revision: str = "",
) -> None:
    """Set the colour, and the logo: another (a PNG from accept_logo), none, or as it is.

    The picture and its digest in the register change in one transaction. All as it was: nothing happens. `revision`:
    of what the writer has seen, if anything. Raises ChangedMeanwhile.
    """
    with transaction.atomic():
        # Two at once take turns: the register names the picture that is there.
        kept = Logo.objects.select_for_update(no_key=True).filter(pk=Logo.ONLY).first()
        digest = kept.digest if kept else ""
        if revision and revision != revision_of(municipality):
            raise ChangedMeanwhile(municipality)
        if without_logo and not logo:
            digest = ""
            Logo.objects.all().delete()
        elif logo:
            digest = picture_digest(logo)
            Logo.objects.update_or_create(pk=Logo.ONLY, defaults={"png": logo, "digest": digest})
        before = {"colour": municipality.colour, "logo": municipality.logo}
        if set_appearance(municipality=municipality, colour=colour, logo=digest):
            now = {"colour": colour, "logo": digest}
            changed = [name for name in now if now[name] != before[name]]
            record("appearance_changed", actor=actor, colour=colour, logo=digest, fields=changed)
