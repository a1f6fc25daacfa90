"""What each address of accounts answers to whom (tests.support.addresses)."""

from accounts.enums import Role
from tests.support.roles import (
    ADMINISTRATORS,
    DESK,
    DOOR,
    MOVES_ON,
    NOT_KEPT,
    NOTHING_THERE,
    OPEN,
    POST_ONLY,
    PROVED,
    PUBLIC_ROLES,
    SIGNED_IN,
    STAFF,
    PublicRows,
    Rows,
)

CITY: Rows = {
    "resume": (MOVES_ON, None),
    "welcome": (SIGNED_IN, None),
    "account": (SIGNED_IN, None),
    "own_function": (STAFF, None),
    "own_address": (PROVED, None),
    "own_address_code": (MOVES_ON, None),  # nothing was asked for: tests/accounts/test_address_change.py
    "own_address_cancel": (POST_ONLY, None),
    "own_address_undo": (MOVES_ON, None),
    "own_address_undo_by_link": (NOT_KEPT, None),
    "own_journal": (SIGNED_IN, None),
    "own_data": (PROVED, None),
    "own_leaving": (SIGNED_IN, None),
    "own_leaving_last": (MOVES_ON, None),  # nothing was chosen: tests/accounts/test_leave.py
    "own_left": (OPEN, None),
    "desk_team": (ADMINISTRATORS, None),
    "desk_trail": (ADMINISTRATORS, None),
    "desk_roles": (DESK, None),
    "desk_team_invite_again": (POST_ONLY, None),
    "desk_team_withdraw": (POST_ONLY, None),
    "team_invitation": (MOVES_ON, None),
    "join_team": (NOT_KEPT, 410),
    "desk_team_role": (POST_ONLY, None),  # a number of this city's accounts: see tests/accounts/test_team.py
    "desk_team_function": (POST_ONLY, None),
    "desk_team_remove": (POST_ONLY, None),
    "desk_team_way_back": (POST_ONLY, None),
    "desk_team_way_back_by_address": (POST_ONLY, None),
    "verification_link": (MOVES_ON, None),
    "sign_in": (DOOR, None),
    "account_login": (DOOR, None),
    "confirm_code": (MOVES_ON, None),
    "other_address": (POST_ONLY, None),
    "sign_in_link": (MOVES_ON, None),
    "sign_in_by_link": (NOT_KEPT, 410),
    "signed_in": (MOVES_ON, None),
    "sign_out": (POST_ONLY, None),
    "account_reauthenticate": ({**MOVES_ON, Role.PARTICIPANT: 200}, None),  # the others have just proved it
    "account_kept_form": (MOVES_ON, None),  # what was sent before: tests/accounts/test_kept.py
    "mfa_authenticate": (MOVES_ON, None),
    "mfa_index": (SIGNED_IN, None),
    "mfa_add_app": (PROVED, None),
    "mfa_add_passkey": (PROVED, None),
    "mfa_remove": (NOTHING_THERE, None),  # a number of one's own: see tests/accounts/test_second_factor.py
    "mfa_recovery_codes": (PROVED, None),
    "mfa_renew_recovery_codes": (PROVED, None),
    "mfa_download_recovery_codes": (NOTHING_THERE, None),
    "mfa_sign_out_elsewhere": (POST_ONLY, None),
}
PUBLIC: PublicRows = {
    "signup_resume": dict.fromkeys(PUBLIC_ROLES, 302),
    "signup_confirm": dict.fromkeys(PUBLIC_ROLES, 302),
}
GRAVE = {
    "desk_team",
    "desk_team_role",
    "desk_team_remove",
    "desk_team_way_back",
    "desk_team_way_back_by_address",
}
SHARED = {"own_function"}
EVERYDAY = {"desk_team_function", "desk_team_invite_again", "desk_team_withdraw"}
LOOKED_AT = {"desk_trail", "desk_roles"}
