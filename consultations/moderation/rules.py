"""What moderation asks of what is written to it: services refuse by these rules, forms ask them."""

from datetime import timedelta

from common.text import Words
from consultations.moderation.enums import Reason

REPORT_WORDS = Words(0, 2000)
ILLEGAL_WORDS = Words(20, 2000)  # "a sufficiently substantiated explanation": règlement (UE) 2022/2065, article 16
OTHER_WORDS = Words(10, 2000)  # nobody can guess what "something else" is
REPORTER_NAME = Words(2, 120, one_line=True)
# What cannot be looked at without a word of whoever reports.
WORDS_OF = {Reason.ILLEGAL: ILLEGAL_WORDS, Reason.OTHER: OTHER_WORDS}
FACTS = Words(10, 1000)
CITY_WORDS = Words(0, 20_000)
CITY_WORDS_MAX = 500
APPEAL_WORDS = Words(20, 2000)
PASSAGE = Words(2, 600)  # the whole of a note
PASSAGES_MAX = 10

# How soon somebody looks at it. What the filter alone points at, and what is merely out of place, can wait a day.
DELAY = timedelta(hours=24)
DELAYS = {Reason.ILLEGAL: timedelta(hours=4), Reason.PERSONAL: timedelta(hours=12), Reason.INSULT: timedelta(hours=12)}
# In hours, the shortest first: what is against the law, what touches a person, all else.
PROMISED_HOURS = sorted({int(each.total_seconds()) // 3600 for each in (*DELAYS.values(), DELAY)})
CHILDREN_DELAY = timedelta(hours=1)
SUSPENSION_MAX = timedelta(days=365)
APPEAL_DELAY = timedelta(days=7)
# Who has left a case open for longer is no longer on it.
CLAIM_FOR = timedelta(minutes=10)
