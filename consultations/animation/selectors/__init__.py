"""What the pages about one person read. Each function costs the same number of queries whatever there is to show."""

from consultations.animation.selectors.audience import (
    followers_of_challenges,
    followers_of_consultation,
    people_of_thread,
    those_who_argued,
    those_who_follow,
    those_who_reacted,
    those_who_work_on,
)
from consultations.animation.selectors.notices import (
    COUNTED,
    PER_PAGE,
    Day,
    NoticesPage,
    Told,
    mail_preference,
    news_of,
    notices_page,
    own_notice,
    told,
    unread_count,
    waiting_notices,
)

__all__ = [
    "COUNTED",
    "PER_PAGE",
    "Day",
    "NoticesPage",
    "Told",
    "followers_of_challenges",
    "followers_of_consultation",
    "mail_preference",
    "news_of",
    "notices_page",
    "own_notice",
    "people_of_thread",
    "those_who_argued",
    "those_who_follow",
    "those_who_reacted",
    "those_who_work_on",
    "told",
    "unread_count",
    "waiting_notices",
]
