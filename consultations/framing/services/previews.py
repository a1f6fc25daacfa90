"""Showing a consultation that is being prepared to whoever has a link, and no account.

The link opens that consultation and nothing else, and nothing can be written there. It is no secret of the consultation
itself: the city passes it on to whom it likes, and takes it back.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from consultations.framing.models import Consultation, PreviewLink
from consultations.framing.selectors import every_consultation
from consultations.framing.services.consultations import locked
from tenants.models import Municipality

PREVIEW_HOLDS = timedelta(days=14)


class PreviewGone(Refusal):
    """Withdrawn, replaced, over, or never made; or of a city that does not show it."""

    code = "preview_gone"
    status = 410
    message = gettext_lazy("This preview is no longer there.")


class NothingToPreview(Refusal):
    code = "nothing_to_preview"
    message = gettext_lazy("This consultation is open: everyone can read it.")


class PreviewThere(Refusal):
    """Perhaps a colleague has given it to people."""

    code = "preview_there"
    message = gettext_lazy("There is a preview link already.")


class NotVerifiedYet(Refusal):
    code = "not_verified_yet"
    message = gettext_lazy(
        "Our team has not verified yet that you speak for the authority: until then nobody but your team sees anything "
        "in its name."
    )


def make_preview(
    *, consultation: Consultation, municipality: Municipality, actor: User, at: datetime, replaces: int = 0
) -> str:
    """The token of a new link: it is kept nowhere. `replaces`: the one that the actor wants to be void from now on.

    Raises NothingToPreview once it has opened, NotVerifiedYet, PreviewThere where another one is good.
    """
    if not municipality.is_verified:
        raise NotVerifiedYet
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        consultation = locked(consultation)
        if consultation.opened_at is not None:
            raise NothingToPreview
        link = preview_link_of(consultation, at=at)
        if link is not None and link.pk != replaces:
            raise PreviewThere
        former, _each = PreviewLink.objects.filter(consultation=consultation).delete()
        PreviewLink.objects.create(
            consultation=consultation, token_hash=_hashed(token), made_at=at, expires_at=at + PREVIEW_HOLDS
        )
        record("preview_made", actor=actor, subject=consultation, replaces=bool(former))
    return token


def withdraw_preview(*, consultation: Consultation, actor: User) -> bool:
    """Whoever has the link sees nothing any more, from the next page on; whether there was one."""
    with transaction.atomic():
        gone, _each = PreviewLink.objects.filter(consultation=consultation).delete()
        if gone:
            record("preview_withdrawn", actor=actor, subject=consultation)
    return bool(gone)


def previewed_consultation(*, token: str, municipality: Municipality, at: datetime) -> Consultation:
    """The one that a link opens, with its phases; it may have opened meanwhile. Raises PreviewGone."""
    if not municipality.takes_writing or not municipality.is_verified:
        raise PreviewGone
    found = every_consultation().filter(preview_link__token_hash=_hashed(token), preview_link__expires_at__gt=at)
    consultation = found.select_related("preview_link").first()
    if consultation is None:
        raise PreviewGone
    return consultation


def count_preview(consultation: Consultation, *, at: datetime) -> None:
    """Somebody has just opened its link."""
    PreviewLink.objects.filter(consultation=consultation).update(opened_count=F("opened_count") + 1, last_opened_at=at)


def preview_link_of(consultation: Consultation, *, at: datetime) -> PreviewLink | None:
    """The one that is good now."""
    return PreviewLink.objects.filter(consultation=consultation, expires_at__gt=at).first()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
