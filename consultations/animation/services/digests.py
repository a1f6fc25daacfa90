"""One mail for many notices: planned when there is something to say, never looked for.

`MailPreference.next_mail_at` is the appointment; the outbox holds a message for that moment. A message that comes
when there is no appointment, or before it, does nothing: a changed mind only makes a new appointment.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from common.db import connection
from common.outbox import enqueue_each_at, outbox_task
from common.text import shortened
from consultations.animation.enums import Frequency
from consultations.animation.models import MailPreference
from consultations.animation.selectors import told, waiting_notices
from consultations.animation.services.unsubscribing import unsubscribing_link
from tenants.enums import LifecycleState
from tenants.selectors import municipality_of_schema

# Time for more of the same to come, and for a person who is on the site to see it there.
WAIT = timedelta(minutes=5)
AT_MOST_EVERY = timedelta(hours=1)
HOUR = time(8)
MONDAY = 0
# What one mail lists; it says how many more there are.
LISTED = 30
# How much of its first sentence stands in the subject: a telephone shows half of that.
HEADLINE = 90
_MAILS_FROM = frozenset({LifecycleState.TRIAL, LifecycleState.ACTIVE, LifecycleState.READ_ONLY})


def next_mail_time(*, frequency: str, last_mail_at: datetime | None, at: datetime) -> datetime:
    """When a person of this preference is to be written to about something that is new now."""
    if frequency == Frequency.AT_ONCE:
        soon = at + WAIT
        return max(soon, last_mail_at + AT_MOST_EVERY) if last_mail_at else soon
    here = timezone.localtime(at)
    day = here.date()
    if here.time() >= HOUR:
        day += timedelta(days=1)
    if frequency == Frequency.WEEKLY:
        day += timedelta(days=(MONDAY - day.weekday()) % 7)
    return datetime.combine(day, HOUR, tzinfo=here.tzinfo)


def plan_mail(preferences: Iterable[MailPreference], *, at: datetime) -> None:
    """Make an appointment with each of those (their rows locked) who have none and want mail."""
    due = [each for each in preferences if each.next_mail_at is None and each.frequency != Frequency.NEVER]
    for preference in due:
        preference.next_mail_at = next_mail_time(
            frequency=preference.frequency, last_mail_at=preference.last_mail_at, at=at
        )
    if due:
        MailPreference.objects.bulk_update(due, ["next_mail_at"])
        _put_in_outbox(due)


def _put_in_outbox(preferences: list[MailPreference]) -> None:
    appointments = [(each.pk, each.next_mail_at) for each in preferences if each.next_mail_at]
    enqueue_each_at(digest, [(due, {"user_id": pk, "due": due.isoformat()}) for pk, due in appointments])


@outbox_task
def digest(*, user_id: int, due: str, **kwargs: Any) -> None:
    # The clock that found the message due may be a little ahead of this machine's.
    send_digest(user_id=user_id, at=max(timezone.now(), datetime.fromisoformat(due)))


def send_digest(*, user_id: int, at: datetime) -> bool:
    """Send one mail with all that a person was not told yet, if their time has come; whether there was one.

    In one transaction with the outbox message of the mail itself: run twice, or killed anywhere, it is one mail.
    """
    with transaction.atomic():
        preference = (
            MailPreference.objects.filter(pk=user_id, next_mail_at__lte=at)
            .select_for_update(of=("self",), no_key=True)
            .select_related("user")
            .first()
        )
        if preference is None:
            return False
        preference.next_mail_at = None
        sent = preference.frequency != Frequency.NEVER and _write(preference, at=at)
        if sent:
            preference.last_mail_at = at
        preference.save(update_fields=["next_mail_at", "last_mail_at"])
    return sent


def _write(preference: MailPreference, *, at: datetime) -> bool:
    user = preference.user
    city = municipality_of_schema(connection.schema_name)
    if city is None or city.state not in _MAILS_FROM or not user.is_active or not user.email:
        return False
    # Others' words go to nobody whose address was never confirmed.
    if not user.has_come_in:
        return False
    waiting = [told(notice) for notice in waiting_notices(user)]
    news = [item for item in waiting if not item.words.is_over]
    if not news:
        return False
    user.notices.filter(pk__in=[item.notice.pk for item in waiting]).update(mailed_at=at)
    link = f"{city.url.rstrip('/')}{unsubscribing_link(preference)}"
    send_mail_later(
        template="animation/email/digest",
        to=user.email,
        context={
            "city": city,
            "person": user,
            "news": news[:LISTED],
            "headline": shortened(news[0].words.sentence, HEADLINE).removesuffix("."),
            "others": len(news) - 1,
            "more": max(0, len(news) - LISTED),
            "root": city.url.rstrip("/"),
            "preference": preference,
            "unsubscribe": link,
        },
        headers={
            # One press in the mail program, RFC 8058. The relay's DKIM signature must cover both (deploy/README.md).
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    return True


def choose_frequency(*, user: User, frequency: str, at: datetime) -> MailPreference:
    """Say how often one wants mail. It moves the mail that waits.

    Wanting mail again makes older unsubscribing links void; another rhythm does not. The same again changes nothing.
    """
    frequency = Frequency(frequency)
    with transaction.atomic():
        MailPreference.objects.get_or_create(user=user)
        preference = MailPreference.objects.select_for_update(of=("self",), no_key=True).get(user=user)
        if preference.frequency == frequency:
            return preference
        if preference.frequency == Frequency.NEVER:  # wanted again: what an old message says no longer holds
            preference.generation += 1
        preference.frequency = frequency
        preference.next_mail_at = None
        preference.save(update_fields=["frequency", "generation", "next_mail_at"])
        if user.notices.filter(read_at__isnull=True, mailed_at__isnull=True).exists():
            plan_mail([preference], at=at)
        record("mail_frequency_chosen", actor=user, subject=user, frequency=frequency.value)
    return preference
