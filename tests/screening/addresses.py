"""What each address of screening answers to whom (tests.support.addresses)."""

from typing import Any

from tests.support.roles import OPERATORS, THEIR_POSTS, PublicRows

PUBLIC: PublicRows = {
    "ops_lexicon": OPERATORS,
    "ops_lexicon_edit": OPERATORS,
    "ops_lexicon_try": THEIR_POSTS,
    "ops_lexicon_version": OPERATORS,
}
EVERYDAY = {"ops_lexicon_edit", "ops_lexicon_try"}
LOOKED_AT = {"ops_lexicon", "ops_lexicon_version"}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    return {"number": 0} if address.name == "ops_lexicon_version" else {}
