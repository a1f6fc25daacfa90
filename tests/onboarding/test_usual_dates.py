"""The days that a sign-up proposes: when people are there, and inside the trial where that leaves them time."""

from datetime import date, timedelta

import pytest
from django.conf import settings

from onboarding.usual_dates import usual_dates
from tenants.school_holidays import holidays_on

YEAR = [date(2026, 11, 1) + timedelta(days=number) for number in range(365)]


@pytest.mark.parametrize("zone", ["A", "B", "C", ""])
def test_no_day_of_the_year_proposes_to_open_in_the_holidays_or_around_christmas(zone: str) -> None:
    for today in YEAR:
        first, last = usual_dates(today=today, zone=zone)
        assert first.weekday() == 0
        assert first >= today + timedelta(days=7)
        assert not holidays_on(first, zone=zone), today
        assert not date(first.year, 12, 22) <= first <= date(first.year, 12, 28), today
        assert (last - first).days >= 15, today


def test_the_end_is_inside_the_trial_wherever_that_leaves_fifteen_days() -> None:
    today = date(2026, 11, 3)
    first, last = usual_dates(today=today, zone="B")
    assert first == date(2026, 11, 16)
    assert last == today + timedelta(days=settings.TRIAL_DAYS)
    first, last = usual_dates(today=date(2026, 12, 8), zone="B")  # the holidays are on the way
    assert first == date(2027, 1, 4)
    assert (last - first).days == 35
