"""How fast campaigns leave: so many a minute for one city, and for all together (settings, CAMPAIGN_…).

Counted in the cache, in lots: a city that asks for the next lot of its minute waits for the next minute where there is
none. Without the cache each process counts for itself.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django_tenants.utils import schema_context

_KEPT = 180


@dataclass
class Pace:
    """What one round has been given and has not used."""

    left: int = 0
    minute: int = 0

    def takes_one(self, *, at: datetime) -> bool:
        """False: the minute is used up."""
        minute = int(at.timestamp() // 60)
        if self.left and self.minute == minute:
            self.left -= 1
            return True
        self.minute = minute
        given = _given(minute)
        self.left = max(0, given - 1)
        return given > 0


def next_minute(at: datetime) -> datetime:
    return datetime.fromtimestamp((int(at.timestamp() // 60) + 1) * 60, UTC) + timedelta(milliseconds=1)


def _given(minute: int) -> int:
    """A lot of the city's minute that is one of the fleet's too."""
    city_most, fleet_most = settings.CAMPAIGN_CITY_A_MINUTE, settings.CAMPAIGN_FLEET_A_MINUTE
    lot = max(1, min(each for each in (50, city_most, fleet_most) if each))
    of_city = _taken(f"campaigns-{minute}", lot, city_most)
    if not of_city or not fleet_most:
        return of_city
    with schema_context("public"):
        return _taken(f"campaigns-fleet-{minute}", of_city, fleet_most)


def _taken(key: str, lot: int, most: int) -> int:
    if not most:
        return lot
    cache.add(key, 0, _KEPT)
    try:
        used = int(cache.incr(key, lot))
    except ValueError:  # forgotten between the two
        return lot
    return max(0, min(lot, most - (used - lot)))
