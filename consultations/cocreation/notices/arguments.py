"""To those who work on a proposal: new arguments; not to those who follow it, whom a lively one would flood."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.participation.enums import Status
from consultations.participation.events import argument_given
from consultations.participation.models import Argument
from consultations.participation.notices.subjects import (
    ARGUMENT,
    PROPOSAL,
    each_with_proposal,
    of_a_proposal,
    said,
    slug,
)
from consultations.participation.selectors.audience import those_who_work_on
from notifications.registry import notice_type
from notifications.types import About, Notification, Words


def _given(argument_id: int, **kwargs: Any) -> Notification | None:
    argument = Argument.objects.filter(pk=argument_id, status=Status.PUBLISHED).first()
    if argument is None:
        return None
    return Notification(
        fact=ARGUMENT.reference(argument.pk),
        group=str(argument.proposal_id),
        recipients=each_with_proposal(those_who_work_on([argument.proposal_id])),
        actor_id=argument.author_id,
    )


@of_a_proposal
def _new_argument(about: About) -> Words:
    proposal = about["proposal"]
    if about.count == 1:
        sentence = _("%(who)s gave an argument on “%(title)s”.") % said(about)
    else:
        sentence = ngettext(
            "%(count)s new argument on “%(title)s”.", "%(count)s new arguments on “%(title)s”.", about.count
        ) % said(about)
    # Nobody answers any more where the proposal has become part of another.
    action = _("Read the arguments") if proposal.merged_into_id else _("Read and say what you make of it")
    return Words(sentence, action, reverse("workshop", args=[proposal.pk, slug(proposal)]))


NEW_ARGUMENT = notice_type(
    "NEW_ARGUMENT",
    gettext_lazy("Arguments on a proposal that you work on"),
    weight=20,
    event=argument_given,
    notification=_given,
    words=_new_argument,
    subjects=(PROPOSAL,),
)
