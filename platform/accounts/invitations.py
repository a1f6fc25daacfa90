"""Places in a city's team, offered by mail: whoever reads the mailbox takes theirs, until it is withdrawn or over.

Nobody has a role before they take it. What is withdrawn, over or taken is the same to whoever opens the link: nothing.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.enums import Role
from accounts.mail import send_mail_later
from accounts.mailboxes import mailbox_of
from accounts.models import TeamInvitation, User
from accounts.selectors import person_of
from accounts.services import find_or_create_user, mail_administrators, set_role
from common.refusals import Refusal

INVITATION_HOLDS = timedelta(days=14)


class AlreadyInTeam(Refusal):
    code = "already_in_team"
    message = _("This person is already in the team: change their role in the list.")


class AlreadyInvited(Refusal):
    code = "already_invited"
    message = _("This person is already invited: send the invitation again, or withdraw it, in the list.")


class AccountLeaving(Refusal):
    code = "account_leaving"
    message = _("This person has just asked to have their account deleted. Once it is, you can invite them again.")


class InvitationGone(Refusal):
    """Withdrawn, over, taken, or never made."""

    code = "invitation_gone"
    status = 410
    message = _("This invitation is no longer there.")


def invite_to_team(*, email: str, role: str, actor: User, city: Any, at: datetime) -> TeamInvitation:
    """Offer somebody a role in the team of this schema, by mail; whether they have an account here or not.

    Raises AlreadyInTeam, AlreadyInvited (two administrators who invite the same person send one mail), and
    AccountLeaving where the account is about to be erased: nobody but its person decides otherwise.
    """
    email = email.strip().lower()
    person = person_of(email)
    if person is not None and not person.is_active:
        raise AccountLeaving
    if person is not None and person.role != Role.PARTICIPANT:
        raise AlreadyInTeam
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        TeamInvitation.objects.filter(mailbox=mailbox_of(email), expires_at__lte=at).delete()
        try:
            with transaction.atomic():
                invitation = TeamInvitation.objects.create(
                    email=email,
                    mailbox=mailbox_of(email),
                    role=role,
                    token_hash=_hashed(token),
                    sent_at=at,
                    expires_at=at + INVITATION_HOLDS,
                )
        except IntegrityError as taken:
            raise AlreadyInvited from taken
        record("team_invited", actor=actor, subject=invitation, role=role)
        _send(invitation, token, actor=actor, city=city)
        mail_administrators(
            email=email, role=invitation.get_role_display(), actor=actor, city=city, what="invited", but=person
        )
    return invitation


def send_again(*, pk: int, actor: User, city: Any, at: datetime) -> TeamInvitation:
    """By another mail, with another link, which holds as long as a new one; the one before is dead.

    Raises InvitationGone.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = _locked(pk=pk)
        invitation.token_hash, invitation.sent_at = _hashed(token), at
        invitation.expires_at = at + INVITATION_HOLDS
        invitation.save(update_fields=["token_hash", "sent_at", "expires_at"])
        record("team_invited_again", actor=actor, subject=invitation, role=invitation.role)
        _send(invitation, token, actor=actor, city=city)
    return invitation


def withdraw(*, pk: int, actor: User) -> TeamInvitation:
    """Its link is dead at once, and nobody is told. Raises InvitationGone, also where it has just been taken."""
    with transaction.atomic():
        invitation = _locked(pk=pk)
        record("team_invitation_withdrawn", actor=actor, subject=invitation, role=invitation.role)
        TeamInvitation.objects.filter(pk=invitation.pk).delete()
    return invitation


def usable_invitation(*, token: str, at: datetime) -> TeamInvitation:
    """Raises InvitationGone."""
    found = TeamInvitation.objects.filter(token_hash=_hashed(token), accepted_at=None, expires_at__gt=at).first()
    if found is None:
        raise InvitationGone
    return found


def accept(*, token: str, city: Any, at: datetime) -> User:
    """Whoever reads the mailbox comes into the team; who is in it by another way meanwhile keeps their role.

    Raises InvitationGone, also where the account is about to be erased.
    """
    with transaction.atomic():
        invitation = _locked(pk=usable_invitation(token=token, at=at).pk, token_hash=_hashed(token))
        user = User.objects.select_for_update(no_key=True).get(pk=find_or_create_user(email=invitation.email).pk)
        if not user.is_active:
            raise InvitationGone
        invitation.accepted_at = at
        invitation.save(update_fields=["accepted_at"])
        if user.role == Role.PARTICIPANT:
            set_role(user, invitation.role, at=at)
            record("team_joined", actor=user, subject=user, role=user.role)
            mail_administrators(email=user.email, role=user.team_role, actor=user, city=city, what="joined", but=user)
    return user


def was_accepted(*, token: str) -> bool:
    """Whether its place has been taken lately: whoever presses twice goes on."""
    return TeamInvitation.objects.filter(token_hash=_hashed(token), accepted_at__isnull=False).exists()


def _locked(**named: Any) -> TeamInvitation:
    found = TeamInvitation.objects.select_for_update(no_key=True).filter(accepted_at=None, **named).first()
    if found is None:
        raise InvitationGone
    return found


def _send(invitation: TeamInvitation, token: str, *, actor: User, city: Any) -> None:
    link = city.url.rstrip("/") + reverse("team_invitation", args=[token], urlconf=settings.ROOT_URLCONF)
    context = {
        "city": city,
        "link": link,
        "role": invitation.get_role_display(),
        "expires_at": invitation.expires_at,
        "inviter": actor.email,
    }
    send_mail_later(template="accounts/email/team_invitation", to=invitation.email, context=context)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
