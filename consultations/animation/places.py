"""The places in the text of a campaign that are filled in: few, and each checked when the text is saved."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from consultations.animation.services.refusals import PlaceBroken

HELLO, AUTHORITY, CHALLENGE, LINK = "bonjour", "collectivite", "defi", "lien"
PLACES = (HELLO, AUTHORITY, CHALLENGE, LINK)
_PLACE = re.compile(r"\{([^{}\n]{0,40})\}")


def broken_places(text: str, *, field: str, of_challenge: bool) -> Iterator[PlaceBroken]:
    """Each that would stand there as it was typed, or with nothing in it."""
    for name in dict.fromkeys(_PLACE.findall(text)):
        if name not in PLACES:
            known = ", ".join(f"{{{each}}}" for each in PLACES)
            said = _("“{%(name)s}” is filled in with nothing. These are: %(known)s.")
            yield PlaceBroken(said % {"name": name, "known": known}, field)
        if name == CHALLENGE and not of_challenge:
            said = _("“{defi}” names the challenge of the group, and this group is of none. Write its name instead.")
            yield PlaceBroken(said, field)
        if name == HELLO and field == "subject":
            yield PlaceBroken(_("“{bonjour}” stands in the text of the message, not in its subject."), field)
    left = _PLACE.sub("", text)
    if "{" in left or "}" in left:
        yield PlaceBroken(_("A brace is alone: a place is written whole, such as {bonjour}."), field)


def filled_in(text: str, values: dict[str, str]) -> str:
    return _PLACE.sub(lambda found: values.get(found[1], ""), text)
