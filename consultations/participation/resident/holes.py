"""What a kept proposal page says to one person (common.pagecache)."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from common.pagecache import fills
from consultations.participation.resident.reading import reaction_context
from consultations.participation.selectors import reaction_to


@fills("reaction")
def reaction(request: HttpRequest, *, pk: int, **kwargs: Any) -> str:
    """The three buttons, with the person's own answer pressed, and the composer where they asked for it."""
    user = request.user if isinstance(request.user, User) else None
    read = getattr(request, "read_proposal", None)
    found = reaction_to(pk=pk, user=user, at=timezone.now(), read=read)
    if found is None:
        return ""
    return render_to_string("participation/resident/_reaction.html", reaction_context(request, found), request=request)
