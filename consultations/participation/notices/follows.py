"""To those who follow: new proposals in a challenge, and new dates of a consultation."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.framing.events import dates_changed
from consultations.participation.events import proposal_submitted
from consultations.participation.models import Proposal
from consultations.participation.notices.subjects import CHALLENGE, PROPOSAL, gone, page, said
from consultations.participation.selectors.audience import followers_of_challenges, followers_of_consultation
from notifications.registry import notice_type
from notifications.types import About, Notification, Words


def _submitted(proposal_id: int, **kwargs: Any) -> Notification | None:
    """Those who follow the challenge."""
    proposal = Proposal.objects.published().filter(pk=proposal_id).first()
    if proposal is None:
        return None
    references = {"challenge": proposal.challenge_id, "proposal": proposal.pk}
    return Notification(
        fact=PROPOSAL.reference(proposal.pk),
        group=str(proposal.challenge_id),
        recipients=dict.fromkeys(followers_of_challenges([proposal.challenge_id]), references),
        actor_id=proposal.author_id,
    )


def _new_proposal(about: About) -> Words:
    proposal, challenge = about["proposal"], about["challenge"]
    words = said(about, challenge=challenge.label)
    if about.count == 1 and proposal:
        sentence = _("%(who)s proposes “%(title)s”, in the challenge %(challenge)s.") % words
        return gone(proposal) or Words(sentence, _("Read this proposal"), page(proposal))
    sentence = ngettext(
        "%(count)s new proposal in the challenge %(challenge)s.",
        "%(count)s new proposals in the challenge %(challenge)s.",
        about.count,
    )
    target = f"{challenge.get_absolute_url()}?tri=recentes#propositions"
    return Words(sentence % words, _("See the new proposals"), target)


def _changed(consultation_id: int, change: int, actor_id: int | None = None, **kwargs: Any) -> Notification:
    """Whoever follows something of the consultation."""
    followers = followers_of_consultation(consultation_id)
    return Notification(
        fact=f"dates:{change}",
        group=str(consultation_id),
        recipients={person: {"challenge": challenge} for person, challenge in followers.items()},
        actor_id=actor_id,
    )


def _dates_changed(about: About) -> Words:
    consultation = about["challenge"].consultation
    sentence = _("The dates of the consultation “%(title)s” have changed.") % {"title": consultation.title}
    return Words(sentence, _("See the dates"), consultation.get_absolute_url())


NEW_PROPOSAL = notice_type(
    "NEW_PROPOSAL",
    gettext_lazy("A new proposal in a challenge that you follow"),
    weight=60,
    event=proposal_submitted,
    notification=_submitted,
    words=_new_proposal,
    subjects=(CHALLENGE,),
)
DATES_CHANGED = notice_type(
    "DATES_CHANGED",
    gettext_lazy("The dates of a consultation have changed"),
    weight=55,
    event=dates_changed,
    notification=_changed,
    words=_dates_changed,
    subjects=(CHALLENGE,),
)
