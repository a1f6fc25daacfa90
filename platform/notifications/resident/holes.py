"""What a kept page says to one person (common.pagecache)."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.models import User
from common.languages import present_language
from common.pagecache import fills

# More than that is "99+" to whoever looks at it.
COUNTED = 100


@fills("notices")
def bell(request: HttpRequest, **kwargs: Any) -> str:
    """How much there is to read, beside the account; to a visitor nothing. No query: the account says it."""
    if not isinstance(request.user, User):
        return ""
    count = request.user.unread_notices
    match = request.resolver_match
    return _bell(present_language(), min(count, COUNTED), bool(match and match.url_name == "notices"))


@cache
def _bell(language: str, count: int, is_here: bool) -> str:
    """The same for everyone who has as much to read, in the present language."""
    context = {"count": count, "many": count >= COUNTED, "is_here": is_here}
    return render_to_string("notifications/resident/_bell.html", context)
