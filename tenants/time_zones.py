"""What time it is at an authority, from where it is.

Zones: the IANA time zone database (zone.tab; for Crozet, Kerguelen and the scattered islands zone1970.tab; it has none
for Clipperton, eight hours behind UTC). The six communes of the Marquises: décret n° 72-408 of 17 May 1972, with the
codes of the Code officiel géographique; Gambier is one commune.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from common.time_zones import TimeZone
from tenants.enums import AuthorityKind

# Departments and territories, by their code, which those of their communes begin with.
_OF_TERRITORY = {
    "971": TimeZone.GUADELOUPE,
    "972": TimeZone.MARTINIQUE,
    "973": TimeZone.GUYANE,
    "974": TimeZone.REUNION,
    "975": TimeZone.MIQUELON,
    "976": TimeZone.MAYOTTE,
    "977": TimeZone.SAINT_BARTHELEMY,
    "978": TimeZone.SAINT_MARTIN,
    "984": TimeZone.REUNION,  # the TAAF are administered from Saint-Pierre de La Réunion; Crozet has that time too
    "986": TimeZone.WALLIS,
    "987": TimeZone.TAHITI,
    "988": TimeZone.NOUMEA,
    "989": TimeZone.CLIPPERTON,
}
_OF_COMMUNE = {
    **dict.fromkeys(["98718", "98723", "98731", "98746", "98756", "98757"], TimeZone.MARQUESAS),
    "98719": TimeZone.GAMBIER,
    **dict.fromkeys(["98411", "98412"], TimeZone.KERGUELEN),
    "98414": TimeZone.ADELIE,
}
# Regions have codes of their own, which are departments' elsewhere: 01 is Ain too.
_OF_REGION = {"01": "971", "02": "972", "03": "973", "04": "974", "06": "976"}


def time_zone_of(city: Any) -> TimeZone:
    """Of a municipality, or its row in a migration. What was typed by hand has at most a SIREN: 2, what it is, and the
    department; but those that begin with 200 say nothing, and an operator has to.
    """
    code: str = city.authority_code
    if city.kind == AuthorityKind.COMMUNE and code in _OF_COMMUNE:
        return _OF_COMMUNE[code]
    if city.kind == AuthorityKind.REGION and code:
        territory = _OF_REGION.get(code, "")
    else:
        territory = city.department_code or (city.siren[2:5] if city.siren else code[:3])
    return _OF_TERRITORY.get(territory, TimeZone.PARIS)


def day_there(city: Any, *, at: datetime) -> date:
    """Which day it is where an authority is that has no platform yet: a sign-up tells as much as a municipality."""
    return timezone.localdate(at, ZoneInfo(time_zone_of(city)))
