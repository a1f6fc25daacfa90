"""Who decides: whoever the consultation names, and nobody about their own text or their own decision."""

from django.db.models import Exists, Q

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


def modes_of(user: User) -> frozenset[str]:
    """The ways of moderating in which they decide."""
    return frozenset(mode for mode, roles in _ROLES.items() if user.is_active and user.role in roles)


def moderates_somewhere(*, user: User) -> bool:
    """Whether they decide in one consultation at least: then the desk has the queue for them."""
    modes = modes_of(user)
    return bool(modes) and Consultation.objects.filter(moderated_by__in=modes).exists()


def moderates_proposal(*, user: User, proposal: int) -> bool:
    """Whether they decide in its consultation: one query."""
    return Consultation.objects.filter(challenges__proposals=proposal, moderated_by__in=modes_of(user)).exists()


def theirs_to_decide(user: User) -> Q:
    """Of cases: those that `moderates` lets them decide, but for their own texts."""
    modes = modes_of(user)
    current = Consultation.objects.filter(is_current=True)
    names = Q(Exists(current.filter(moderated_by__in=modes)))
    if ModeratedBy.MODERATORS in modes:
        names |= ~Q(Exists(current))
    return Q(consultation__moderated_by__in=modes) | (Q(consultation=None) & names)
