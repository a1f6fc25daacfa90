"""To the author of an argument, and to those who replied to it before: a new reply."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.participation.enums import Status
from consultations.participation.events import reply_given
from consultations.participation.models import Reply
from consultations.participation.notices.subjects import (
    ARGUMENT,
    PROPOSAL,
    REPLY,
    each_with_proposal,
    of_a_proposal,
    page_of_argument,
    said,
)
from consultations.participation.selectors.audience import people_of_thread
from notifications.registry import notice_type
from notifications.types import About, Notification, Words


def _given(reply_id: int, **kwargs: Any) -> Notification | None:
    reply = Reply.objects.select_related("argument").filter(pk=reply_id, status=Status.PUBLISHED).first()
    if reply is None:
        return None
    thread = dict.fromkeys(people_of_thread(reply), reply.argument.proposal_id)
    return Notification(
        fact=REPLY.reference(reply.pk),
        group=str(reply.argument_id),
        recipients=each_with_proposal(thread, argument=reply.argument_id),
        actor_id=reply.author_id,
    )


@of_a_proposal
def _new_reply(about: About) -> Words:
    own = bool(about["argument"]) and about["argument"].author_id == about.notice.user_id
    if about.count == 1:
        sentence = (
            _("%(who)s replied to your argument on “%(title)s”.")
            if own
            else _("%(who)s replied in a discussion where you wrote, on “%(title)s”.")
        )
    elif own:
        sentence = ngettext(
            "%(count)s reply to your argument on “%(title)s”.",
            "%(count)s replies to your argument on “%(title)s”.",
            about.count,
        )
    else:
        sentence = ngettext(
            "%(count)s new reply in a discussion where you wrote, on “%(title)s”.",
            "%(count)s new replies in a discussion where you wrote, on “%(title)s”.",
            about.count,
        )
    action = ngettext("Read the reply", "Read the replies", about.count)
    return Words(sentence % said(about), action, page_of_argument(about))


NEW_REPLY = notice_type(
    "NEW_REPLY",
    gettext_lazy("A reply to your argument"),
    weight=15,
    event=reply_given,
    notification=_given,
    words=_new_reply,
    subjects=(PROPOSAL, ARGUMENT),
)
