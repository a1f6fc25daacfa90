"""How often keys are made (common.limits), and how often the API is asked.

Reading is counted in the cache: a count in the database would be a write for every reading. Without Redis each process
counts for itself.
"""

from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone

from common.limits import Limit

KEYS = Limit("api_keys", "10/h/key")

PERIOD = 60
# Of one key, or of one network without any.
REQUESTS_A_MINUTE = 600
# Of one network with keys that do not hold: a program that was forgotten, or somebody who tries.
WRONG_KEYS_A_MINUTE = 30


@dataclass(frozen=True)
class Budget:
    most: int
    used: int
    seconds_left: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)

    @property
    def is_over(self) -> bool:
        return self.used > self.most


def is_spent(who: str, *, most: int) -> bool:
    """Whether what may be asked this minute was asked already. Counts nothing."""
    period = int(timezone.now().timestamp() // PERIOD)
    return int(cache.get(f"api-{period}-{who}", 0)) >= most


def count_request(who: str, *, most: int) -> Budget:
    """One more of this minute, and how many there are left."""
    now = timezone.now().timestamp()
    period = int(now // PERIOD)
    key = f"api-{period}-{who}"
    try:
        used = int(cache.incr(key))
    except ValueError:  # the first
        used = 1 if cache.add(key, 1, 2 * PERIOD) else int(cache.incr(key))
    return Budget(most, used, PERIOD - int(now % PERIOD))
