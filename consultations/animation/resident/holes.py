"""What a kept page says to one person (common.pagecache)."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.models import User
from common.pagecache import fills
from consultations.animation.selectors import COUNTED, unread_count


@fills("notices")
def bell(request: HttpRequest, **kwargs: Any) -> str:
    """How much there is to read, beside the account; to a visitor nothing, and no query."""
    if not isinstance(request.user, User):
        return ""
    count = unread_count(request.user)
    match = request.resolver_match
    context = {"count": count, "many": count >= COUNTED, "is_here": bool(match and match.url_name == "notices")}
    return render_to_string("animation/resident/_bell.html", context)
