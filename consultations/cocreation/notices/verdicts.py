"""To the author of an argument: what those who work on the proposal make of it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.text import shortened
from consultations.cocreation.events import argument_answered
from consultations.participation.enums import Status, Verdict
from consultations.participation.models import Argument
from consultations.participation.notices.subjects import (
    ARGUMENT,
    PROPOSAL,
    each_with_proposal,
    of_a_proposal,
    page_of_argument,
    said,
)
from notifications.registry import notice_type
from notifications.types import About, Notification, Words

QUOTED = 200  # letters


def _answered(argument_id: int, **kwargs: Any) -> Notification | None:
    """A verdict taken back is not news: the notice that waits says so when it is read."""
    argument = Argument.objects.filter(pk=argument_id, status=Status.PUBLISHED).first()
    if argument is None or argument.author_id is None or not argument.verdict:
        return None
    return Notification(
        fact=f"verdict:{argument.pk}.{argument.verdict_revision}",
        group=str(argument.pk),
        recipients=each_with_proposal({argument.author_id: argument.proposal_id}, argument=argument.pk),
        actor_id=argument.verdict_by_id,
    )


@of_a_proposal
def _argument_answered(about: About) -> Words:
    argument = about["argument"]
    by_verdict: dict[str, str] = {
        Verdict.TAKEN: _("%(who)s takes up your argument on “%(title)s”."),
        Verdict.PARTLY: _("%(who)s takes up a part of your argument on “%(title)s”."),
        Verdict.NOT_TAKEN: _("%(who)s does not take up your argument on “%(title)s”, and says why."),
    }
    thinking = _("%(who)s is thinking again about your argument on “%(title)s”.")
    sentence = by_verdict.get(argument.verdict, thinking) if argument else thinking
    is_over = sentence == thinking
    return Words(
        sentence % said(about), _("Read the answer"), page_of_argument(about), _reason(argument), is_over=is_over
    )


def _reason(argument: Argument | None) -> str:
    """In the author's words, as far as a glance goes; of what moderation has hidden since, nothing."""
    if argument is None or argument.status != Status.PUBLISHED or not argument.verdict:
        return ""
    return shortened(argument.verdict_reason, QUOTED)


ARGUMENT_ANSWERED = notice_type(
    "ARGUMENT_ANSWERED",
    gettext_lazy("What an author made of your argument"),
    weight=10,
    event=argument_answered,
    notification=_answered,
    words=_argument_answered,
    subjects=(PROPOSAL, ARGUMENT),
)
