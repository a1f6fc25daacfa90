"""Accounts that nobody has signed in to for three years: a mail says so a month before, then they are deleted.

Three years since the last contact is what the CNIL recommends for accounts that are not used any more (its guide on
retention periods). Texts stay, without a name, as when somebody leaves. The team's accounts are the city's to remove.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django_tenants.utils import get_tenant_model

from accounts.enums import Role
from accounts.erasure import ask_erasure
from accounts.mail import send_mail_later
from accounts.models import User
from common.db import as_owner, connection

UNVISITED_KEPT = timedelta(days=3 * 365)
WARNED_BEFORE = timedelta(days=30)
# The rest goes the next night.
_AT_ONCE = 500


def forget_dormant(*, at: datetime) -> int:
    """Warn those whose month begins, have those whose month is over erased by a worker; how many of these."""
    for pk in _keys(_unwarned(at=at)):
        _warn(user_id=pk, at=at)
    over = _over(at=at).order_by("pk")[:_AT_ONCE]
    asked = [ask_erasure(user=user, with_texts=False, at=at, unused=True) for user in over]
    return sum(each is not None for each in asked)


def dormant(*, at: datetime) -> QuerySet[User]:
    """Of whom it has something to do."""
    return _unwarned(at=at) | _over(at=at)


def _unwarned(*, at: datetime) -> QuerySet[User]:
    return _unvisited(at=at + WARNED_BEFORE).exclude(_is_warned())


def _over(*, at: datetime) -> QuerySet[User]:
    return _unvisited(at=at).filter(_is_warned(), dormant_since__lte=at - WARNED_BEFORE)


def _unvisited(*, at: datetime) -> QuerySet[User]:
    """Residents who have not signed in for three years at that moment."""
    return User.objects.filter(role=Role.PARTICIPANT, is_active=True, last_login__lte=at - UNVISITED_KEPT)


def _is_warned() -> Q:
    """Whoever has come since then is not: their three years began anew."""
    return Q(dormant_since__gt=F("last_login"))


def _keys(users: QuerySet[User]) -> list[int]:
    return list(users.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])


def _warn(*, user_id: int, at: datetime) -> None:
    """By the service's own role: the rights of persons don't stop where a city only reads."""
    with as_owner(), transaction.atomic():
        user = _unwarned(at=at).select_for_update(no_key=True, skip_locked=True).filter(pk=user_id).first()
        if user is None:
            return
        user.dormant_since = at
        user.save(update_fields=["dormant_since"])
        city = get_tenant_model().objects.filter(schema_name=connection.schema_name).first()
        context = {"city": city, "deleted_on": at + WARNED_BEFORE}
        send_mail_later(template="accounts/email/account_dormant", to=user.email, context=context)
