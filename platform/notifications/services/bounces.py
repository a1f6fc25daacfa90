"""Addresses that take nothing: a message that comes back for good stops writing to them at once, others the third time.

Of messages that people agreed to (campaigns). Another address of theirs is written to again: it is the address that is
remembered, not the person. Complaining is withdrawing the agreement.
"""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from notifications.models import MailAgreement

SOFT_TIMES = 3


def bounced(*, user_id: int, email: str, is_hard: bool, at: datetime) -> bool:
    """Count a message that came back from this address; whether nothing is sent there from now on."""
    with transaction.atomic():
        found = MailAgreement.objects.select_for_update(of=("self",), no_key=True).select_related("user")
        agreement = found.filter(user=user_id).first()
        if agreement is None or agreement.user.email != email:  # left, or at another address meanwhile
            return False
        if agreement.undeliverable == email:
            return True
        if agreement.bounced_email != email:
            agreement.bounced_email, agreement.bounces = email, 0
        agreement.bounces += 1
        if is_hard or agreement.bounces >= SOFT_TIMES:
            agreement.undeliverable, agreement.undeliverable_since = email, at
            record("mail_undeliverable", actor=None, subject=agreement.user)
        agreement.save(update_fields=["bounced_email", "bounces", "undeliverable", "undeliverable_since"])
    return bool(agreement.undeliverable)
