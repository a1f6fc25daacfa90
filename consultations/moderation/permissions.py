"""Who decides: whoever the consultation names, and nobody about their own text or their own decision."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import COME_IN
from consultations.framing.abilities import DECIDING
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.framing.selectors import current_consultation
from consultations.moderation.enums import AppealState
from consultations.moderation.models import UNDO_WINDOW, Case, Decision


def moderates(*, user: User, consultation: Consultation | None) -> bool:
    """Whether they decide there. A name belongs to no consultation: the present one says who decides."""
    found = consultation or current_consultation()
    return user.is_active and user.role in roles_of(found)


def roles_of(consultation: Consultation | None) -> frozenset[str]:
    """The roles of the people who decide, in a city's own schema."""
    return DECIDING[consultation.moderated_by if consultation is not None else ModeratedBy.MODERATORS]


def modes_of(user: User) -> frozenset[str]:
    """The ways of moderating in which they decide."""
    return frozenset(mode for mode, roles in DECIDING.items() if user.is_active and user.role in roles)


def moderates_somewhere(*, user: User) -> bool:
    """Whether they decide in one consultation at least: then the desk has the queue for them."""
    modes = modes_of(user)
    return bool(modes) and Consultation.objects.filter(moderated_by__in=modes).exists()


def moderates_proposal(*, user: User, proposal: int) -> bool:
    """Whether they decide in its consultation: one query."""
    return Consultation.objects.filter(challenges__proposals=proposal, moderated_by__in=modes_of(user)).exists()


def theirs_to_decide(user: User) -> Q:
    """Of cases: those that `decides` lets them decide, but for their own texts."""
    if user.is_active and user.role == Role.DELEGATE:
        return for_the_service()
    found = Q(pk__in=[])
    for mode in modes_of(user):
        found |= _moderated_by(mode)
    return found


def decides(*, user: User, case: Case, consultation: Consultation | None) -> bool:
    """Whether they decide on this case: the city has them moderate, or the service has to answer an appeal there."""
    if moderates(user=user, consultation=consultation or case.consultation):
        return True
    if not user.is_active or user.role != Role.DELEGATE:
        return False
    return Case.objects.filter(contested_alone(), pk=case.pk).exists()


# ── The service, on behalf of a city ──────────────────────────────────────────


def for_the_service() -> Q:
    """Of cases: those of consultations that the service moderates, and appeals that nobody in the city may answer."""
    return _moderated_by(ModeratedBy.OPERATORS) | contested_alone()


def is_asked_for(*, user: User, at: datetime) -> bool:
    """Whether the city has anything that a delegate may decide, or has just decided and may still take back."""
    delegated = Consultation.objects.filter(moderated_by=ModeratedBy.OPERATORS)
    return (
        delegated.exists()
        or Case.objects.filter(contested_alone()).exists()
        or Decision.objects.filter(moderator=user, decided_at__gt=at - UNDO_WINDOW).exists()
    )


def contested_alone() -> Q:
    """Of cases: those whose decision is contested, where nobody of the city moderates but whoever took it, or whoever
    wrote the text: who is invited and has not come yet answers nobody. The service reads that appeal, and nothing more.
    """
    found = Q()
    for mode, roles in DECIDING.items():
        if mode == ModeratedBy.OPERATORS:
            continue  # all of it is theirs
        others = User.objects.filter(COME_IN, is_active=True, role__in=roles).exclude(
            pk__in=[Coalesce(OuterRef(each), 0) for each in ("moderator_id", "second_id", "author_id")]
        )
        contested = Decision.objects.filter(case=OuterRef("pk"), appeal__state=AppealState.WAITING)
        found |= _moderated_by(mode) & Q(Exists(contested.filter(~Exists(others))))
    return found


def _moderated_by(mode: str) -> Q:
    """Of cases: about a name, the present consultation says who decides."""
    current = Consultation.objects.filter(is_current=True)
    present = Q(Exists(current.filter(moderated_by=mode)))
    if mode == ModeratedBy.MODERATORS:
        present |= ~Q(Exists(current))
    return Q(consultation__moderated_by=mode) | (Q(consultation=None) & present)
