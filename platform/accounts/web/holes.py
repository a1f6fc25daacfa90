"""What the frame of a kept page says to one person (common.pagecache)."""

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from common.pagecache import fills


@fills("account")
def account_menu(request: HttpRequest, **kwargs: Any) -> str:
    """The sign-in button, or the person's name and what is theirs."""
    # Without the context processors, which cost more than the menu: it is made at every serving.
    context = {"request": request, "csrf_token": get_token(request) if request.user.is_authenticated else ""}
    return render_to_string("accounts/components/_account_menu.html", context)


@fills("messages")
def messages(request: HttpRequest, **kwargs: Any) -> str:
    said = get_messages(request)
    return render_to_string("common/components/_messages.html", {"messages": said}) if len(said) else ""
