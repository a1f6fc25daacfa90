"""The days that a sign-up proposes for its consultation."""

from datetime import date, timedelta

from django.conf import settings

from tenants.school_holidays import holidays_on

USUAL_DAYS = 35
# Weeks to prepare: one at least, four where there is no hurry. Less than fifteen days to propose is little.
_SOON, _AT_EASE, _ENOUGH = 7, 21, 15
_CHRISTMAS_DAYS = 3


def usual_dates(*, today: date, zone: str) -> tuple[date, date]:
    """The first and the last day to propose: a Monday when people are there, and an end inside the trial where that
    leaves them enough time. `zone`: of the school holidays; empty where they are not known.
    """
    trial_ends = today + timedelta(days=settings.TRIAL_DAYS)
    soon = _monday_from(today + timedelta(days=_SOON), zone)
    if soon + timedelta(days=_ENOUGH) <= trial_ends:
        return soon, min(soon + timedelta(days=USUAL_DAYS), trial_ends)
    first = _monday_from(today + timedelta(days=_AT_EASE), zone)
    return first, first + timedelta(days=USUAL_DAYS)


def _monday_from(day: date, zone: str) -> date:
    """The first one that is neither in the holidays nor around Christmas."""
    day += timedelta(days=-day.weekday() % 7)
    while holidays_on(day, zone=zone) or abs((day - date(day.year, 12, 25)).days) <= _CHRISTMAS_DAYS:
        day += timedelta(days=7)
    return day
