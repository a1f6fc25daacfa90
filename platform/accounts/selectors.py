"""Reading people."""

from accounts.enums import Role
from accounts.mailboxes import mailbox_of
from accounts.models import User

# From the one who may do everything to the one who only looks.
TEAM_ROLES = (Role.ADMINISTRATOR, Role.FACILITATOR, Role.MODERATOR, Role.DECISION_MAKER, Role.OBSERVER)


def person_of(email: str) -> User | None:
    """The person of this schema with that address; else with another address of the same mailbox.

    Two accounts of one mailbox, made before that was known, stay two: each comes in with its own address, and any
    other address of the mailbox leads to the one that was there first.
    """
    email = email.strip()
    found = User.objects.filter(email__iexact=email).first()
    return found or User.objects.filter(mailbox=mailbox_of(email)).exclude(mailbox="").first()


def team() -> list[User]:
    """The staff of this schema, by role, then by age of their account."""
    members = User.objects.filter(role__in=TEAM_ROLES).order_by("created_at", "pk")
    return sorted(members, key=lambda member: TEAM_ROLES.index(Role(member.role)))
