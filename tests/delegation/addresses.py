"""What each address of delegation answers to whom (tests.support.addresses)."""

from typing import Any

from tests.support.roles import OPERATORS, THEIR_POSTS, PublicRows

PUBLIC: PublicRows = {
    "ops_moderation": OPERATORS,
    "ops_moderation_enter": THEIR_POSTS,
    "ops_framing": OPERATORS,
    "ops_framing_enter": THEIR_POSTS,
}
EVERYDAY = {"ops_moderation_enter", "ops_framing_enter"}
LOOKED_AT = {"ops_moderation", "ops_framing"}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    return {"waiting": 1, "city": 1}
