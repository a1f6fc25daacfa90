"""Writing together: invitations to it and their answers, and a facilitator in the place of an author who left."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import person_of
from consultations.cocreation.events import coauthor_answered, coauthor_invited, stewardship_taken
from consultations.cocreation.models import CoAuthorInvitation
from consultations.participation.notices.subjects import PROPOSAL, each_with_proposal, of_a_proposal, page, said
from consultations.participation.selectors.audience import those_who_follow, those_who_work_on
from notifications.registry import notice_type, subject
from notifications.types import About, Notification, Words


def _invitations(user: User) -> QuerySet[CoAuthorInvitation]:
    return CoAuthorInvitation.objects.only("answered_at", "accepted")


INVITATION = subject("invitation", CoAuthorInvitation, read=_invitations)


def _invited(key: str, **kwargs: Any) -> Notification | None:
    """The one who is invited, if they have an account here: others get the invitation itself by e-mail."""
    invitation = CoAuthorInvitation.objects.filter(pk=key, answered_at__isnull=True).first()
    guest = _guest(invitation) if invitation else None
    if invitation is None or guest is None:
        return None
    return Notification(
        fact=INVITATION.reference(invitation.pk),
        group=str(invitation.pk),
        recipients=each_with_proposal({guest: invitation.proposal_id}, invitation=str(invitation.pk)),
        actor_id=invitation.invited_by_id,
    )


def _answered(key: str, **kwargs: Any) -> Notification | None:
    """The one who invited; nobody where they took the invitation back themselves."""
    invitation = CoAuthorInvitation.objects.filter(pk=key, accepted__isnull=False).first()
    if invitation is None:
        return None
    host = {invitation.invited_by_id: invitation.proposal_id}
    return Notification(
        fact=f"answer:{invitation.pk}",
        group=str(invitation.pk),
        recipients=each_with_proposal(host, invitation=str(invitation.pk)),
        actor_id=_guest(invitation),
    )


def _guest(invitation: CoAuthorInvitation) -> int | None:
    if invitation.user_id:
        return invitation.user_id
    guest = person_of(invitation.email)
    return guest.pk if guest else None


def _taken(proposal_id: int, user_id: int, **kwargs: Any) -> Notification:
    """Its author, if there is one still, those who work on it, and those who follow it."""
    this = [proposal_id]
    return Notification(
        fact=f"stewardship:{proposal_id}.{user_id}",
        group=str(proposal_id),
        recipients=each_with_proposal(those_who_work_on(this) | those_who_follow(this)),
        actor_id=user_id,
    )


@of_a_proposal
def _coauthor_invited(about: About) -> Words:
    invitation, proposal = about["invitation"], about["proposal"]
    if invitation is None or (invitation.answered_at and invitation.accepted is None):
        sentence = _("%(who)s had invited you to work on “%(title)s”, and took the invitation back.")
        return Words(sentence % said(about), _("Read this proposal"), page(proposal), is_over=True)
    sentence = _("%(who)s invites you to work on “%(title)s”.") % said(about)
    if invitation.answered_at or proposal.merged_into_id:
        return Words(sentence, _("Read this proposal"), page(proposal), is_over=True)
    return Words(sentence, _("Read and answer"), reverse("invitation", args=[invitation.pk]))


@of_a_proposal
def _coauthor_answered(about: About) -> Words:
    if about["invitation"] and about["invitation"].accepted:
        sentence = _("%(who)s now works on “%(title)s” with you.")
    else:
        sentence = _("%(who)s will not work on “%(title)s” with you.")
    return Words(sentence % said(about), _("Go to its page"), page(about["proposal"]))


@of_a_proposal
def _stewardship(about: About) -> Words:
    sentence = _("%(who)s, of the team of this consultation, now takes care of “%(title)s”.")
    return Words(sentence % said(about), _("Read this proposal"), page(about["proposal"]))


_ABOUT = (PROPOSAL, INVITATION)
COAUTHOR_INVITED = notice_type(
    "COAUTHOR_INVITED",
    gettext_lazy("An invitation to write with somebody"),
    weight=0,
    event=coauthor_invited,
    notification=_invited,
    words=_coauthor_invited,
    subjects=_ABOUT,
)
COAUTHOR_ANSWERED = notice_type(
    "COAUTHOR_ANSWERED",
    gettext_lazy("The answer to an invitation of yours"),
    weight=25,
    event=coauthor_answered,
    notification=_answered,
    words=_coauthor_answered,
    subjects=_ABOUT,
)
STEWARDSHIP = notice_type(
    "STEWARDSHIP",
    gettext_lazy("A facilitator takes care of a proposal"),
    weight=50,
    event=stewardship_taken,
    notification=_taken,
    words=_stewardship,
    subjects=(PROPOSAL,),
)
