"""To whoever reacted to a proposal, argued, follows it, or works on it: its new version."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.templatetags.ui import figure
from consultations.cocreation.events import version_published
from consultations.participation.models import ProposalVersion
from consultations.participation.notices.subjects import PROPOSAL, each_with_proposal, of_a_proposal, page, said, slug
from consultations.participation.selectors.audience import (
    those_who_argued,
    those_who_follow,
    those_who_reacted,
    those_who_work_on,
)
from notifications.registry import notice_type
from notifications.types import About, Notification, Words


def _published(proposal_id: int, version: int, **kwargs: Any) -> Notification | None:
    """All but the one who published."""
    made = ProposalVersion.objects.filter(proposal_id=proposal_id, number=version).first()
    if made is None:
        return None
    this = [proposal_id]
    return Notification(
        fact=f"version:{proposal_id}.{version}",
        group=str(proposal_id),
        recipients=each_with_proposal(
            those_who_reacted(this) | those_who_argued(this) | those_who_follow(this) | those_who_work_on(this)
        ),
        actor_id=made.made_by_id,
    )


@of_a_proposal
def _new_version(about: About) -> Words:
    proposal = about["proposal"]
    words = said(about, version=figure(proposal.version))
    if proposal.has_helped:
        sentence = _("“%(title)s” has a new version, and it takes up an argument of yours.") % words
    else:
        sentence = ngettext(
            "“%(title)s” has a new version: number %(version)s.",
            "“%(title)s” has %(count)s new versions: the present one is number %(version)s.",
            about.count,
        ) % words  # fmt: skip
    if proposal.reacted_to and proposal.reacted_to < proposal.version and not proposal.merged_into_id:
        sentence += " " + _("Your reaction is about an earlier text.")
        return Words(sentence, _("See what changes and confirm"), f"{page(proposal)}#reaction")
    versions = reverse("proposal_versions", args=[proposal.pk, slug(proposal)])
    return Words(sentence, _("See what changes"), versions)


NEW_VERSION = notice_type(
    "NEW_VERSION",
    gettext_lazy("A new version of a proposal that you reacted to or follow"),
    weight=45,
    event=version_published,
    notification=_published,
    words=_new_version,
    subjects=(PROPOSAL,),
)
