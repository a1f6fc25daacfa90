"""Writing what a city asks, and how it presents itself, by noun."""

from consultations.framing.services.consultations import (
    free_slug,
    on_the_minute,
    schedule_phases,
    update_consultation,
)
from consultations.framing.services.opening import NotReadyToOpen, OpeningCheck, open_consultation, opening_checks
from consultations.framing.services.seeding import Wishes, seed_consultation

__all__ = [
    "NotReadyToOpen",
    "OpeningCheck",
    "Wishes",
    "free_slug",
    "on_the_minute",
    "open_consultation",
    "opening_checks",
    "schedule_phases",
    "seed_consultation",
    "update_consultation",
]
