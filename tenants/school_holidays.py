"""When pupils are on holiday, by zone: the ministry's calendar, year by year.

Zones A, B and C, their académies and the dates of 2026-2027: arrêté du 22 octobre 2025 fixant le calendrier scolaire de
l'année 2026-2027 (JORFTEXT000052416058). Their départements: code de l'éducation, article R. 222-2. The dates of both
years are those of the ministry's data, `fr-en-calendrier-scolaire`, as vacances-scolaires-france 0.12.0 ships them.

Overseas and in Corsica the académie, or the territory, sets its own, each by an order of its own, and may change it in
the year: for those, and for later years, this knows nothing and says so.

To add a year: its periods, from the first day without school to the last.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_DEPARTMENTS = {
    # Besançon, Bordeaux, Clermont-Ferrand, Dijon, Grenoble, Limoges, Lyon, Poitiers
    "A": "25 39 70 90 24 33 40 47 64 03 15 43 63 21 58 71 89 07 26 38 73 74 19 23 87 01 42 69 16 17 79 86",
    # Aix-Marseille, Amiens, Lille, Nancy-Metz, Nantes, Nice, Normandie, Orléans-Tours, Reims, Rennes, Strasbourg
    "B": "04 05 13 84 02 60 80 59 62 54 55 57 88 44 49 53 72 85 06 83 14 27 50 61 76 18 28 36 37 41 45 08 10 51 52"
    " 22 29 35 56 67 68",
    # Créteil, Montpellier, Paris, Toulouse, Versailles
    "C": "77 93 94 11 30 34 48 66 75 09 12 31 32 46 65 81 82 78 91 92 95",
}
ZONE_OF_DEPARTMENT = {code: zone for zone, codes in _DEPARTMENTS.items() for code in codes.split()}
ZONE_OF_DEPARTMENT["6AE"] = "B"  # the Collectivité européenne d'Alsace
ZONES = tuple(_DEPARTMENTS)
# Regions by their code: each of the mainland lies in one zone; Corsica (94) and those overseas in none.
_REGIONS = {"11": "C", "24": "B", "27": "A", "28": "B", "32": "B", "44": "B", "52": "B", "53": "B", "75": "A"}
_REGIONS |= {"76": "C", "84": "A", "93": "B"}


@dataclass(frozen=True)
class Holidays:
    """`first` and `last` are days without school."""

    name: str | Promise
    first: date
    last: date


def _everywhere(name: Promise, first: date, last: date) -> list[tuple[str, Holidays]]:
    return [(zone, Holidays(name, first, last)) for zone in ZONES]


_AUTUMN, _CHRISTMAS = _("autumn holidays"), _("Christmas holidays")
_WINTER, _SPRING = _("winter holidays"), _("spring holidays")
_ASCENSION, _SUMMER = _("Ascension weekend"), _("summer holidays")
# The last summer ends on the eve of the next year's first day, which the next arrêté sets: the end of August.
KNOWN = (date(2026, 9, 1), date(2028, 8, 31))
CALENDAR: list[tuple[str, Holidays]] = [
    *_everywhere(_AUTUMN, date(2026, 10, 17), date(2026, 11, 1)),
    *_everywhere(_CHRISTMAS, date(2026, 12, 19), date(2027, 1, 3)),
    ("C", Holidays(_WINTER, date(2027, 2, 6), date(2027, 2, 21))),
    ("A", Holidays(_WINTER, date(2027, 2, 13), date(2027, 2, 28))),
    ("B", Holidays(_WINTER, date(2027, 2, 20), date(2027, 3, 7))),
    ("C", Holidays(_SPRING, date(2027, 4, 3), date(2027, 4, 18))),
    ("A", Holidays(_SPRING, date(2027, 4, 10), date(2027, 4, 25))),
    ("B", Holidays(_SPRING, date(2027, 4, 17), date(2027, 5, 2))),
    *_everywhere(_ASCENSION, date(2027, 5, 6), date(2027, 5, 9)),
    *_everywhere(_SUMMER, date(2027, 7, 3), date(2027, 8, 31)),
    *_everywhere(_AUTUMN, date(2027, 10, 23), date(2027, 11, 7)),
    *_everywhere(_CHRISTMAS, date(2027, 12, 18), date(2028, 1, 2)),
    ("B", Holidays(_WINTER, date(2028, 2, 5), date(2028, 2, 20))),
    ("C", Holidays(_WINTER, date(2028, 2, 12), date(2028, 2, 27))),
    ("A", Holidays(_WINTER, date(2028, 2, 19), date(2028, 3, 5))),
    ("B", Holidays(_SPRING, date(2028, 4, 8), date(2028, 4, 23))),
    ("C", Holidays(_SPRING, date(2028, 4, 15), date(2028, 5, 1))),
    ("A", Holidays(_SPRING, date(2028, 4, 22), date(2028, 5, 8))),
    *_everywhere(_ASCENSION, date(2028, 5, 25), date(2028, 5, 28)),
    *_everywhere(_SUMMER, date(2028, 7, 4), date(2028, 8, 31)),
]


def zone_of(city: Any) -> str:
    """Of a municipality: A, B or C; empty overseas, in Corsica and where the département is not known."""
    if city.kind == "REGION":
        return _REGIONS.get(city.authority_code, "")
    if city.authority_code in ZONE_OF_DEPARTMENT:
        return ZONE_OF_DEPARTMENT[city.authority_code]
    # A SIREN tells the département after what the authority is; those that begin with 200 do not.
    by_hand = city.siren[2:4] if city.siren.startswith("2") and not city.siren.startswith("200") else ""
    return ZONE_OF_DEPARTMENT.get(city.department_code or by_hand, "")


def holidays_on(day: date, *, zone: str) -> Holidays | None:
    return next((each for where, each in CALENDAR if where == zone and each.first <= day <= each.last), None)


def is_known(day: date, *, zone: str) -> bool:
    """Whether the calendar says anything about that day there."""
    return zone in ZONES and KNOWN[0] <= day <= KNOWN[1]
