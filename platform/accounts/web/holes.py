"""What the frame of a kept page says to one person (common.pagecache)."""

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape

from common.languages import present_language
from common.navigation import Menu, Shown, address_of, shown
from common.pagecache import fills
from common.requests import Request


@fills("account")
def account_menu(request: Request, **kwargs: Any) -> str:
    """The sign-in button, or the person's name and what is theirs."""
    if not request.user.is_authenticated:
        address = escape(f"{address_of('sign_in')}?next={quote(request.get_full_path())}")
        return _menu(present_language(), None).replace(_ADDRESS, address)
    entries = tuple((each.url, str(each.label), each.current, each.count) for each in shown(Menu.ACCOUNT, request))
    # A kept page has a NUL in the place of a token (common.kept).
    token = "\0" if getattr(request, "leaves_holes", False) else get_token(request)
    # What somebody called themselves comes last: nothing in it is taken for one of our marks.
    menu = _menu(present_language(), entries, address_of("sign_out")).replace(_TOKEN, token)
    return menu.replace(_NAME, escape(request.user.own_name))


# What stands in a menu that is made once for all people.
_NAME, _TOKEN, _ADDRESS = "\ue000", "\ue001", "\ue002"


@lru_cache(maxsize=200)
def _menu(language: str, entries: tuple[tuple[str, str, str, int], ...] | None, sign_out: str = "") -> str:
    """`entries`: those of somebody who is there. The same for everyone who has the same, in the present language."""
    context = {
        "entries": [Shown(*each) for each in entries or ()],
        "is_visitor": entries is None,
        "name": _NAME,
        "csrf_token": _TOKEN,
        "address": _ADDRESS,
        "sign_out": sign_out,
    }
    return render_to_string("accounts/components/_account_menu.html", context)


@fills("messages")
def messages(request: HttpRequest, **kwargs: Any) -> str:
    said = get_messages(request)
    return render_to_string("common/components/_messages.html", {"messages": said}) if len(said) else ""
