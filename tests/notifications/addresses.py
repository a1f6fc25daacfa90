"""What each address of notifications answers to whom (tests.support.addresses)."""

from typing import Any

from tests.notifications.factories import NoticeFactory
from tests.support.roles import MOVES_ON, NOBODYS, NOT_KEPT, POST_ONLY, SIGNED_IN, Rows

CITY: Rows = {
    "notices": (SIGNED_IN, None),
    "notices_read": (POST_ONLY, None),
    "notice": ({**NOBODYS, "visitor": 302}, None),  # another person’s; elsewhere: test_notices_page.py
    "mail_preferences": (SIGNED_IN, None),
    "mail_agreement": (POST_ONLY, None),
    "withdraw_agreement": (MOVES_ON, None),  # test_agreement.py
    "withdraw_agreement_by_link": (NOT_KEPT, 410),
    "unsubscribe": (MOVES_ON, None),  # to a page at a clean address; those that were sent: test_mail.py
    "unsubscribe_by_link": (NOT_KEPT, 410),
}


def things(made: dict[str, Any]) -> dict[str, Any]:
    return {"notice": NoticeFactory()}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    return {"pk": things["notice"].pk} if address.name == "notice" and "notice" in things else {}
