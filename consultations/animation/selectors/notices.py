"""What a person was told, in words. They are composed when shown: of what is hidden since, nothing is said."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from common.db import connection
from consultations.animation.enums import BY_WEIGHT
from consultations.animation.models import MailPreference, Notice
from consultations.animation.selectors.wording import Words, words_of
from consultations.participation.models import Argument, Authorship, CollectiveSource, Reaction

PER_PAGE = 30
# More than that is "99+" to whoever looks at it: no need to count on.
COUNTED = 100


@dataclass(frozen=True)
class Told:
    """A notice and its words."""

    notice: Notice
    words: Words


@dataclass(frozen=True)
class Day:
    """Notices of one day, the unread ones and the others apart."""

    is_read: bool
    on: date
    news: list[Told]


@dataclass(frozen=True)
class NoticesPage:
    page: Page[Notice]
    days: list[Day]
    unread: int
    # When it was read: what comes later is not on it.
    at: datetime


_UNREAD = """
SELECT count(*) FROM (
  SELECT FROM animation_notice WHERE user_id = %s AND read_at IS NULL LIMIT %s) AS unread
"""


def unread_count(user: User) -> int:
    """Up to COUNTED. By hand: asked at every serving of every page to somebody signed in."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [user.pk, COUNTED])
        return int(cursor.fetchone()[0])


def notices_page(*, user: User, page: int | str, at: datetime) -> NoticesPage:
    """Unread ones first, newest first, by day. Three queries."""
    notices = _told_of(user).annotate(is_read=Q(read_at__isnull=False)).order_by("is_read", "-updated_at", "-pk")
    shown = Paginator(notices, PER_PAGE).get_page(page)
    days = [
        Day(is_read, on, [told(notice) for notice in group])
        for (is_read, on), group in groupby(
            shown, lambda notice: (notice.is_read, timezone.localtime(notice.updated_at).date())
        )
    ]
    return NoticesPage(shown, days, unread_count(user), at)


def own_notice(*, user: User, pk: int) -> Notice | None:
    """One of this person's, or nothing."""
    return _told_of(user).filter(pk=pk).first()


def waiting_notices(user: User) -> list[Notice]:
    """What was neither read nor mailed: what matters most to one person first, then the oldest."""
    waiting = _told_of(user).filter(read_at__isnull=True, mailed_at__isnull=True).order_by("updated_at", "pk")
    return sorted(waiting, key=lambda notice: BY_WEIGHT.index(notice.kind))


def news_of(user: User) -> list[Told]:
    """All of them, the oldest first: for a person's copy of their data."""
    return [told(notice) for notice in _told_of(user).order_by("created_at", "pk")]


def mail_preference(user: User) -> MailPreference:
    """Theirs, or what holds for those who have not chosen."""
    return MailPreference.objects.filter(user=user).first() or MailPreference(user=user)


def told(notice: Notice) -> Told:
    return Told(notice, words_of(notice))


def _told_of(user: User) -> Any:  # a queryset of Notice with annotations that the stubs lose track of
    """With all that their words need, in one query and without anybody's texts."""
    about = ("actor", "proposal", "challenge__consultation", "argument", "invitation", "collective__proposal")
    own = {"proposal": OuterRef("proposal"), "user": OuterRef("user")}
    given = {"proposal": OuterRef("proposal"), "author": OuterRef("user")}
    return (
        Notice.objects.filter(user=user)
        .select_related(*about)
        .annotate(
            # The version that the person's reaction is about, if they reacted.
            reacted_to=Subquery(Reaction.objects.filter(**own).values("version")[:1]),
            has_helped=Exists(Argument.objects.filter(**given, taken_in=OuterRef("proposal__version"))),
            works_there=Q(proposal__author=user) | Exists(Authorship.objects.at_work().filter(**own)),
            consent=Subquery(
                CollectiveSource.objects.filter(
                    collective=OuterRef("collective"), proposal=OuterRef("proposal")
                ).values("consent")[:1]
            ),
        )
        .only(
            "user_id", "kind", "count", "updated_at", "read_at", "mailed_at",
            "actor__public_name", "actor__role",
            "proposal__title", "proposal__status", "proposal__version", "proposal__challenge_id",
            "proposal__merged_into_id",
            "challenge__label", "challenge__slug",
            "challenge__consultation__title", "challenge__consultation__slug", "challenge__consultation__is_current",
            "argument__author_id", "argument__proposal_id", "argument__status", "argument__verdict",
            "argument__verdict_reason",
            "invitation__answered_at", "invitation__accepted",
            "collective__title", "collective__state", "collective__proposal__title", "collective__proposal__status",
        )
    )  # fmt: skip
