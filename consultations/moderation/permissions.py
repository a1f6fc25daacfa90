"""Who decides: whoever the consultation names, and nobody about their own text or their own decision."""

from accounts.enums import Role
from accounts.models import User
from accounts.permissions import FRAMERS
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.framing.selectors import current_consultation

# Who in a city may be on the desk of moderation, whatever its consultations say.
MODERATING = FRAMERS | {Role.MODERATOR}

_ROLES: dict[str, frozenset[str]] = {
    ModeratedBy.MODERATORS: frozenset({Role.MODERATOR}),
    ModeratedBy.FRAMERS: FRAMERS,
    ModeratedBy.OPERATORS: frozenset(),
}


def moderates(*, user: User, consultation: Consultation | None) -> bool:
    """Whether they decide there. A name belongs to no consultation: the present one says who decides."""
    found = consultation or current_consultation()
    return user.is_active and user.role in roles_of(found)


def roles_of(consultation: Consultation | None) -> frozenset[str]:
    """The roles of a city whose people decide."""
    return _ROLES[consultation.moderated_by if consultation is not None else ModeratedBy.MODERATORS]
