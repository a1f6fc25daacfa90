"""Answers in words: the same on pages and in what the council gets."""

from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from common.templatetags.ui import full_day
from consultations.outcomes.enums import Decision
from consultations.outcomes.models import AnswerVersion


def given_on(version: AnswerVersion) -> str:
    """Its day; of one that replaces another, also that of the first: whether it came in time is judged by that one.

    Of a version that was read with its answer.
    """
    day, first = full_day(version.signed_at), version.answer.answered_at
    if version.number == 1 or first is None:
        return day
    if day == full_day(first):
        return _("answer of %(day)s, changed the same day") % {"day": day}
    return _("answer of %(first)s, changed on %(day)s") % {"first": full_day(first), "day": day}


def decided(count: int, decision: str) -> str:
    """What was decided of so many proposals, after their number: accepted."""
    words = {
        Decision.ADOPTED: npgettext("decided", "accepted", "accepted", count),
        Decision.ADAPTED: npgettext("decided", "accepted, with an adaptation", "accepted, with an adaptation", count),
        Decision.STUDIED: npgettext("decided", "under study", "under study", count),
        Decision.DECLINED: npgettext("decided", "not accepted", "not accepted", count),
        Decision.ELSEWHERE: npgettext("decided", "not ours to decide", "not ours to decide", count),
    }
    return words[Decision(decision)]
