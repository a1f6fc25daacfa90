"""A person's notices, in words. They are composed when shown: of what is hidden since, nothing is said."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import COME_IN
from notifications.enums import Frequency
from notifications.models import MailAgreement, MailPreference, Notice
from notifications.registry import not_for, subjects, types, unmutable
from notifications.types import About, Words

PER_PAGE = 30


@dataclass(frozen=True)
class ComposedNotice:
    """A notice and its words."""

    notice: Notice
    words: Words


@dataclass(frozen=True)
class Day:
    """Notices of one day, the unread ones and the others apart."""

    is_read: bool
    on: date
    news: list[ComposedNotice]


@dataclass(frozen=True)
class NoticesPage:
    page: Page[Any]
    days: list[Day]
    unread: int
    # When it was read: what comes later is not on it.
    at: datetime


def compose(notices: Iterable[Notice], *, user: User) -> list[ComposedNotice]:
    """These notices of one person, in words and in the same order; without those whose subject is gone.

    As many queries as there are nouns among them, however many notices.
    """
    notices = [notice for notice in notices if notice.type in types]
    rows = _rows_of(notices, user)
    composed = []
    for notice in notices:
        about = About(notice, {name: rows[name].get(str(key)) for name, key in _references(notice).items()})
        if all(about[name] for name in notice.subjects):
            composed.append(ComposedNotice(notice, types[notice.type].compose(about)))
    return composed


def _rows_of(notices: list[Notice], user: User) -> dict[str, dict[str, Any]]:
    keys = defaultdict(set)
    for notice in notices:
        for name, key in _references(notice).items():
            keys[name].add(key)
    return {
        name: {str(pk): row for pk, row in subjects[name].read(user).in_bulk(wanted).items()}
        for name, wanted in keys.items()
    }


def _references(notice: Notice) -> dict[str, Any]:
    return {name: key for name, key in {**notice.data, **notice.subjects}.items() if name in subjects}


def notices_page(*, user: User, page: int | str, at: datetime) -> NoticesPage:
    """Unread ones first, newest first, by day."""
    notices = _of(user).annotate(is_read=Q(read_at__isnull=False)).order_by("is_read", "-updated_at", "-pk")
    shown = Paginator(notices, PER_PAGE).get_page(page)
    days = [
        Day(is_read, on, list(group))
        for (is_read, on), group in groupby(
            compose(shown, user=user),
            lambda item: (item.notice.read_at is not None, timezone.localtime(item.notice.updated_at).date()),
        )
    ]
    return NoticesPage(shown, days, user.unread_notices, at)


def own_notice(*, user: User, pk: int) -> ComposedNotice | None:
    """One of this person's, or nothing."""
    composed = compose(_of(user).filter(pk=pk), user=user)
    return composed[0] if composed else None


def waiting_notices(user: User, *, frequency: str) -> QuerySet[Notice]:
    """What was neither read nor mailed and is to be, the oldest first."""
    waiting = _of(user).filter(read_at__isnull=True, mailed_at__isnull=True).order_by("updated_at", "pk")
    return waiting.filter(type__in=unmutable()) if frequency == Frequency.NEVER else waiting


def all_notices(user: User) -> list[ComposedNotice]:
    """All of them, the oldest first: for a person's copy of their data."""
    return compose(_of(user).order_by("created_at", "pk"), user=user)


def mail_preference(user: User) -> MailPreference:
    """Theirs, or what holds for those who have not chosen."""
    return MailPreference.objects.filter(user=user).first() or MailPreference(user=user)


def mail_agreement(user: User) -> MailAgreement | None:
    """Theirs, as long as it holds."""
    return MailAgreement.objects.filter(user=user, withdrawn_at=None).first()


def reachable() -> QuerySet[User]:
    """Whom the authority may write to: who agreed, whose address is theirs and takes messages."""
    agreed = User.objects.filter(
        COME_IN, is_active=True, mail_agreement__isnull=False, mail_agreement__withdrawn_at__isnull=True
    )
    return agreed.exclude(role=Role.DELEGATE).exclude(mail_agreement__undeliverable=F("email"))


def _of(user: User) -> QuerySet[Notice]:
    """Without what was for a role that they have no more."""
    return Notice.objects.filter(user=user).exclude(type__in=not_for(user)).select_related("actor")
