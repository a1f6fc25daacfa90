"""What each address of library answers to whom (tests.support.addresses)."""

from typing import Any

from consultations.library.selectors import latest_set
from tests.support.roles import ALL, OPERATORS, PUBLIC_ROLES, THEIR_POSTS, PublicRows

PUBLIC: PublicRows = {
    "library": ALL,
    "library_set": ALL,
    "ops_library": OPERATORS,
    "ops_library_new": OPERATORS,
    "ops_library_set": OPERATORS,
    "ops_library_version": OPERATORS,
    "ops_library_changes": OPERATORS,
    "ops_library_prepare": THEIR_POSTS,
    "ops_library_withdraw": THEIR_POSTS,
    "ops_library_offer": THEIR_POSTS,
    "ops_library_draft": OPERATORS,
    "ops_library_words": OPERATORS,
    "ops_library_publish": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_library_discard": OPERATORS,
    "ops_library_challenge_new": OPERATORS,
    "ops_library_challenge": OPERATORS,
    "ops_library_move": THEIR_POSTS,
    "ops_library_remove": OPERATORS,
}
GRAVE = {
    "ops_library_publish",
}
EVERYDAY = {
    "ops_library_new",
    "ops_library_prepare",
    "ops_library_withdraw",
    "ops_library_offer",
    "ops_library_words",
    "ops_library_discard",
    "ops_library_challenge_new",
    "ops_library_challenge",
    "ops_library_move",
    "ops_library_remove",
}
LOOKED_AT = {
    "ops_library",
    "ops_library_set",
    "ops_library_version",
    "ops_library_changes",
    "ops_library_draft",
}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    return {"version": latest_set("territoires-resilients").version} if ":version>" in address.route else {}
