"""Who there is, and what an address may answer them: the words of the tables in `tests/<app>/addresses.py`."""

from accounts.enums import Role

CITY_ROLES = [
    "visitor",
    Role.PARTICIPANT,
    Role.OBSERVER,
    Role.MODERATOR,
    Role.FACILITATOR,
    Role.DECISION_MAKER,
    Role.ADMINISTRATOR,
    Role.SERVICE,
]
PUBLIC_ROLES = ["visitor", Role.OPERATOR]

OPEN = dict.fromkeys(CITY_ROLES, 200)
STAFF = {**OPEN, "visitor": 302, Role.PARTICIPANT: 404}
DESK = {**STAFF, Role.SERVICE: 404}
FRAMERS = {**dict.fromkeys(CITY_ROLES, 404), "visitor": 302, Role.FACILITATOR: 200, Role.ADMINISTRATOR: 200}
ADMINISTRATORS = {**dict.fromkeys(CITY_ROLES, 404), "visitor": 302, Role.ADMINISTRATOR: 200}
MOVES_ON = dict.fromkeys(CITY_ROLES, 302)
POST_ONLY = dict.fromkeys(CITY_ROLES, 405)
NOBODYS = dict.fromkeys(CITY_ROLES, 404)
WORKERS = {**NOBODYS, "visitor": 302}
FRAMERS_MOVE_ON = {**WORKERS, Role.FACILITATOR: 302, Role.ADMINISTRATOR: 302}
DOOR = {**MOVES_ON, "visitor": 200}
SIGNED_IN = {**OPEN, "visitor": 302}
NOT_KEPT = dict.fromkeys(CITY_ROLES, 410)  # where the link of a mail leads, in a browser that has not opened it
# Asked for a fresh proof first; in these tests only the team has just given one.
PROVED = {**OPEN, "visitor": 302, Role.PARTICIPANT: 302}
NOTHING_THERE = {**NOBODYS, "visitor": 302, Role.PARTICIPANT: 302}
PERMANENT = dict.fromkeys(CITY_ROLES, 301)

ALL = dict.fromkeys(PUBLIC_ROLES, 200)
OPERATORS = {"visitor": 302, Role.OPERATOR: 200}
THEIR_POSTS = {"visitor": 302, Role.OPERATOR: 405}

# What a GET answers to each role in the object's own city; and what it answers in another city to somebody with the
# same role there: None where the address names no object.
Rows = dict[str, tuple[dict[str, int], int | None]]
PublicRows = dict[str, dict[str, int]]
