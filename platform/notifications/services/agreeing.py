"""Agreeing to messages of the city, and no longer: separate from news, dated, with the words that were read.

Nobody is asked twice by a box that is ticked beforehand; withdrawing is one press, on the site or in each message.
"""

from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from common.db import connection
from common.outbox import announce_later
from notifications.events import agreement_withdrawn
from notifications.models import MailAgreement
from notifications.services.links import LinkForged, LinkOutdated

WORDS = _(
    "I agree that the authority writes to me by e-mail about its consultation, to keep me informed and to invite me to "
    "take part."
)
MORE = _(
    "You can stop these messages in one press, here or at the end of each of them. They never serve the communication "
    "of elected officials."
)


def agree(*, user: User, words: str, at: datetime) -> MailAgreement:
    """From now on they may be written to. Again changes nothing: the first words and date stand."""
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        agreement = MailAgreement.objects.filter(user=user).first()
        if agreement is None:
            agreement = MailAgreement(user=user, agreed_at=at, words=words)
            agreement.save(force_insert=True)
        elif agreement.holds:
            return agreement
        else:
            agreement.agreed_at, agreement.words, agreement.withdrawn_at = at, words, None
            agreement.generation += 1
            agreement.save()
        record("mail_agreed", actor=user, subject=user)
    return agreement


def withdraw_agreement(*, user: User, at: datetime, about: str = "") -> None:
    """They are written to no more, from this moment. Again changes nothing."""
    with transaction.atomic():
        held = MailAgreement.objects.filter(user=user, withdrawn_at=None)
        agreement = held.select_for_update(of=("self",), no_key=True).first()
        if agreement is None:
            return
        agreement.withdrawn_at = at
        agreement.save(update_fields=["withdrawn_at"])
        record("mail_agreement_withdrawn", actor=user, subject=user)
        announce_later(agreement_withdrawn, user_id=user.pk, about=about)


# ── The link at the end of each message ──────────────────────────────────────


def withdrawing_link(*, user_id: int, generation: int, about: str) -> str:
    """Its path on the city's address. `about`: the message, as whoever sends it calls it."""
    return withdrawing_path(withdrawing_token(user_id=user_id, generation=generation, about=about))


def withdrawing_token(*, user_id: int, generation: int, about: str) -> str:
    return _signer().sign(f"{user_id}-{generation}-{about}")


def withdrawing_path(token: str) -> str:
    """The same for all, but for the token: who sends many makes it once."""
    return reverse("withdraw_agreement", args=[token])


def agreement_of_link(token: str) -> tuple[MailAgreement, str]:
    """Whose, and which message it came with. Raises LinkForged, LinkOutdated."""
    try:
        pk, generation, about = _signer().unsign(token).split("-", 2)
        agreement = MailAgreement.objects.select_related("user").filter(pk=int(pk)).first()
    except (BadSignature, ValueError):
        raise LinkForged from None
    if agreement is None:
        raise LinkForged
    if agreement.generation != int(generation):
        raise LinkOutdated
    return agreement, about


def withdraw_by_link(*, token: str, at: datetime) -> MailAgreement:
    """One press, without signing in; again changes nothing. Raises LinkForged, LinkOutdated."""
    agreement, about = agreement_of_link(token)
    withdraw_agreement(user=agreement.user, at=at, about=about)
    agreement.refresh_from_db()
    return agreement


def _signer() -> Signer:
    # As in every message that was ever sent: another word would make their links void.
    return Signer(salt=f"notifications.agreement.{connection.schema_name}", sep=".")
