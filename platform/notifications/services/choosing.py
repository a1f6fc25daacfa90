"""How often a person gets mail. Each choice moves the mail that waits."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from accounts.services import remember_language
from notifications.enums import Frequency
from notifications.models import MailPreference
from notifications.selectors import waiting_notices
from notifications.services.agreeing import withdraw_agreement
from notifications.services.digests import plan_mail
from notifications.services.links import unsubscribing_preference


def choose_frequency(*, user: User, frequency: str, at: datetime) -> MailPreference:
    """Set the frequency. The same again changes nothing.

    Wanting mail again makes older unsubscribing links void; another frequency does not.
    """
    frequency = Frequency(frequency)
    with transaction.atomic():
        MailPreference.objects.get_or_create(user=user)
        preference = MailPreference.objects.select_for_update(of=("self",), no_key=True).get(user=user)
        if preference.frequency == frequency:
            return preference
        if preference.frequency == Frequency.NEVER:  # wanted again: what an old message says no longer holds
            preference.generation += 1
        _choose(preference, frequency, at=at)
        record("mail_frequency_chosen", actor=user, subject=user, frequency=frequency.value)
    return preference


def choose_language(*, user: User, language: str) -> None:
    """Of all mails to somebody. The same again changes nothing."""
    with transaction.atomic():
        before = user.language
        remember_language(user, language)
        if user.language != before:
            record("mail_language_chosen", actor=user, subject=user, language=language)


def unsubscribe(*, token: str, at: datetime) -> MailPreference:
    """No more mail of any kind. Again changes nothing, and the link stays good. Raises LinkForged, LinkOutdated."""
    with transaction.atomic():
        preference = unsubscribing_preference(token, lock=True)
        withdraw_agreement(user=preference.user, at=at)
        if preference.frequency != Frequency.NEVER:
            _choose(preference, Frequency.NEVER, at=at)
            record("mail_unsubscribed", actor=preference.user, subject=preference.user)
    return preference


def _choose(preference: MailPreference, frequency: Frequency, *, at: datetime) -> None:
    preference.frequency = frequency
    preference.next_mail_at = None
    preference.save(update_fields=["frequency", "generation", "next_mail_at"])
    if waiting_notices(preference.user, frequency=frequency).exists():
        plan_mail([preference], at=at, at_once=frequency == Frequency.NEVER)
