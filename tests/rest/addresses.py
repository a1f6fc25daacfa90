"""What each address of the API answers to whom (tests.support.addresses): a session is no key, so to all the same."""

from typing import Any

from tests.support.roles import (
    ALL,
    CITY_ROLES,
    DESK,
    OPEN,
    OPERATORS,
    POST_ONLY,
    PROVED,
    PUBLIC_ROLES,
    PublicRows,
    Rows,
)

CITY: Rows = {
    "api": (OPEN, None),
    "own_keys": (PROVED, None),
    "own_key_take_away": (POST_ONLY, None),
    "desk_keys": (DESK, None),
    "desk_key_take_away": (POST_ONLY, None),
    "api_contract": (OPEN, None),
    "api_me": (dict.fromkeys(CITY_ROLES, 401), None),
    "api_consultations": (OPEN, None),
    "api_consultation": (OPEN, None),
    "api_challenges": (OPEN, None),
    "api_challenge": (OPEN, None),
    "api_propose": (POST_ONLY, None),
    "api_follow_challenge": (POST_ONLY, None),
    "api_proposals": (OPEN, None),
    "api_proposal": (OPEN, 404),
    "api_reaction": (POST_ONLY, None),
    "api_follow_proposal": (POST_ONLY, None),
    "api_arguments": (OPEN, 404),
    "api_argument": (OPEN, 404),
    "api_useful": (POST_ONLY, None),
    "api_replies": (OPEN, 404),
    "api_reply": (OPEN, 404),
    "api_versions": (OPEN, 404),
    "api_difference": (dict.fromkeys(CITY_ROLES, 400), None),  # of which two versions?
    "api_answers": (OPEN, None),
    "api_draft_answer": (dict.fromkeys(CITY_ROLES, 401), None),
    "api_projects": (OPEN, None),
    "api_project": (OPEN, 404),
    "api_votes": (OPEN, None),
    "api_vote": (OPEN, 404),
    "api_figures": (OPEN, None),
    "api_cases": (dict.fromkeys(CITY_ROLES, 401), None),
    "api_case": (dict.fromkeys(CITY_ROLES, 401), None),
    "api_decide": (POST_ONLY, None),
}

NO_KEY = dict.fromkeys(PUBLIC_ROLES, 401)
PUBLIC: PublicRows = {
    "service_api": ALL,
    "ops_keys": OPERATORS,
    "ops_key_take_away": dict.fromkeys(PUBLIC_ROLES, 405),
    "api_contract": ALL,
    "api_me": NO_KEY,
    "ops_api_cities": NO_KEY,
    "ops_api_city": NO_KEY,
    "ops_api_runs": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_api_run": NO_KEY,
}
GRAVE = {"desk_keys", "desk_key_take_away", "ops_keys", "ops_key_take_away"}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if address.name in ("api_consultation", "api_votes", "api_figures"):
        return {"slug": "territoires-resilients"}
    if address.name == "api_project":
        return {"slug": "un-square"}
    named = {"api_argument": "argument", "api_useful": "argument", "api_replies": "argument", "api_reply": "reply"}
    thing = things.get(named.get(address.name, ""))
    return {"pk": thing.pk} if thing is not None else {}
