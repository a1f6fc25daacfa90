"""What each address of common answers to whom (tests.support.addresses)."""

from tests.support.roles import ALL, OPEN, PublicRows, Rows

CITY: Rows = {
    "city_colours": (OPEN, None),
}
PUBLIC: PublicRows = {
    "city_colours": ALL,
}
