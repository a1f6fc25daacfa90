"""Leaving while suspended, and coming back: the suspension is the person's, not the account's."""

from datetime import datetime

from django.utils.crypto import salted_hmac

from accounts.enums import Role
from accounts.mailboxes import mailbox_of
from accounts.models import User
from common.db import as_owner, connection
from consultations.moderation.models import KeptSuspension


def keep_suspension(user: User, *, at: datetime) -> None:
    """Of somebody who is being erased. Not suspended: nothing is kept."""
    if user.suspended_until is not None and user.is_suspended(at):
        KeptSuspension.objects.update_or_create(
            mailbox_hash=_hashed(user.email), defaults={"until": user.suspended_until}
        )


def suspend_again(user: User, *, at: datetime) -> None:
    """A new account is suspended as the one before it was, for what is left of it."""
    if user.role != Role.PARTICIPANT:
        return
    kept = KeptSuspension.objects.filter(mailbox_hash=_hashed(user.email), until__gt=at).first()
    if kept is not None:
        user.suspended_until = kept.until
        with as_owner():
            User.objects.filter(pk=user.pk).update(suspended_until=kept.until)


def _hashed(email: str) -> str:
    """Of the mailbox, whatever its spelling, in this city alone."""
    return salted_hmac(f"suspension {connection.schema_name}", mailbox_of(email), algorithm="sha256").hexdigest()
