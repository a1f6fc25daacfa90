"""Decisions as those whom they concern read them."""

from django.db.models import F, QuerySet

from accounts.models import User
from consultations.moderation.models import Decision
from consultations.moderation.selectors.register import registered


def notified_decisions(user: User) -> QuerySet[Decision]:
    """About what a person wrote; nobody hears of a decision before it can no longer be cancelled."""
    found = registered().filter(author=user, case__notified__gte=F("pk"))
    return found.select_related("case", "appeal").order_by("-pk")


def decision_for(*, user: User, pk: int) -> Decision | None:
    """One of them."""
    return notified_decisions(user).filter(pk=pk).first()
