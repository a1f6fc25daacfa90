"""What each address of portal answers to whom (tests.support.addresses)."""

from tests.support.roles import DESK, MOVES_ON, NOT_KEPT, OPEN, POST_ONLY, SIGNED_IN, STAFF, Rows

CITY: Rows = {
    "home": (OPEN, None),
    "how_it_works": (OPEN, None),
    "consultation": (MOVES_ON, None),  # the present one is the home page; the other city has one of the same name
    "consultation_share_picture": (MOVES_ON, None),
    "consultation_code": (OPEN, None),
    "preview": (NOT_KEPT, None),
    "my_participation": (SIGNED_IN, None),
    "desk": (STAFF, None),
    "desk_settings": (DESK, None),
    "desk_of": (DESK, None),  # both cities have one of the same name
    "desk_line": (POST_ONLY, None),
}
FRAMING = {"desk_settings"}
EVERYDAY = {"desk_line"}
LOOKED_AT = {
    "desk",
    "desk_of",
    "desk_settings",
}
