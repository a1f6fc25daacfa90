"""Reading people."""

from accounts.enums import Role
from accounts.models import User

# From the one who may do everything to the one who only looks.
TEAM_ROLES = (Role.ADMINISTRATOR, Role.FACILITATOR, Role.MODERATOR, Role.DECISION_MAKER, Role.OBSERVER)


def team() -> list[User]:
    """The staff of this schema, by role, then by age of their account."""
    members = User.objects.filter(role__in=TEAM_ROLES).order_by("created_at", "pk")
    return sorted(members, key=lambda member: TEAM_ROLES.index(Role(member.role)))
