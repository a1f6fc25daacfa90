"""Reading people."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.enums import TEAM_ROLES, Role
from accounts.mailboxes import mailbox_of
from accounts.models import UNDO_ADDRESS_FOR, AddressChange, AuditEntry, TeamInvitation, User

# Whoever came in once, of those who were invited or had an account made: their address is theirs.
COME_IN = Q(last_login__isnull=False) | ~Q(public_name="")


def person_of(email: str) -> User | None:
    """The person of this schema with that address; else with another address of the same mailbox.

    Two accounts of one mailbox, made before that was known, stay two: each comes in with its own address, and any
    other address of the mailbox leads to the one that was there first.
    """
    email = email.strip()
    found = User.objects.filter(email__iexact=email).first()
    return found or User.objects.filter(mailbox=mailbox_of(email)).exclude(mailbox="").first()


def undoable_changes(user: User, *, at: datetime) -> list[AddressChange]:
    """The changes of address that the address before them may still undo, the latest first."""
    since = at - UNDO_ADDRESS_FOR
    return list(AddressChange.objects.filter(user=user, confirmed_at__gt=since).order_by("-confirmed_at", "-pk"))


def team() -> list[User]:
    """The staff of this schema, by role, then by age of their account."""
    members = User.objects.filter(role__in=TEAM_ROLES).order_by("created_at", "pk")
    return sorted(members, key=lambda member: TEAM_ROLES.index(Role(member.role)))


def waiting_invitations() -> list[TeamInvitation]:
    """Those that nobody has taken, the oldest first; also those that are over, until they are forgotten."""
    return list(TeamInvitation.objects.filter(accepted_at=None).order_by("sent_at", "pk"))


def actions_on_record() -> list[str]:
    """What the trail of this schema has, each once."""
    return list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct())


def able_administrators() -> QuerySet[User]:
    """Those who can answer for the platform as they are: they own a second factor, so they have come in.

    An invitation alone is nobody yet: its address may be mistyped.
    """
    factors = Authenticator.objects.filter(
        user=OuterRef("pk"), type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    )
    return User.objects.filter(Exists(factors), role=Role.ADMINISTRATOR, is_active=True)
