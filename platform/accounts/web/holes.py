"""What the frame of a kept page says to one person (common.pagecache)."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from common.pagecache import fills


@fills("account")
def account_menu(request: HttpRequest, **kwargs: Any) -> str:
    """The sign-in button, or the person's name and what is theirs."""
    return render_to_string("common/components/_account_menu.html", request=request)


@fills("messages")
def messages(request: HttpRequest, **kwargs: Any) -> str:
    return render_to_string("common/components/_messages.html", request=request)
