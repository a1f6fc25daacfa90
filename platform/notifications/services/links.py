"""The link at the end of each message: no more mail, without signing in.

It is signed for one city and one generation of the person's choice. It has no end: a message may be opened years later.
"""

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.db import connection
from common.refusals import Refusal
from notifications.models import MailPreference


class LinkForged(Refusal):
    """Nobody of this city was ever sent this link, or their account is gone."""

    code = "unsubscribing_link_forged"
    status = 404
    message = _("This link does not work")


class LinkOutdated(Refusal):
    """The person has wanted mail again since: the link of an older message does not undo that."""

    code = "unsubscribing_link_outdated"
    status = 410
    message = _("This link is from an older message")


def unsubscribing_link(preference: MailPreference) -> str:
    """Its path on the city's address."""
    token = _signer().sign(f"{preference.pk}-{preference.generation}")
    return reverse("unsubscribe", args=[token])


def unsubscribing_preference(token: str, *, lock: bool = False) -> MailPreference:
    """Whose mail a link is about. Raises LinkForged, LinkOutdated."""
    try:
        pk, generation = map(int, _signer().unsign(token).split("-"))
    except (BadSignature, ValueError):
        raise LinkForged from None
    found = MailPreference.objects.filter(pk=pk)
    preference = (found.select_for_update(of=("self",), no_key=True) if lock else found).select_related("user").first()
    if preference is None:
        raise LinkForged
    if preference.generation != generation:
        raise LinkOutdated
    return preference


def _signer() -> Signer:
    # As in every message that was ever sent: another word would make their links void.
    return Signer(salt=f"animation.unsubscribe.{connection.schema_name}", sep=".")
