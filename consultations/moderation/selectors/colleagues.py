"""Who decides beside somebody."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.selectors import COME_IN
from consultations.framing.selectors import current_consultation
from consultations.moderation.models import Case
from consultations.moderation.permissions import roles_of


def who_decides(case: Case) -> QuerySet[User]:
    """In its consultation; about a name, in the present one. Who is invited and has not come yet is not there."""
    roles = roles_of(case.consultation or current_consultation())
    return User.objects.filter(COME_IN, is_active=True, role__in=roles).order_by("pk")


def who_else_decides(case: Case, *, user: User) -> list[User]:
    return list(who_decides(case).exclude(pk=user.pk)[:10])
