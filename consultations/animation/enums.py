from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NoticeKind(models.TextChoices):
    """Why somebody is told something."""

    NEW_PROPOSAL = "NEW_PROPOSAL", _("A new proposal in a challenge that you follow")
    NEW_ARGUMENT = "NEW_ARGUMENT", _("Arguments on a proposal that you work on")
    ARGUMENT_ANSWERED = "ARGUMENT_ANSWERED", _("What an author made of your argument")
    NEW_REPLY = "NEW_REPLY", _("A reply to your argument")
    NEW_VERSION = "NEW_VERSION", _("A new version of a proposal that you reacted to or follow")
    COAUTHOR_INVITED = "COAUTHOR_INVITED", _("An invitation to write with somebody")
    COAUTHOR_ANSWERED = "COAUTHOR_ANSWERED", _("The answer to an invitation of yours")
    STEWARDSHIP = "STEWARDSHIP", _("A facilitator takes care of a proposal")
    MERGE_ASKED = "MERGE_ASKED", _("Your consent to a collective proposal")
    MERGE_ANSWERED = "MERGE_ANSWERED", _("An answer about a collective proposal")
    MERGED = "MERGED", _("A proposal that you supported is now part of a collective one")
    MERGE_UNDONE = "MERGE_UNDONE", _("A collective proposal was undone")
    DATES_CHANGED = "DATES_CHANGED", _("The dates of a consultation have changed")


# In a message, what is asked of somebody comes first, then what is about their own words, then the rest.
BY_WEIGHT = (
    NoticeKind.COAUTHOR_INVITED,
    NoticeKind.MERGE_ASKED,
    NoticeKind.ARGUMENT_ANSWERED,
    NoticeKind.NEW_REPLY,
    NoticeKind.NEW_ARGUMENT,
    NoticeKind.COAUTHOR_ANSWERED,
    NoticeKind.MERGE_ANSWERED,
    NoticeKind.MERGED,
    NoticeKind.MERGE_UNDONE,
    NoticeKind.NEW_VERSION,
    NoticeKind.STEWARDSHIP,
    NoticeKind.DATES_CHANGED,
    NoticeKind.NEW_PROPOSAL,
)


class Frequency(models.TextChoices):
    """How often we may write to somebody."""

    AT_ONCE = "AT_ONCE", pgettext_lazy("frequency", "At once, and never more than one message an hour")
    DAILY = "DAILY", pgettext_lazy("frequency", "Once a day")
    WEEKLY = "WEEKLY", pgettext_lazy("frequency", "Once a week")
    NEVER = "NEVER", pgettext_lazy("frequency", "Never")
