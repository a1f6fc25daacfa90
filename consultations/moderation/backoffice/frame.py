"""What all pages of moderation at the desk show around theirs: figures, tabs, what can still be undone."""

from datetime import datetime
from typing import Any

from accounts.enums import Role
from accounts.models import User
from accounts.permissions import signed_in_user
from common.requests import Request
from consultations.moderation.backoffice.access import numbers
from consultations.moderation.models import UNDO_WINDOW, Decision
from consultations.moderation.permissions import moderates_somewhere
from consultations.moderation.selectors.queue import figures_today
from consultations.moderation.selectors.standing import with_standing


def framed(request: Request, *, at: datetime, **more: Any) -> dict[str, Any]:
    user = signed_in_user(request)
    return {
        "figures": figures_today(user, at=at),
        "undoable": undoable(request, user=user, at=at),
        "at": at,
        "moderates": user.role != Role.DELEGATE or moderates_somewhere(user=user),
        **more,
    }


def undoable(request: Request, *, user: User, at: datetime) -> list[Decision]:
    """Their decisions of a moment ago that the address names (`fait`): nobody has been told of them yet."""
    wanted = numbers(request.GET.getlist("fait"))
    if not wanted:
        return []
    theirs = with_standing(Decision.objects.filter(pk__in=wanted, moderator=user, decided_at__gt=at - UNDO_WINDOW))
    return list(theirs.filter(cancelled_by=None, cancels=None).select_related("author").order_by("pk"))
