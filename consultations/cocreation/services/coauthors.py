"""Writing with others: inviting, answering, leaving. And taking the place of an author who left."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.mailboxes import mailbox_of
from accounts.models import User
from accounts.selectors import person_of
from common.outbox import announce_later
from consultations.cocreation.actions import REWORK
from consultations.cocreation.events import coauthor_answered, coauthor_invited, stewardship_taken
from consultations.cocreation.models import CoAuthorInvitation
from consultations.cocreation.rules import mail_address
from consultations.cocreation.selectors.coauthors import (
    INVITATION_HOLDS,
    is_invited,
    is_open,
    left_alone,
    to_mailbox,
)
from consultations.cocreation.services.refusals import (
    AlreadyAuthor,
    Declined,
    InvitationOver,
    LastAuthor,
    NotAlone,
    NotInDiscussion,
    TooManyInvitations,
)
from consultations.participation.enums import AuthorshipRole, ReactionValue, Status
from consultations.participation.models import (
    COUNT_OF_REACTION,
    CURRENT_COUNT_OF_REACTION,
    Argument,
    Authorship,
    Proposal,
    ProposalVersion,
    Reaction,
)
from consultations.participation.permissions import may_facilitate, works_on
from consultations.participation.services.refusals import NotAnAuthor, NotYours
from consultations.participation.services.writing import lock, writable
from notifications.enums import Frequency
from notifications.models import MailPreference

PENDING_MAX = 10
# Against using us to flood a mailbox: of one author to anybody, and of anybody to one address.
A_DAY_BY_AUTHOR, A_DAY_TO_ADDRESS = 20, 3


# ── Inviting ──────────────────────────────────────────────────────────────────


def invite_coauthor(
    *, proposal: Proposal, by: User, city: Any, at: datetime, user: User | None = None, email: str = ""
) -> CoAuthorInvitation:
    """Ask a person who argued on the proposal, or whoever has an e-mail address, to write with its authors.

    Asked again: the same invitation, renewed where its thirty days are over. Nothing says whether an address has an
    account: either gets a link by e-mail, in the name of `city` and without a word of the author's. Raises
    NotAnAuthor, AlreadyAuthor, NotInDiscussion, NoMailAddress, Declined, TooManyInvitations, PhaseClosed, Merged.
    """
    if (user is None) == (not email):
        raise NotInDiscussion
    email = mail_address(email) if user is None else ""
    with transaction.atomic():
        proposal = writable(proposal, action=REWORK, at=at, by=by)
        _check_invited(proposal, by, user, email)
        to = Q(user=user) if user is not None else to_mailbox(email)
        theirs = CoAuthorInvitation.objects.filter(to, proposal=proposal)
        invitation = theirs.filter(answered_at=None).order_by("pk").first()
        if invitation is not None and is_open(invitation, at=at):
            return invitation
        if theirs.filter(accepted=False, answered_at__gt=at - INVITATION_HOLDS).exists():
            raise Declined
        _check_number(proposal, by, email, at)
        if invitation is None:
            mailbox = mailbox_of(email) if email else ""
            invitation = CoAuthorInvitation(proposal=proposal, user=user, email=email, mailbox=mailbox)
        invitation.invited_by, invitation.created_at = by, at
        invitation.save()
        record("coauthor_invited", actor=by, subject=proposal, invitation=str(invitation.pk))
        announce_later(coauthor_invited, key=str(invitation.pk))
        if email and _gets_a_mail(person_of(email)):
            link = city.url.rstrip("/") + reverse("invitation", args=[invitation.pk])
            send_mail_later(
                template="cocreation/email/coauthor_invitation",
                to=email,
                context={"city": city, "link": link},
            )
    return invitation


def _check_invited(proposal: Proposal, by: User, user: User | None, email: str) -> None:
    if user is None:
        if mailbox_of(email) == mailbox_of(by.email):
            raise AlreadyAuthor
        return
    if works_on(user=user, proposal=proposal):
        raise AlreadyAuthor
    argued = Argument.objects.filter(proposal=proposal, author=user, status=Status.PUBLISHED)
    if not user.is_active or not argued.exists():
        raise NotInDiscussion


def _gets_a_mail(invited: User | None) -> bool:
    """All but those whom the notice reaches as soon, and those who want none: an invitation waits for no Monday."""
    as_chosen = MailPreference.objects.filter(user=invited, frequency__in=[Frequency.AT_ONCE, Frequency.NEVER])
    return invited is None or not invited.has_come_in or not as_chosen.exists()


def _check_number(proposal: Proposal, by: User, email: str, at: datetime) -> None:
    """Those taken back count too: taking back and inviting again is how a mailbox would be flooded."""
    since = at - timedelta(days=1)
    pending = CoAuthorInvitation.objects.filter(
        proposal=proposal, answered_at=None, created_at__gt=at - INVITATION_HOLDS
    )
    today = CoAuthorInvitation.objects.filter(created_at__gt=since)
    if pending.count() >= PENDING_MAX or today.filter(invited_by=by).count() >= A_DAY_BY_AUTHOR:
        raise TooManyInvitations
    if email and today.filter(to_mailbox(email)).count() >= A_DAY_TO_ADDRESS:
        raise TooManyInvitations


def take_back_invitation(*, key: UUID, proposal: Proposal, by: User, at: datetime) -> None:
    """The link no longer opens anything. An invitation that is answered, or gone, stays as it is."""
    with transaction.atomic():
        lock(proposal)
        if not works_on(user=by, proposal=proposal):
            raise NotAnAuthor
        if CoAuthorInvitation.objects.filter(pk=key, proposal=proposal, answered_at=None).update(answered_at=at):
            record("coauthor_invitation_taken_back", actor=by, subject=proposal, invitation=str(key))


# ── Answering ─────────────────────────────────────────────────────────────────


def accept_invitation(*, key: UUID, user: User, at: datetime) -> Proposal:
    """Become a co-author; again changes nothing. What the person thinks of the proposal is no longer counted.

    Raises NotYours, InvitationOver, PhaseClosed, Merged.
    """
    with transaction.atomic():
        invitation, proposal = _locked(key, user)
        if invitation.accepted:
            return proposal
        if not is_open(invitation, at=at):
            raise InvitationOver
        writable(proposal, action=REWORK, at=at)
        if not works_on(user=user, proposal=proposal):
            _join(proposal, user, AuthorshipRole.CO_AUTHOR, at)
        invitation.answered_at, invitation.accepted = at, True
        invitation.save(update_fields=["answered_at", "accepted"])
        record("coauthor_joined", actor=user, subject=proposal, invitation=str(key))
        announce_later(coauthor_answered, key=str(key))
    return proposal


def decline_invitation(*, key: UUID, user: User, at: datetime) -> Proposal:
    """Say no; again changes nothing. Raises NotYours, InvitationOver."""
    with transaction.atomic():
        invitation, proposal = _locked(key, user)
        if invitation.accepted is False:
            return proposal
        if not is_open(invitation, at=at):
            raise InvitationOver
        invitation.answered_at, invitation.accepted = at, False
        invitation.save(update_fields=["answered_at", "accepted"])
        record("coauthor_declined", actor=user, subject=proposal, invitation=str(key))
        announce_later(coauthor_answered, key=str(key))
    return proposal


def _locked(key: UUID, user: User) -> tuple[CoAuthorInvitation, Proposal]:
    found = CoAuthorInvitation.objects.get(pk=key)
    proposal = Proposal.objects.select_for_update(of=("self",), no_key=True).defer("search").get(pk=found.proposal_id)
    invitation = CoAuthorInvitation.objects.select_for_update(of=("self",), no_key=True).get(pk=key)
    if not is_invited(invitation, user=user):
        raise NotYours
    return invitation, proposal


def _join(proposal: Proposal, user: User, role: AuthorshipRole, at: datetime) -> None:
    """On a locked proposal. Authors do not react: what one thinks of one's own proposal is known.

    Somebody who is a facilitator no longer may still have a place there.
    """
    Authorship.objects.update_or_create(proposal=proposal, user=user, defaults={"role": role, "since": at})
    reaction = (
        Reaction.objects.select_for_update(of=("self",), no_key=True).filter(proposal=proposal, user=user).first()
    )
    if reaction is None:
        return
    columns = [COUNT_OF_REACTION[ReactionValue(reaction.value)]]
    if reaction.version == proposal.version:
        columns.append(CURRENT_COUNT_OF_REACTION[ReactionValue(reaction.value)])
    reaction.delete()
    Proposal.objects.filter(pk=proposal.pk).update(**{column: F(column) - 1 for column in columns})


# ── Leaving ───────────────────────────────────────────────────────────────────


def leave_proposal(*, proposal: Proposal, user: User) -> None:
    """Stop working on a proposal. Its author's place goes to the co-author who has been there longest.

    The author stays named as the one who began it: version 1 is theirs. Raises NotAnAuthor, or LastAuthor where nobody
    would be left.
    """
    with transaction.atomic():
        lock(proposal)
        if proposal.author_id == user.pk:
            _pass_on_authorship(proposal, user)
        elif not Authorship.objects.filter(proposal=proposal, user=user).delete()[0]:
            raise NotAnAuthor
        record("proposal_left", actor=user, subject=proposal)


def _pass_on_authorship(proposal: Proposal, user: User) -> None:
    heir = (
        Authorship.objects.select_related("user")
        .filter(proposal=proposal, role=AuthorshipRole.CO_AUTHOR, user__is_active=True)
        .order_by("since", "pk")
        .first()
    )
    if heir is None:
        raise LastAuthor
    ProposalVersion.objects.filter(proposal=proposal, number=1, made_by=None).update(made_by=user)
    Proposal.objects.filter(pk=proposal.pk).update(author=heir.user)
    heir.delete()


def remove_coauthor(*, proposal: Proposal, by: User, user_id: int, at: datetime) -> User | None:
    """Whoever holds the pen sends a co-author away. None for anybody else, and for one who is gone already.

    Invitations that they sent, or still had, open nothing any more. Raises NotAnAuthor.
    """
    with transaction.atomic():
        lock(proposal)
        if proposal.author_id != by.pk:
            raise NotAnAuthor
        place = (
            Authorship.objects.select_related("user")
            .filter(proposal=proposal, user=user_id, role=AuthorshipRole.CO_AUTHOR)
            .first()
        )
        if place is None:
            return None
        user = place.user
        place.delete()
        theirs = Q(invited_by=user) | Q(user=user) | to_mailbox(user.email)
        CoAuthorInvitation.objects.filter(theirs, proposal=proposal, answered_at=None).update(answered_at=at)
        record("coauthor_removed", actor=by, subject=proposal, user=user.pk)
        record("coauthor_was_removed", actor=by, subject=user, proposal=proposal.pk)  # the proposal is theirs no more
    return user


# ── In the place of an author who left ────────────────────────────────────────


def take_stewardship(*, proposal: Proposal, user: User, at: datetime) -> None:
    """A facilitator takes care of a proposal whose authors have all left; again changes nothing.

    Raises NotAnAuthor for anyone else, NotAlone where somebody works on it, PhaseClosed, Merged.
    """
    if not may_facilitate(user=user):
        raise NotAnAuthor
    with transaction.atomic():
        proposal = writable(proposal, action=REWORK, at=at)
        if Authorship.objects.filter(proposal=proposal, user=user, role=AuthorshipRole.STEWARD).exists():
            return
        if not left_alone().filter(pk=proposal.pk).exists():
            raise NotAlone
        # Of a facilitator who left the team, or the city.
        Authorship.objects.filter(proposal=proposal, role=AuthorshipRole.STEWARD).delete()
        _join(proposal, user, AuthorshipRole.STEWARD, at)
        record("stewardship_taken", actor=user, subject=proposal)
        announce_later(stewardship_taken, proposal_id=proposal.pk, user_id=user.pk)


def relinquish_stewardship(*, proposal: Proposal, user: User) -> None:
    """Give it back: it is left alone again. Again changes nothing."""
    with transaction.atomic():
        Proposal.objects.select_for_update(of=("self",), no_key=True).defer("search").get(pk=proposal.pk)
        if Authorship.objects.filter(proposal=proposal, user=user, role=AuthorshipRole.STEWARD).delete()[0]:
            record("stewardship_given_back", actor=user, subject=proposal)


def relinquish_all(user: User) -> None:
    """Of somebody who is no facilitator any more: their proposals wait for another one."""
    if may_facilitate(user=user):
        return
    kept = Authorship.objects.filter(user=user, role=AuthorshipRole.STEWARD).select_related("proposal")
    for each in kept.order_by("proposal_id"):
        relinquish_stewardship(proposal=each.proposal, user=user)
