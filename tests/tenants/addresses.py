"""What each address of tenants answers to whom (tests.support.addresses)."""

from tests.support.roles import (
    ADMINISTRATORS,
    NOT_KEPT,
    OPERATORS,
    POST_ONLY,
    PUBLIC_ROLES,
    THEIR_POSTS,
    PublicRows,
    Rows,
)

CITY: Rows = {
    "desk_export": (ADMINISTRATORS, None),
    "desk_export_download": (POST_ONLY, None),
    "desk_export_complete": (POST_ONLY, None),
    "desk_address": (ADMINISTRATORS, None),
    "desk_domain_check": (POST_ONLY, None),
    "desk_domain_give_up": (POST_ONLY, None),
    "desk_domain_leave": (POST_ONLY, None),
    "desk_domain_forget": (POST_ONLY, None),
    "desk_rename": (POST_ONLY, None),
    "desk_verification": (ADMINISTRATORS, None),
    "verification_by_link": (NOT_KEPT, 410),
}
PUBLIC: PublicRows = {
    "ops_fleet": OPERATORS,
    "ops_city": OPERATORS,
    "ops_change_state": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_maintenance": THEIR_POSTS,
    "ops_time_zone": THEIR_POSTS,
    "ops_way_back": OPERATORS,
    "ops_addresses": OPERATORS,
    "ops_domain_check": THEIR_POSTS,
    "ops_domain_give_up": THEIR_POSTS,
    "ops_domain_leave": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_domain_forget": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_rename": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_reservations": OPERATORS,
    "ops_release": dict.fromkeys(PUBLIC_ROLES, 405),
    "components": OPERATORS,
}
GRAVE = {
    "desk_export_download",
    "desk_export_complete",
    "desk_address",
    "desk_domain_leave",
    "desk_domain_forget",
    "desk_rename",
    "ops_change_state",
    "ops_way_back",
    "ops_addresses",
    "ops_domain_leave",
    "ops_domain_forget",
    "ops_rename",
    "ops_release",
}
EVERYDAY = {
    "desk_verification",  # a link, to an address of the authority's own
    "desk_domain_check",
    "desk_domain_give_up",  # of one that is not in use yet
    "ops_maintenance",
    "ops_time_zone",
    "ops_domain_check",
    "ops_domain_give_up",
}
LOOKED_AT = {
    "desk_export",
    "ops_fleet",
    "ops_city",
    "ops_reservations",
    "components",
}
