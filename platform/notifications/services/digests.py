"""One mail for many notices: planned when there is something to say, never looked for.

`MailPreference.next_mail_at` is the appointment; the outbox holds a message for that moment. A message that comes
when there is no appointment, or before it, does nothing: a changed mind only makes a new appointment.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.mail import language_for, send_mail_later
from common.allowances import mails
from common.city import present_city
from common.languages import in_language, present_language
from common.outbox import enqueue_each_at, outbox_task
from common.text import shortened
from notifications.enums import Frequency
from notifications.models import MailPreference
from notifications.registry import types
from notifications.selectors import compose, waiting_notices
from notifications.services.links import unsubscribing_link

# Time for more of the same to come, and for a person who is on the site to see it there.
WAIT = timedelta(minutes=5)
MAX_EVERY = timedelta(hours=1)
HOUR = time(8)
MONDAY = 0
# What one mail lists; it says how many more there are.
LISTED = 30
# How much of its first sentence stands in the subject: a telephone shows half of that.
HEADLINE = 90


def next_mail_time(*, frequency: str, last_mail_at: datetime | None, at: datetime) -> datetime:
    """When a person of this preference is to be written to about something that is new now.

    Whoever wants no mail gets only what may not be muted, and that at once.
    """
    if frequency in (Frequency.AT_ONCE, Frequency.NEVER):
        soon = at + WAIT
        return max(soon, last_mail_at + MAX_EVERY) if last_mail_at else soon
    here = timezone.localtime(at)
    day = here.date()
    if here.time() >= HOUR:
        day += timedelta(days=1)
    if frequency == Frequency.WEEKLY:
        day += timedelta(days=(MONDAY - day.weekday()) % 7)
    return datetime.combine(day, HOUR, tzinfo=here.tzinfo)


def plan_mail(preferences: Iterable[MailPreference], *, at: datetime, at_once: bool = False) -> None:
    """Make an appointment with each of those (their rows locked) who have none and want mail.

    `at_once`: with those too who want none, and sooner than they chose, because of news that may not be muted.
    """
    due = []
    for each in preferences:
        if each.frequency == Frequency.NEVER and not at_once:
            continue
        frequency = Frequency.AT_ONCE if at_once else each.frequency
        planned = next_mail_time(frequency=frequency, last_mail_at=each.last_mail_at, at=at)
        if each.next_mail_at is None or (at_once and planned < each.next_mail_at):
            each.next_mail_at = planned
            due.append(each)
    if due:
        MailPreference.objects.bulk_update(due, ["next_mail_at"])
        appointments = [(each.pk, each.next_mail_at) for each in due if each.next_mail_at]
        enqueue_each_at(digest, [(at, {"user_id": pk, "due": at.isoformat()}) for pk, at in appointments])


@outbox_task
def digest(*, user_id: int, due: str, **kwargs: Any) -> None:
    # The clock that found the message due may be a little ahead of this machine's.
    send_digest(user_id=user_id, at=max(timezone.now(), datetime.fromisoformat(due)))


def send_digest(*, user_id: int, at: datetime) -> bool:
    """Send one mail with all that a person has not heard of yet, if their time has come; whether there was one.

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
        sent = _write(preference, at=at)
        if sent:
            preference.last_mail_at = at
        preference.save(update_fields=["next_mail_at", "last_mail_at"])
    return sent


def _wait_for_tomorrow(preference: MailPreference, *, at: datetime) -> None:
    """The city has sent all mails of its day (common.allowances): the next morning's are another day's."""
    day = timezone.localtime(at).date() + timedelta(days=1)
    morning = datetime.combine(day, HOUR, tzinfo=timezone.localtime(at).tzinfo)
    preference.next_mail_at = morning
    enqueue_each_at(digest, [(morning, {"user_id": preference.pk, "due": morning.isoformat()})])


def _write(preference: MailPreference, *, at: datetime) -> bool:
    user, city = preference.user, present_city()
    if city is None or not city.sends_digests or not user.is_active or not user.email:
        return False
    # Others' words go to nobody whose address was never confirmed.
    if not user.has_come_in:
        return False
    with in_language(language_for(user, city)):
        return _write_news(preference, city, at=at)


def _write_news(preference: MailPreference, city: Any, *, at: datetime) -> bool:
    user = preference.user
    waiting = compose(waiting_notices(user, frequency=preference.frequency), user=user)
    news = [item for item in waiting if not item.words.is_over]
    if not news:
        return False
    if mails(at=at).is_used_up and all(types[item.notice.type].may_be_muted for item in news):
        _wait_for_tomorrow(preference, at=at)
        return False
    user.notices.filter(pk__in=[item.notice.pk for item in waiting]).update(mailed_at=at)
    news.sort(key=lambda item: types[item.notice.type].weight)  # of the same weight, the oldest first
    link = f"{city.url.rstrip('/')}{unsubscribing_link(preference)}"
    send_mail_later(
        template="notifications/email/digest",
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
        language=present_language(),
    )
    return True
