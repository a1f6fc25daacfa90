"""The views of the list of contributions that somebody of the team sees."""

from django.db.models import Q, QuerySet

from accounts.models import User
from consultations.participation.models import SavedView


def views_of(user: User) -> QuerySet[SavedView]:
    """Their own, then the team's, by name."""
    found = SavedView.objects.filter(Q(owner=user) | Q(is_shared=True)).select_related("owner")
    return found.order_by("is_shared", "name", "pk")


def view_of(user: User, written: str) -> SavedView | None:
    """The one that an address names; None where there is none any more, or it is another's own."""
    is_number = written.isascii() and written.isdigit() and len(written) < 19
    return views_of(user).filter(pk=int(written)).first() if is_number else None
